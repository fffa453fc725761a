"""Bundles by page, by API and by administration; killed half-way, they are nothing."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from datamine.operations.archives import reading_as
from datamine.operations.carried import BundleManifest
from datamine.operations.exporting import export_project
from datamine.operations.importing import Limits
from experiments.models import Result
from projects.models import Activity, Project
from tests.factories.projects import UserFactory


@pytest.fixture
def bundle(in_service, project, owner, tmp_path):
    target = tmp_path / "project.tar"
    export_project(project, target, actor=owner)
    return target.read_bytes()


def sent(content: bytes, **said: str) -> dict[str, object]:
    return {"file": SimpleUploadedFile("project.tar", content), **said}


def kept(answer, folder: Path) -> BundleManifest:
    """Return what the bundle of an answer says of itself."""
    path = folder / "sent.tar"
    path.write_bytes(answer.getvalue())
    with reading_as(BundleManifest, path) as archive:
        return archive.manifest


def test_owner_exports_by_page(in_service, client, project, owner, tmp_path):
    client.force_login(owner)

    answer = client.post(reverse("bundle", args=[project.key]))

    assert answer["Content-Disposition"] == f'attachment; filename="{project.key}.tar"'
    assert kept(answer, tmp_path).project["name"] == project.name
    assert Activity.objects.filter(project=project, action="exported").count() == 1


def test_project_with_a_lost_file_is_not_exported(in_service, client, project, owner):
    Result.objects.update(artifact="artifacts/0/gone.zip")
    client.force_login(owner)

    page = client.post(reverse("bundle", args=[project.key]), follow=True)
    answer = client.get(reverse("api-bundle", args=[project.key]))

    assert "artifacts/0/gone.zip is gone" in page.content.decode()
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (
        400,
        "bad_bundle",
    )


def test_stranger_imports_by_page_what_is_trusted_by_staff(
    bundle, client, stranger, settings
):
    settings.ARTIFACT_KEY = "the key of another place " * 3
    client.force_login(stranger)

    page = client.post(reverse("bundle-import"), sent(bundle, name="Mine"), follow=True)

    mine = Project.objects.get(name="Mine")
    assert page.redirect_chain == [(f"/projects/{mine.key}/", 302)]
    assert "1 model is signed by another installation" in page.content.decode()
    assert mine.memberships.get().user == stranger

    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    results = Result.objects.filter(session__experiment__project=mine)
    client.post(
        reverse("admin:experiments_result_changelist"),
        {"action": "trust", "_selected_action": results.get().pk},
    )
    assert results.get().artifact_hmac != ""


def test_page_says_what_is_wrong_with_a_file(client, stranger):
    client.force_login(stranger)

    page = client.post(reverse("bundle-import"), sent(b"no bundle"))
    empty = client.post(reverse("bundle-import"))

    assert page.status_code == empty.status_code == 400
    assert "Nothing was imported: " in page.content.decode()
    assert "is no bundle, or damaged" in page.content.decode()
    assert "Choose a file to upload." in empty.content.decode()


def test_program_takes_a_project_along(in_service, client, project, owner):
    client.force_login(owner)

    answer = client.get(reverse("api-bundle", args=[project.key]))
    made = client.post(reverse("api-bundles"), sent(answer.getvalue(), name="Again"))

    assert made.status_code == 201
    assert made.json() == {
        "key": "again", "name": "Again", "models": 1, "untrusted": 0,
    }  # fmt: skip
    assert made["Location"] == "/api/projects/again/"


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (Limits(rows=5000, manifest=10**6), "rows are larger than any project"),
        (Limits(rows=10**6, manifest=500), "manifest.json is too large"),
    ],
)
def test_web_takes_less_than_operators(
    bundle, client, stranger, monkeypatch, limits, sentence
):
    monkeypatch.setattr("datamine.bundles.WEB", limits)
    client.force_login(stranger)

    answer = client.post(reverse("api-bundles"), sent(bundle))

    assert answer.status_code == 400
    assert sentence in answer.json()["errors"][0]["detail"]


def test_program_is_told_what_is_wrong(client, stranger):
    client.force_login(stranger)

    answer = client.post(reverse("api-bundles"), sent(b"no bundle"))

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (
        400,
        "bad_bundle",
    )


TAKE_IN = """
from pathlib import Path
from django.core.management import call_command
from datamine.operations.importing import import_project
from projects.models import Project, User
call_command("migrate", verbosity=0)
owner, _ = User.objects.get_or_create(username="anna")
print(Project.objects.count(), import_project(Path("{path}"), actor=owner).models)
"""


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_import_leaves_no_project(bundle, place, tmp_path):
    path = tmp_path / "project.tar"
    place.environment["DATAMINE_FAULT"] = f"import.written:kill:{tmp_path}"
    words = ["shell", "--no-imports", "-c", TAKE_IN.format(path=path)]

    place.manage(*words, code=-signal.SIGKILL)

    assert place.manage(*words).split() == ["0", "1"]
