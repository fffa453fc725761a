"""Versions in a git repository: real git, real Git LFS."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import zipfile
from io import StringIO

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.urls import reverse

from datamine import files
from experiments.learning.artifacts import sign
from registry import git_export
from registry.exceptions import ExportError
from registry.git_export import copied_active, unpacked
from registry.models import RegisteredModel
from registry.services import activate_version, register_version
from tests.experiments.test_continuing import patients_draft
from tests.factories.experiments import trained_session
from tests.factories.registry import PerformanceReportFactory, flowers_in_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def lfs(monkeypatch, tmp_path):
    """Use Git LFS, which CI always has; settings of whoever tests do not count."""
    if shutil.which("git-lfs") is None:
        message = "git-lfs is not installed: exports to git are NOT tested here."
        assert not os.environ.get("CI"), message
        pytest.skip(message)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def git(folder, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def export(project, folder, name="flowers", **options) -> list[str]:
    told = StringIO()
    call_command(
        "export_model", name, project=project.key, repo=folder, stdout=told, **options
    )
    return told.getvalue().splitlines()


def test_versions_are_committed_once_each_and_weights_lie_in_lfs(
    project, owner, lfs, tmp_path
):
    session = trained_session(patients_draft(project, owner, epochs=1), owner)
    version = register_version(session, name="screening", actor=owner)
    PerformanceReportFactory(version=version)
    repo = tmp_path / "repo"

    first = export(project, repo, "screening")
    again = export(project, repo, "screening")

    place = f"screening/{version.version}"
    assert first == [f"Add screening {version.version}", "Serve no screening"]
    assert again == ["Everything was there already."]
    assert git(repo, "log", "--format=%s").splitlines() == first[::-1]
    kept = {line.split(" ", 2)[2] for line in git(repo, "lfs", "ls-files").splitlines()}
    assert kept == {f"{place}/model.pth", f"{place}/scaler.pkl"}
    pointer = git(repo, "cat-file", "-p", f"HEAD:{place}/model.pth")
    assert pointer.startswith("version https://git-lfs.github.com/spec/v1")
    plain = set(git(repo, "ls-files").splitlines()) - kept
    assert f"{place}/{version.version}_performance_report.txt" in plain
    assert f"{place}/README.md" in plain
    assert f"{place}/metadata.json" in plain


def test_a_clone_holds_the_same_bytes_and_who_serves(project, owner, lfs, tmp_path):
    version = flowers_in_service(project, owner)
    export(project, tmp_path / "repo")

    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(tmp_path / "repo"), str(clone))
    git(clone, "lfs", "install", "--local")
    git(clone, "lfs", "pull")

    served = json.loads((clone / "flowers" / "active_model.json").read_text())
    assert served == {"model": "flowers", "version": version.version}
    (model,) = (clone / "flowers" / version.version).glob("*.pkl")
    readme = (model.parent / "README.md").read_text()
    assert hashlib.sha256(model.read_bytes()).hexdigest() in readme
    copied = clone / "flowers" / "best_flowers_model.pkl"
    assert copied.read_bytes() == model.read_bytes()
    assert "flowers/best_flowers_model.pkl" in git(clone, "lfs", "ls-files")


def test_copies_of_the_active_version_go_with_it(tmp_path):
    for version, files_of in {
        "v1": {"model.pth": b"one", "scaler.pkl": b"s"},
        "v2": {"model_7_20260131.pkl": b"two"},
    }.items():
        (tmp_path / version).mkdir()
        for name, content in files_of.items():
            (tmp_path / version / name).write_bytes(content)

    network = copied_active(tmp_path, "screening", "v1")
    held = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}
    plain = copied_active(tmp_path, "screening", "v2")
    nothing = copied_active(tmp_path, "screening", None)

    weights, scaler, model = (
        "best_screening_model.pth", "scaler.pkl", "best_screening_model.pkl",
    )  # fmt: skip
    assert network == ([weights, scaler], [model])
    assert held == {weights: b"one", scaler: b"s"}
    assert (tmp_path / model).read_bytes() == b"two"
    assert plain == ([model], [weights, scaler])
    assert nothing == ([], [weights, scaler, model])


@pytest.mark.parametrize("is_known", [True, False])
def test_copies_of_what_served_are_removed_whether_git_knows_them(
    project, owner, lfs, tmp_path, is_known
):
    flowers_in_service(project, owner)
    repo = tmp_path / "repo"
    export(project, repo)
    copy = repo / "flowers" / "best_flowers_model.pkl"
    if not is_known:
        git(repo, "rm", "--quiet", "--cached", str(copy))
        git(repo, "-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-qm", "No")
    RegisteredModel.objects.update(active_version=None)

    done = export(project, repo)

    assert done == ["Serve no flowers"]
    assert not copy.exists()
    assert "best_flowers" not in git(repo, "ls-files")
    assert git(repo, "status", "--porcelain") == ""


def test_copies_stay_where_what_serves_is_not_exported(project, owner, lfs, tmp_path):
    version = flowers_in_service(project, owner)
    repo = tmp_path / "repo"
    export(project, repo)
    again = register_version(version.session, name="flowers", actor=owner)
    activate_version(again, actor=owner)

    done = export(project, repo, only=version.version)

    assert done == ["Everything was there already."]
    assert "flowers/best_flowers_model.pkl" in git(repo, "ls-files")
    assert (repo / "flowers" / "best_flowers_model.pkl").exists()


def test_only_one_version_and_large_files_of_any_name(
    project, owner, lfs, tmp_path, monkeypatch
):
    version = flowers_in_service(project, owner)
    register_version(version.session, name="flowers", actor=owner)
    monkeypatch.setattr(git_export, "LARGE", 100)
    repo = tmp_path / "repo"

    done = export(project, repo, only=version.version)

    assert done[0] == f"Add flowers {version.version}"
    assert len(list((repo / "flowers").glob("v*"))) == 1
    assert f"{version.version}/metadata.json" in git(repo, "lfs", "ls-files")


def test_a_folder_of_other_files_is_left_alone(project, owner, lfs, tmp_path):
    flowers_in_service(project, owner)
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("Dear Ann")

    with pytest.raises(CommandError, match="is no git repository"):
        export(project, tmp_path / "letters")

    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["dear.txt"]


def test_what_cannot_be_exported_is_said(project, owner, tmp_path, monkeypatch):
    with pytest.raises(CommandError, match="no model “flowers”"):
        export(project, tmp_path)
    RegisteredModel.objects.create(project=project, name="empty")
    with pytest.raises(CommandError, match="has no version to export"):
        export(project, tmp_path, "empty")
    flowers_in_service(project, owner)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="git is not installed"):
        export(project, tmp_path)


def test_a_damaged_model_is_named(project, owner, lfs, tmp_path):
    version = flowers_in_service(project, owner)
    files.delete(version.session.result.artifact)

    with pytest.raises(CommandError, match="The model's file is gone"):
        export(project, tmp_path / "repo")


def put_in_place(result, content: bytes) -> None:
    """Exchange a model's file for one that was trusted as it is."""
    with default_storage.open(result.artifact, "wb") as file:
        file.write(content)
    receipt = sign(content, settings.ARTIFACT_KEY.encode())
    result.artifact_sha256, result.artifact_hmac = receipt.sha256, receipt.hmac
    result.save()


@pytest.mark.parametrize("name", ["../../out", "/tmp/out", "..", "a/b"])
def test_no_name_in_a_model_leads_out_of_its_folder(project, owner, tmp_path, name):
    version = flowers_in_service(project, owner)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("metadata.json", b"{}")
        archive.writestr(name, b"out")
    put_in_place(version.session.result, content.getvalue())

    with pytest.raises(ExportError, match="which is no file"):
        unpacked(version, tmp_path / "a" / "b" / "c")

    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_model_that_nobody_trusts_is_not_packed(project, owner, client):
    version = flowers_in_service(project, owner)
    result = version.session.result
    result.artifact_hmac = ""
    result.save()
    client.force_login(owner)

    page = client.get(
        reverse("registry:download", args=[version.model_id, version.version]),
        follow=True,
    )

    assert "before an administrator trusts it" in page.text


def test_model_that_is_no_archive_is_not_packed(project, owner, client):
    version = flowers_in_service(project, owner)
    put_in_place(version.session.result, b"no archive")
    client.force_login(owner)

    page = client.get(
        reverse("registry:download", args=[version.model_id, version.version]),
        follow=True,
    )

    assert "file is no archive" in page.text
