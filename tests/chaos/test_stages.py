"""A child dies at every stage of a real import, of real steps, of a real training."""

import pytest
from django.core.files.storage import default_storage
from django.db import transaction

from datamine.work.children import run_inline
from datasets import services
from datasets.readers.dialect import Dialect
from datasets.recipes import StepSpec
from experiments import sessions
from tests.factories.datasets import imported_dataset, sent
from tests.factories.experiments import draft_on
from tests.workload.program import Program
from tests.workload.verdict import check

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

#: What real libraries take.
ROOM = {
    "DATAMINE_IMPORT_MEMORY_MB": "2000",
    "DATAMINE_TRAINING_MEMORY_MB": "2000",
}
#: Where the attempts at one row die, one after the other; the last one lives.
IMPORT_DEATHS = [
    ("phase.Reading and checking every row", "phase.Profiling"),
    ("phase.Reading again with the types found", "store.written"),
    ("finish.after",),
    (),
]
STEP_DEATHS = [
    ("phase.Fitting steps", "phase.Counting changes"),
    ("phase.Writing", "phase.Profiling"),
    ("finish.after",),
    (),
]
TRAINING_DEATHS = [
    ("phase.Reading the rows", "phase.Training the model"),
    ("phase.Cross-validation", "phase.storing the model"),
    ("phase.Measuring what matters", "finish.after"),
    ("phase.Testing",),
]


def table(rows=6_000):
    """Return rows with gaps to fill, and at the end a number like none before."""
    lines = ["petal,sepal,species"]
    for number in range(rows):
        petal, species = ((1.4, "setosa"), (4.5, "versicolor"))[number % 2]
        sepal = "" if number % 50 == 0 else number % 7
        lines.append(f"{petal + number % 7 / 10:.1f},{sepal},{species}")
    return ("\n".join([*lines[:-1], "2.0,6.5,setosa"]) + "\n").encode()


def faults(deaths):
    return ";".join(f"{point}:kill" for point in deaths)


def imported(project, actor, deaths):
    upload = services.receive_upload(project, sent(table()), actor=actor)
    with transaction.atomic():  # the bell comes with the faults
        dataset = services.import_upload(
            upload, file_format="csv", dialect=Dialect(), actor=actor
        )
        dataset.versions.update(description=faults(deaths))
    return dataset.versions.get()


def prepared(version, actor, deaths=()):
    fill = StepSpec(
        step="fill_missing", columns=["sepal"], parameters={"strategy": "median"}
    )
    return services.apply_steps(
        version, specs=[fill], description=faults(deaths), actor=actor
    )


def trained(dataset, actor, deaths):
    draft = draft_on(
        dataset, "species", "petal", "sepal", split={"cv_folds": 3},
        description=faults(deaths), name=f"Dies at {deaths}",
    )  # fmt: skip
    return sessions.create_and_start(draft, actor=actor)


def ends(rows):
    return [(row.status, row.attempts) for row in rows]


def done_after(deaths, status):
    return [(status, len(points) + 1) for points in deaths]


def test_version_killed_at_each_stage_is_made_once_and_the_same(project, owner):
    first = imported_dataset(project, owner, table(), name="Read").versions.get()
    with Program(**ROOM):
        read = [imported(project, owner, deaths) for deaths in IMPORT_DEATHS]
        made = [prepared(first, owner, deaths) for deaths in STEP_DEATHS]
        check(read + made)

    assert ends(read) == done_after(IMPORT_DEATHS, "ready")
    assert ends(made) == done_after(STEP_DEATHS, "ready")
    for rows in (read, made):
        assert len({(row.sha256, str(row.profile)) for row in rows}) == 1
    for row in read:
        assert row.dataset.active_version == row


def test_session_killed_at_each_stage_ends_once_and_the_same(project, owner):
    dataset = imported_dataset(project, owner, table(100), name="Read")
    run_inline(prepared(dataset.versions.get(), owner))
    dataset.refresh_from_db()
    with Program(**ROOM):
        rows = [trained(dataset, owner, deaths) for deaths in TRAINING_DEATHS]
        check(rows)

    assert ends(rows) == done_after(TRAINING_DEATHS, "completed")
    assert len({str(row.result.metrics) for row in rows}) == 1
    assert not any(default_storage.exists(row.artifact_key(1)) for row in rows)
