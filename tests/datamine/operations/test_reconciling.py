"""Rows and files that do not belong together are named, exactly."""

from __future__ import annotations

import os
import time

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from datamine.files import local_path
from datamine.operations.reconciling import Differences, compare
from tests.factories.datasets import stored

DAYS = 2 * 24 * 3600


@pytest.fixture
def artifact(in_service):
    return in_service.session.result.artifact


def test_whole_site_has_no_differences(artifact):
    assert compare(with_digests=True) == Differences()


def test_file_that_is_gone_is_named(artifact):
    default_storage.delete(artifact)

    assert compare() == Differences(lost=[artifact])


def test_damaged_file_is_named_by_its_digest(artifact):
    local_path(artifact).write_bytes(b"other")

    assert compare() == Differences()
    assert compare(with_digests=True) == Differences(damaged=[artifact])


def test_file_without_a_row_is_named_once_it_is_old(artifact):
    key = stored(b"left over", 7)
    young = compare()
    os.utime(local_path(key), (time.time() - DAYS,) * 2)

    assert young == Differences()
    assert compare() == Differences(orphans=[key])


def test_command_removes_what_no_row_names(artifact, capsys):
    key = stored(b"left over", 7)
    os.utime(local_path(key), (time.time() - DAYS,) * 2)

    call_command("reconcile", remove=True)

    assert not default_storage.exists(key)
    assert default_storage.exists(artifact)
    assert "1 named by no row." in capsys.readouterr().out


def test_command_fails_where_something_is_gone(artifact, capsys):
    default_storage.delete(artifact)

    with pytest.raises(SystemExit) as ended:
        call_command("reconcile")

    assert ended.value.code == 1
    assert f"{artifact}: gone" in capsys.readouterr().out
