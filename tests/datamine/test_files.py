"""Files are whole or not there, and their keys are the server's own."""

import os
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage

from datamine import faults, files


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.SCRATCH_DIR = tmp_path / "scratch"
    settings.SCRATCH_DIR.mkdir()
    return settings.MEDIA_ROOT


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source"
    path.write_bytes(b"content")
    return path


def everything(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_store_keeps_a_private_copy(source, folder):
    key = files.new_key("versions", 7, ".parquet")

    files.store(source, key)

    [stored] = everything(folder)
    assert stored == folder / key
    assert stored.read_bytes() == b"content"
    assert stored.stat().st_mode & 0o777 == 0o600
    assert source.exists()


def test_store_again_replaces_the_file(source, folder):
    files.store(source, "versions/7/a.bin")
    source.write_bytes(b"other")

    files.store(source, "versions/7/a.bin")

    assert [path.read_bytes() for path in everything(folder)] == [b"other"]


@pytest.mark.parametrize(
    "key",
    [
        "../secret",
        "versions/../../secret",
        "/etc/passwd",
        "versions//x",
        "versions/x y",
        "versions/é",
        "versions",
        "",
        "versions/x\n",
        "versions/.hidden",
    ],
)
def test_store_refuses_a_key_the_server_did_not_make(source, folder, key):
    with pytest.raises(ValueError, match="is not a key made by the server"):
        files.store(source, key)

    assert everything(folder) == []


def test_store_on_a_full_disk_leaves_nothing(source, folder, monkeypatch):
    monkeypatch.setattr(faults, "FAULT", "store.written:fail")

    with pytest.raises(OSError, match="No space left"):
        files.store(source, "versions/7/a.bin")

    assert everything(folder) == []


def test_local_copy_gives_the_bytes(source):
    files.store(source, "versions/7/a.bin")

    with files.local_copy("versions/7/a.bin") as path:
        content = path.read_bytes()

    assert content == b"content"


def test_delete_of_a_file_that_is_gone_is_no_error(source, folder):
    files.store(source, "versions/7/a.bin")

    files.delete("versions/7/a.bin")
    files.delete("versions/7/a.bin")

    assert everything(folder) == []


def test_digest_is_of_the_bytes(source):
    assert files.digest(source) == (
        "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"
    )


def make_old(path):
    then = time.time() - 2 * files.STALE_SECONDS
    os.utime(path, (then, then))


def test_sweep_removes_what_crashes_left_and_nothing_else(source, folder):
    files.store(source, "versions/7/a.bin")
    old_part, new_part = (
        folder / "versions/7/.b.1.part",
        folder / "versions/7/.c.1.part",
    )
    old_child = Path(settings.SCRATCH_DIR, "child-old")
    busy_child = Path(settings.SCRATCH_DIR, "child-busy")
    for child in (old_child, busy_child):
        child.mkdir()
        (child / "file").touch()
    for path in (old_part, new_part):
        path.touch()
    for path in (old_part, old_child / "file", old_child, busy_child):
        make_old(path)
    make_old(folder / "versions/7/a.bin")

    removed = files.sweep()

    assert removed == 2
    assert not old_part.exists()
    assert not old_child.exists()
    assert (busy_child / "file").exists()
    assert new_part.exists()
    assert default_storage.exists("versions/7/a.bin")


def test_scratch_of_a_child_is_its_own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("DATAMINE_CHILD_FOLDER", str(tmp_path))

    assert files.scratch() == tmp_path
