"""Datasets that are thrown away: not seen, put back, gone for good; never a half."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils import timezone

from datamine.work.children import run_inline
from datasets import services, trash
from datasets.exceptions import (
    DatasetInUseError,
    InTrashError,
    NameTakenError,
    NotInTrashError,
)
from datasets.models import Dataset, DatasetVersion, Upload
from datasets.readers.dialect import Dialect
from datasets.recipes import StepSpec
from experiments.models import Experiment
from projects.models import Activity
from tests.environment import environment_of_children
from tests.factories.datasets import (
    DatasetFactory,
    UploadFactory,
    VisualizationFactory,
    imported_dataset,
)

pytestmark = pytest.mark.django_db

FILL = StepSpec(
    step="fill_missing", columns=("petal",), parameters={"strategy": "mean"}
)
#: Purges a dataset and dies before its rows are gone for the database.
DIE_BEFORE_COMMIT = """
with transaction.atomic():
    trash.purge_dataset(dataset, actor=None)
    os.kill(os.getpid(), signal.SIGKILL)
"""
#: Dies when it is about to remove the first file.
DIE_AFTER_COMMIT = "trash.purge_dataset(dataset, actor=None)"
PROGRAM = """
import os, signal, sys, django
django.setup()
from django.db import transaction
from datasets import trash
from datasets.models import Dataset
dataset = Dataset.everything.get(pk={pk})
{act}
"""


@pytest.fixture
def dataset(project, owner):
    return imported_dataset(project, owner)


@pytest.fixture
def trashed(dataset, owner):
    return trash.trash_dataset(dataset, actor=owner)


def experiment_on(dataset, name="One"):
    return Experiment.objects.create(
        project=dataset.project,
        dataset=dataset,
        version=dataset.active_version,
        name=name,
        task="classification",
        algorithm="knn",
        target_column="species",
        feature_columns=["petal"],
    )


def deeds() -> list[str]:
    return list(Activity.objects.order_by("pk").values_list("action", flat=True))


def test_what_is_in_the_trash_is_seen_nowhere(client, owner, project, dataset):
    VisualizationFactory(dataset=dataset, is_shared=True)
    client.force_login(owner)
    trash.trash_dataset(dataset, actor=owner)

    pages = [
        client.get(reverse(f"datasets:{name}", args=[dataset.pk])).status_code
        for name in ("detail", "rows", "versions", "charts", "edit", "delete")
    ]
    listed = client.get(reverse("datasets:list", args=[project.key]))

    assert set(pages) == {404}
    assert not DatasetVersion.objects.visible_to(owner).exists()
    assert not DatasetVersion.objects.ready_in(project).exists()
    assert list(listed.context["page"]) == []
    assert "Trash (1)" in listed.text


def test_put_back_is_as_before(dataset, trashed, owner):
    found = trash.put_back(trashed, actor=owner)

    assert found == Dataset.objects.get()
    assert found.active_version == dataset.active_version
    assert deeds()[-2:] == ["trashed", "put back"]
    with pytest.raises(NotInTrashError, match="“flowers” is not in the trash"):
        trash.put_back(trashed, actor=owner)


def test_name_in_the_trash_is_free(project, owner, trashed):
    other = imported_dataset(project, owner)
    assert other.name == trashed.name

    with pytest.raises(NameTakenError, match="another dataset “flowers” by now"):
        trash.put_back(trashed, actor=owner)

    assert Dataset.objects.get() == other
    with pytest.raises(IntegrityError):
        DatasetFactory(project=project, name=other.name)


def test_nothing_is_added_in_the_trash(dataset, trashed, owner):
    with pytest.raises(InTrashError, match="“flowers” is in the trash"):
        services.apply_steps(dataset.active_version, specs=[FILL], actor=owner)
    with pytest.raises(InTrashError, match="“flowers” is in the trash"):
        services.import_again(dataset, dialect=Dialect(), actor=owner)
    with pytest.raises(InTrashError, match="“flowers” is in the trash"):
        trash.trash_dataset(dataset, actor=owner)

    assert dataset.versions.count() == 1


def test_work_that_runs_is_finished_in_the_trash(dataset, owner):
    child = services.apply_steps(dataset.active_version, specs=[FILL], actor=owner)
    trashed = trash.trash_dataset(dataset, actor=owner)

    run_inline(child)

    assert trash.put_back(trashed, actor=owner).active_version == child


def test_what_experiments_stand_on_stays(dataset, owner):
    for number in range(6):
        experiment_on(dataset, f"E{number}")
    sentence = "6 experiments .“E0”, “E1”, “E2”, “E3”, “E4”, ….. Delete them first"

    with pytest.raises(DatasetInUseError, match=sentence):
        trash.trash_dataset(dataset, actor=owner)

    assert Dataset.objects.get() == dataset


def test_purge_removes_rows_and_files(
    dataset, owner, django_capture_on_commit_callbacks
):
    child = services.apply_steps(dataset.active_version, specs=[FILL], actor=owner)
    run_inline(child)
    keys = [dataset.upload, dataset.active_version.data, child.data]
    trashed = trash.trash_dataset(dataset, actor=owner)

    with django_capture_on_commit_callbacks(execute=True):
        trash.purge_dataset(trashed, actor=owner)

    assert not DatasetVersion.objects.exists()
    assert [default_storage.exists(key) for key in keys] == [False] * 3
    assert deeds()[-1] == "purged"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("act", "remains"), [(DIE_BEFORE_COMMIT, True), (DIE_AFTER_COMMIT, False)]
)
def test_purge_that_is_killed_is_undone_or_done(
    dataset, trashed, act, remains, monkeypatch
):
    keys = {dataset.upload, dataset.active_version.data}
    environment = environment_of_children() | {"DATAMINE_FAULT": "delete.before:kill"}
    environment["DJANGO_SETTINGS_MODULE"] = "datamine.settings"
    program = PROGRAM.format(pk=dataset.pk, act=act)
    connection.close()

    died = subprocess.run([sys.executable, "-c", program], env=environment, check=False)

    assert died.returncode == -9
    assert Dataset.everything.exists() is remains
    assert DatasetVersion.objects.exists() is remains
    assert {default_storage.exists(key) for key in keys} == {True}
    monkeypatch.setattr("datasets.stored.GRACE", timedelta(0))
    trash.sweep()
    assert {default_storage.exists(key) for key in keys} == {remains}


def test_sweep_purges_what_has_lain_long_enough(
    project, trashed, settings, django_capture_on_commit_callbacks
):
    days = settings.LIMITS.trash_days
    fresh = DatasetFactory(project=project, trashed_at=timezone.now())
    used = DatasetFactory(project=project)
    experiment_on(trashed)
    for row, age in ((trashed, days + 1), (used, days + 1), (fresh, days - 1)):
        Dataset.everything.filter(pk=row.pk).update(
            trashed_at=timezone.now() - timedelta(days=age)
        )

    with django_capture_on_commit_callbacks(execute=True):
        trash.sweep()

    assert set(Dataset.everything.all()) == {trashed, fresh}
    last = Activity.objects.first()
    assert (last.action, last.user) == ("purged", None)
    assert last.details["reason"] == f"{days} days in the trash"


def test_sweep_removes_old_uploads_and_files_without_a_row(
    dataset, trashed, monkeypatch, django_capture_on_commit_callbacks
):
    forgotten = UploadFactory(project=dataset.project)
    fresh = UploadFactory(project=dataset.project)
    orphan = UploadFactory.build(project=dataset.project).key
    old = timezone.now() - timedelta(days=2)
    Upload.objects.filter(pk=forgotten.pk).update(created_at=old)
    monkeypatch.setattr("datasets.stored.GRACE", timedelta(0))
    Upload.objects.filter(pk=fresh.pk).update(
        created_at=timezone.now() + timedelta(hours=1)
    )

    with django_capture_on_commit_callbacks(execute=True):
        trash.sweep()

    assert list(Upload.objects.all()) == [fresh]
    exists = default_storage.exists
    assert not exists(orphan)
    assert not exists(forgotten.key)
    assert exists(fresh.key)
    assert exists(dataset.upload)
    assert exists(dataset.active_version.data)
    assert deeds()[-1] == "discarded"


def test_trash_page_puts_back_and_deletes_for_good(client, owner, project, trashed):
    client.force_login(owner)
    page = reverse("datasets:trash", args=[project.key])
    purge = reverse("datasets:purge", args=[trashed.pk])

    listed = client.get(page)
    back = client.post(reverse("datasets:put-back", args=[trashed.pk]), follow=True)
    trash.trash_dataset(trashed, actor=owner)
    asked = client.get(purge)
    gone = client.post(purge, follow=True)

    assert [dataset for dataset, _ in listed.context["rows"]] == [trashed]
    assert "“flowers” is back." in back.text
    assert "1 version with all steps." in asked.text
    assert "“flowers” is gone for good." in gone.text
    assert "The trash is empty" in gone.text


def test_editors_see_the_trash_and_leave_it(client, project, member, trashed):
    client.force_login(member)

    listed = client.get(reverse("datasets:trash", args=[project.key])).text
    answers = [
        client.post(reverse(f"datasets:{name}", args=[trashed.pk])).status_code
        for name in ("put-back", "purge")
    ]

    assert "flowers" in listed
    assert "Put back" not in listed
    assert answers == [403, 403]


@pytest.mark.parametrize("count", [1, 3])
def test_trash_takes_as_many_queries_for_three_as_for_one(
    client, owner, project, count, django_assert_num_queries
):
    client.force_login(owner)
    for _ in range(count):
        DatasetFactory(project=project, trashed_at=timezone.now())
    url = reverse("datasets:trash", args=[project.key])
    client.get(url)

    with django_assert_num_queries(15):
        page = client.get(url).text

    assert page.count('scope="row"') == count
