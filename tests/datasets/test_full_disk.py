"""The disk is really full: every door says so, and nothing is stored by halves."""

from __future__ import annotations

import random
import resource
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from datamine.room import NO_ROOM
from datamine.work.children import run_inline
from datasets import services
from datasets.exceptions import NoRoomError
from datasets.models import DatasetVersion, Upload
from datasets.readers.dialect import Dialect
from tests.factories.datasets import sent

pytestmark = pytest.mark.django_db

MEGABYTE = 1024**2


@contextmanager
def little_room():
    """Let this process write no file much larger than its database is already."""
    name = str(connection.settings_dict["NAME"])
    database = [Path(name), Path(f"{name}-wal")] if "/" in name else []
    sizes = [path.stat().st_size for path in database if path.exists()]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    room = max(sizes, default=0) + 2 * MEGABYTE
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield room
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def numbers(size: int) -> bytes:
    """Return a table of so many bytes that no file format makes much smaller."""
    chance = random.Random(1)
    lines = [f"{chance.random()},{chance.random()}" for _ in range(size // 38)]
    return ("a,b\n" + "\n".join(lines) + "\n").encode()


def stored() -> set[Path]:
    places = (settings.MEDIA_ROOT, settings.SCRATCH_DIR)
    return {path for place in places for path in Path(place).rglob("*.*")}


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SCRATCH_DIR = settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "scratch"
    settings.SCRATCH_DIR.mkdir()


@pytest.mark.parametrize("door", ["page", "api"])
def test_upload_finds_no_room_while_it_arrives(door, client, project, owner):
    client.force_login(owner)
    client.raise_request_exception = False  # the API's handler tells Django of any 5xx
    before = stored()
    with little_room() as room:
        file = SimpleUploadedFile("t.csv", b"a,b\n" + b"1,2\n" * (room // 4))
        if door == "page":
            url = f"/projects/{project.key}/datasets/upload/"
            response = client.post(url, {"file": file})
        else:
            values = {"project": project.key, "file": file}
            response = client.post("/api/datasets/", values)

    assert response.status_code == 507
    assert NO_ROOM in response.content.decode()
    assert not Upload.objects.exists()
    assert stored() == before


def test_upload_finds_no_room_where_it_is_kept(project, owner):
    with little_room() as room:
        pass
    file = sent(b"x" * (room + MEGABYTE))
    before = stored()

    with little_room(), pytest.raises(NoRoomError, match="disk of this site"):
        services.receive_upload(project, file, actor=owner)

    assert not Upload.objects.exists()
    assert stored() == before


def test_import_finds_no_room_for_the_table(project, owner):
    with little_room() as room:
        pass
    upload = services.receive_upload(project, sent(numbers(4 * room)), actor=owner)
    guess = services.sniff_file(upload.key, upload.filename)
    dataset = services.import_upload(
        upload, file_format=guess.format, dialect=Dialect(), actor=owner
    )
    version = DatasetVersion.objects.get(dataset=dataset)
    before = stored()

    with little_room():
        run_inline(version)

    assert (version.status, version.error_message) == ("failed", NO_ROOM)
    assert (version.data, version.rows_count) == ("", 0)
    dataset.refresh_from_db()
    assert dataset.active_version is None
    assert stored() == before
