"""Rows that ask for a behaviour of `tests.workload.work`, made like services do."""

import time

from django.db import transaction
from django.utils import timezone

from datamine.queue import ring
from datasets.models import Dataset, DatasetVersion
from experiments.models import Experiment, TrainingSession
from projects.models import Project
from tests.workload.work import keep

#: The key of the project all these rows are in.
WORK = "work"


def new_dataset():
    project, _ = Project.objects.get_or_create(key=WORK, name="Work")
    return Dataset.objects.create(
        project=project,
        name=f"Table {Dataset.objects.count()}",
        file_size=0,
        file_format="csv",
    )


def new_version(behaviour, *, bell=True, **wish):
    """Make a pending version, and ring for it unless a test wants the bell lost."""
    with transaction.atomic():
        version = DatasetVersion.objects.create(
            dataset=new_dataset(), number=1, dialect={"behaviour": behaviour} | wish
        )
        if bell:
            ring(version)
    return version


def ready_version():
    dataset = new_dataset()
    key, sha256, size = keep(f"versions/{dataset.pk}", b"rows")
    return DatasetVersion.objects.create(
        dataset=dataset,
        number=1,
        status="ready",
        data=key,
        sha256=sha256,
        size=size,
        completed_at=timezone.now(),
    )


def new_session(behaviour, *, bell=True, created_by=None, **wish):
    with transaction.atomic():
        version = ready_version()
        experiment = Experiment.objects.create(
            project=version.dataset.project,
            dataset=version.dataset,
            version=version,
            name="Experiment",
            feature_columns=[],
        )
        session = TrainingSession.objects.create(
            experiment=experiment,
            number=1,
            base_version=version,
            created_by=created_by,
            plan={"behaviour": behaviour} | wish,
        )
        if bell:
            ring(session)
    return session


def wait_for(condition, seconds=60.0, every=0.02):
    """Wait until `condition()` is true; return how long that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "It did not happen in time."
        time.sleep(every)
    return time.monotonic() - began


def has_status(row, *statuses):
    def look():
        row.refresh_from_db()
        return row.status in statuses

    return look


def ended(row):
    return has_status(row, "ready", "completed", "failed", "cancelled")
