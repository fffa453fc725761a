"""Exports and imports as work of workers: once, whole, fenced, and gone after a day."""

from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from datamine import files
from datamine.exceptions import BundleUnderWayError
from datamine.leases import claim
from datamine.models import BundleExport, BundleImport
from datamine.operations import bundling
from datamine.operations.exporting import export_project
from datamine.operations.importing import Limits, Watching, import_project
from datamine.operations.reconciling import compare
from datamine.operations.storage import orphans, working_files
from datamine.services import forget_bundles, start_export, start_import
from datamine.work.children import perform, run_inline
from datamine.work.handover import put_back
from datasets import stored
from projects.models import Activity, Project

#: What Django raises of a connection that was closed under it.
LOST, LOST_BELOW = InterfaceError("closed"), psycopg2.InterfaceError("closed")
FULL = OperationalError("could not extend file: No space left on device")


def lose(*_: object) -> None:
    raise LOST from LOST_BELOW


def hang_up(*_: object) -> None:
    raise OperationalError("closed") from psycopg2.OperationalError("closed")


def fill(*_: object) -> None:
    raise FULL


def fault() -> None:
    raise RuntimeError("after the commit")


def when(words: str, act):
    """Let `act` happen at the first statement that begins with these words."""
    left = [act]

    def asked(execute, sql, params, many, context):
        if sql.startswith(words) and left:
            left.pop()()
        return execute(sql, params, many, context)

    return connection.execute_wrapper(asked)


def sent(content: bytes) -> TemporaryUploadedFile:
    file = TemporaryUploadedFile("p.tar", "application/x-tar", len(content), None)
    file.write(content)
    file.flush()
    return file


@pytest.fixture
def bundle(in_service, project, owner, tmp_path) -> Path:
    target = tmp_path / "project.tar"
    export_project(project, target, actor=owner)
    return target


@pytest.fixture
def coming(bundle, owner) -> BundleImport:
    return start_import(sent(bundle.read_bytes()), name="Copy", actor=owner)


def test_asking_twice_is_one_export_and_the_next_takes_its_place(
    in_service, project, owner
):
    first = start_export(project, actor=owner)
    assert start_export(project, actor=owner) == first
    run_inline(first)

    second = start_export(project, actor=owner)
    run_inline(second)

    assert list(BundleExport.objects.all()) == [second]
    assert not default_storage.exists(first.bundle)
    assert working_files() == {second.bundle}


def test_given_up_import_makes_nothing_and_the_next_one_all(coming):
    dead = claim(BundleImport, coming.pk, "killed")
    put_back(dead)

    perform(dead)
    nothing_yet = Project.objects.filter(name="Copy").count()
    run_inline(coming)
    perform(dead)

    assert nothing_yet == 0
    assert (coming.status, coming.attempts, coming.trained) == ("completed", 2, 1)
    assert Project.objects.get(name="Copy") == coming.project


@pytest.mark.parametrize(
    ("end", "error"), [(lose, InterfaceError), (fault, RuntimeError)]
)
def test_project_that_was_committed_keeps_its_files(bundle, owner, end, error):
    watching = Watching(settle=lambda _: transaction.on_commit(end))

    with pytest.raises(error):
        import_project(bundle, actor=owner, name="Copy", watching=watching)

    assert Project.objects.filter(name="Copy").exists()
    assert not compare(with_digests=True).harmful


@pytest.mark.parametrize("end", [hang_up, fill])
def test_database_that_fails_is_no_fault_of_the_bundle(bundle, owner, end):
    with when('INSERT INTO "projects_project"', end), pytest.raises(OperationalError):
        import_project(bundle, actor=owner, name="Copy")

    import_project(bundle, actor=owner, name="Copy")

    assert Project.objects.filter(name="Copy").count() == 1
    assert not compare().harmful


def test_bundle_whose_row_was_committed_is_kept(bundle, owner):
    committed = when(
        'INSERT INTO "site_bundleimport"', lambda: transaction.on_commit(lose)
    )

    with committed, pytest.raises(InterfaceError):
        start_import(sent(bundle.read_bytes()), name="Copy", actor=owner)

    assert default_storage.exists(BundleImport.objects.get().upload)


def test_given_up_export_writes_nothing(in_service, project, owner):
    row = start_export(project, actor=owner)
    dead = claim(BundleExport, row.pk, "killed")
    put_back(dead)

    run_inline(row)
    perform(dead)

    kept = BundleExport.objects.get()
    assert kept.bundle == f"bundles/{project.pk}/{row.pk}-2.tar"
    assert Activity.objects.filter(action="exported").count() == 1


def test_what_was_sent_goes_when_it_is_taken_in(coming):
    assert working_files() == {coming.upload}

    run_inline(coming)

    assert not default_storage.exists(coming.upload)
    assert working_files() == set()


def test_bundle_damaged_in_the_storage_is_a_sentence(coming):
    with files.local_copy(coming.upload) as path:
        path.write_bytes(b"changed")

    run_inline(coming)

    assert coming.status == "failed"
    assert coming.error_message.startswith("Nothing was imported: The stored data")


def test_one_person_sends_one_bundle_at_a_time(coming, bundle, owner, stranger):
    with pytest.raises(BundleUnderWayError, match="is being imported"):
        start_import(sent(bundle.read_bytes()), name="", actor=owner)

    other = start_import(sent(bundle.read_bytes()), name="", actor=stranger)
    assert working_files() == {coming.upload, other.upload}


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (Limits(rows=5000, manifest=10**6), "rows are larger than any project"),
        (Limits(rows=10**6, manifest=500), "manifest.json is too large"),
    ],
)
def test_web_takes_less_than_operators(coming, monkeypatch, limits, sentence):
    monkeypatch.setattr(bundling, "WEB", limits)

    run_inline(coming)

    assert sentence in coming.error_message


def test_bundles_are_forgotten_after_a_day(
    in_service, project, owner, coming, monkeypatch
):
    row = start_export(project, actor=owner)
    for job in (row, coming):
        run_inline(job)
    forget_bundles()
    assert default_storage.exists(row.bundle)

    late = timezone.now() - timedelta(days=1, minutes=1)
    for model in (BundleExport, BundleImport):
        model.objects.update(completed_at=late)
    forget_bundles()

    assert BundleExport.objects.count() == BundleImport.objects.count() == 0
    assert not default_storage.exists(row.bundle)


def test_orphans_of_dead_attempts_are_swept(in_service, tmp_path, monkeypatch):
    path = tmp_path / "left"
    path.write_bytes(b"half")
    files.store(path, "bundles/1/1-1.tar")
    monkeypatch.setattr(stored, "GRACE", timedelta(0))
    assert orphans() == ["bundles/1/1-1.tar"]

    forget_bundles()

    assert orphans() == []


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
    place.environment["DATAMINE_FAULT"] = f"import.written:kill:{tmp_path}"
    words = ["shell", "--no-imports", "-c", TAKE_IN.format(path=bundle)]

    place.manage(*words, code=-signal.SIGKILL)

    assert place.manage(*words).split() == ["0", "1"]
