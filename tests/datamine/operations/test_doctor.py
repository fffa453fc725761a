"""The doctor finds what is wrong, and says what to do."""

from __future__ import annotations

from collections import namedtuple

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from datamine import env
from datamine.models import Worker
from datamine.operations import doctor
from datamine.operations.doctor import Verdict, examine

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def working(db):
    """A site whose worker is alive."""
    env.HOME.chmod(0o700)
    Worker.objects.create(name="w", clusters="fast train", seen_at=timezone.now())


def faults():
    return {f.part: f.words for f in examine() if f.verdict is not Verdict.GOOD}


def test_site_in_order_has_no_faults(working):
    assert faults() == {}


def test_missing_worker_is_a_problem(working):
    Worker.objects.all().delete()

    assert faults() == {"Workers": "No worker serves fast, train."}


def test_key_that_others_may_read_is_a_problem(working):
    key = env.HOME / "some-key"
    key.touch(mode=0o644)

    assert faults() == {"Permissions": f"Others may read {key}: chmod 600 {key}"}
    key.unlink()


def test_little_room_is_told(working, monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: Usage(9, 9, 3 * 1024**3))

    assert faults()["Storage"].startswith("3.0 GiB are free")


def test_keys_are_looked_at(working, settings):
    settings.ARTIFACT_KEY = "short"

    assert "shorter than 40 characters" in faults()["Settings"]


def test_storage_out_of_reach_is_no_crash(working, settings, tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    settings.MEDIA_ROOT = blocked

    assert faults()["Storage"].startswith("It cannot be reached")


def test_file_that_is_gone_is_told(in_service, working):
    default_storage.delete(in_service.session.result.artifact)

    assert faults()["Files"].startswith("1 stored files are gone")


def test_command_fails_with_a_problem(working, capsys):
    Worker.objects.all().delete()

    with pytest.raises(SystemExit):
        call_command("doctor")

    assert "problem  Workers  No worker serves" in capsys.readouterr().out
