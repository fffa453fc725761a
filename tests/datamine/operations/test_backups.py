"""A backup holds everything, also of a site at work, and tells when it does not."""

from __future__ import annotations

import json
import tarfile
from threading import Event, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from datamine import files
from datamine.operations.archives import ArchiveError, reading
from datamine.operations.backups import back_up
from datamine.operations.restoring import put_files_back
from datamine.operations.rows import kept_models, one_moment
from datamine.operations.schema import UnknownSchemaError, migrate_to
from datasets.models import Upload
from projects.models import ApiToken, Project, User
from registry.models import RegisteredModel
from registry.serving import predict_rows
from tests.factories.datasets import UploadFactory, stored

FLOWER = {"petal": 1.4, "sepal": 5.1, "colour": "red"}


@pytest.mark.slow
def test_backup_is_verified_by_a_restore(in_service, tmp_path, capsys):
    call_command("backup", str(tmp_path / "backup.tar"))

    rows = sum(model._base_manager.count() for model in kept_models())
    said = capsys.readouterr().out
    assert "Verified in a scratch place." in said
    assert f"Restored {rows} rows and 4 files" in said
    assert "; 1 models answer as they did." in said


def test_backup_is_its_owners(in_service, tmp_path):
    back_up(tmp_path / "backup.tar")

    assert (tmp_path / "backup.tar").stat().st_mode & 0o777 == 0o600
    assert not [*tmp_path.glob(".*.part")]


def test_backup_writes_over_nothing(in_service, tmp_path):
    target = tmp_path / "backup.tar"
    target.write_text("mine")

    with pytest.raises(ArchiveError, match="exists already"):
        back_up(target)

    assert target.read_text() == "mine"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_restored_site_goes_on(in_service, owner, tmp_path, place):
    ApiToken.objects.create(user=owner, name="old")
    back_up(tmp_path / "backup.tar")

    said = place.manage("restore", str(tmp_path / "backup.tar"))
    looked = place.manage("shell", "--no-imports", "-c", LOOK)

    assert "; 1 models answer as they did." in said
    assert json.loads(looked) == {
        "answer": predict_rows(in_service, [FLOWER]).predictions[0]["prediction"],
        "tokens": 0,
        "made": in_service.created_at.isoformat(),
        "next": True,
    }


#: What a restored place is asked: the model answers, numbers go on, moments are kept.
LOOK = f"""
import json
from projects.models import ApiToken, Project
from registry.models import ModelVersion, RegisteredModel
from registry.serving import predict_rows
version = RegisteredModel.objects.get().active_version
print(json.dumps({{
    "answer": predict_rows(version, [{FLOWER}]).predictions[0]["prediction"],
    "tokens": ApiToken.objects.count(),
    "made": version.created_at.isoformat(),
    "next": Project.objects.create(name="Next").pk > version.model.project_id,
}}))
"""


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_backup_goes_from_engine_to_engine(in_service, tmp_path, place, other_engine):
    back_up(tmp_path / "first.tar")

    place.manage("restore", str(tmp_path / "first.tar"))
    place.manage("backup", str(tmp_path / "second.tar"))
    other_engine.manage("restore", str(tmp_path / "second.tar"))

    assert json.loads(other_engine.manage("shell", "--no-imports", "-c", LOOK))["next"]
    with (
        reading(tmp_path / "first.tar") as first,
        reading(tmp_path / "second.tar") as second,
    ):
        assert first.manifest.rows == second.manifest.rows
        assert first.manifest.files == second.manifest.files


def test_restore_refuses_a_place_in_use(in_service, tmp_path):
    back_up(tmp_path / "backup.tar")
    before = User.objects.count()

    with pytest.raises(CommandError, match="people or projects here already"):
        call_command("restore", str(tmp_path / "backup.tar"))

    assert User.objects.count() == before


def test_backup_of_a_site_at_work_is_whole(in_service, project, tmp_path):
    ending = Event()

    def work() -> None:
        while not ending.is_set():
            upload = UploadFactory(project=project)
            Upload.objects.filter(pk=upload.pk).delete()
            files.delete(upload.key)
        connection.close()

    worker = Thread(target=work)
    worker.start()
    try:
        manifests = [back_up(tmp_path / f"{number}.tar") for number in range(5)]
    finally:
        ending.set()
        worker.join()

    assert not any(manifest.lost for manifest in manifests)
    for number in range(5):
        with reading(tmp_path / f"{number}.tar") as archive:
            for key in archive.manifest.files:
                archive.extract(key, tmp_path / "file")


def test_file_that_is_gone_already_is_told(in_service, tmp_path):
    gone = in_service.session.result.artifact
    files.delete(gone)

    with pytest.raises(CommandError, match=rf"1 files .* first {gone}"):
        call_command("backup", str(tmp_path / "backup.tar"))


@pytest.mark.parametrize(
    "share", [0.0, 0.3, 0.999], ids=["empty", "a third", "nearly whole"]
)
def test_half_a_backup_is_none(in_service, tmp_path, share):
    whole, half = tmp_path / "whole.tar", tmp_path / "half.tar"
    back_up(whole)
    content = whole.read_bytes()[: int(whole.stat().st_size * share)]
    half.write_bytes(content.rstrip(b"\0"))

    with pytest.raises(ArchiveError), reading(half) as archive:
        put_files_back(archive, tmp_path / "file")


def test_changed_byte_is_found(in_service, tmp_path):
    target = tmp_path / "backup.tar"
    back_up(target)
    with tarfile.open(target) as archive:
        member = next(m for m in archive if m.name.endswith(".parquet"))
    content = bytearray(target.read_bytes())
    content[member.offset_data + 20] ^= 1
    target.write_bytes(content)

    with (
        pytest.raises(ArchiveError, match=r"parquet is damaged"),
        reading(target) as archive,
    ):
        put_files_back(archive, tmp_path / "file")


def test_backup_without_the_key_holds_no_key(in_service, tmp_path, settings):
    back_up(tmp_path / "backup.tar", with_key=False)

    assert settings.ARTIFACT_KEY.encode() not in (tmp_path / "backup.tar").read_bytes()


def test_newer_backup_is_refused(db):
    with pytest.raises(UnknownSchemaError, match="knows projects 9999_later"):
        migrate_to({"projects": ["9999_later"]})


def test_rows_of_a_site_are_of_one_moment(in_service, project):
    with one_moment():
        before = Project.objects.count()
        thread = Thread(target=add_project)
        thread.start()
        thread.join()
        assert Project.objects.count() == before
    assert Project.objects.count() == before + 1


def add_project() -> None:
    Project.objects.create(name="Meanwhile")
    connection.close()


def test_backup_names_its_models(in_service, tmp_path):
    manifest = back_up(tmp_path / "backup.tar")

    assert manifest.rows["registry.registeredmodel"] == RegisteredModel.objects.count()
    assert "sessions.session" not in manifest.rows
    assert stored(b"1", 1) not in manifest.files
