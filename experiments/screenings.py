"""The rows of a version looked at for a target: once, then remembered."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from datasets.exceptions import DamagedDataError
from datasets.models import DatasetVersion
from datasets.services import history_of
from datasets.stored import readable
from datasets.trials import MEMORY_MB, SAMPLE_ROWS, sample
from experiments.algorithms.catalogue import Task, algorithm
from experiments.drafts import findings
from experiments.evaluation.filling import filled_notes
from experiments.learning.plans import Plan
from experiments.learning.problems import Problems
from experiments.suggestions import doubts, usual_algorithm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from experiments.evaluation.screening import Screening
    from experiments.learning.problems import Problem

#: So many are remembered by a server process; each holds a sample's numbers.
REMEMBERED = 16
#: More columns are not looked at before training, which looks at all it learns from.
MOST_COLUMNS = 200


def advice(plan: Plan, version: DatasetVersion) -> Problems:
    """Return what profile and rows of a version say about a plan.

    Raises `VersionNotReadyError`.
    """
    found = findings(plan, version)
    family = algorithm(plan.algorithm).family
    notes = list(notes_on_missing(plan, version))
    if not found.valid or (family and family.assembler):
        return replace(found, notes=notes)
    telling = screening_of(version, plan.target, plan.task).about(plan)
    return Problems(found.problems, [*telling, *found.warnings], notes)


def notes_on_missing(plan: Plan, version: DatasetVersion) -> Iterator[Problem]:
    """Say which steps deal with values that the import lacks."""
    imported, steps = history_of(version)
    columns = (imported.profile or {}).get("columns", ())
    missing = {c["name"]: int(c.get("missing") or 0) for c in columns}
    is_leak_free = plan.preprocessing == "leak_free"
    return filled_notes(plan.features, steps, missing, is_leak_free=is_leak_free)


def screening_of(version: DatasetVersion, target: str, task: Task) -> Screening:
    """Return what a sample of a version's rows says about each column.

    Where the rows cannot be read there is nothing: training will say so.
    """
    from experiments.evaluation.screening import (  # noqa: PLC0415 -- heavy import
        Screening,
    )

    try:
        return _screened(version.pk, version.sha256, target, task)
    except DamagedDataError:
        return Screening()


@lru_cache(REMEMBERED)
def _screened(pk: int, sha256: str, target: str, task: Task) -> Screening:
    import duckdb  # noqa: PLC0415 -- heavy import

    from datasets.engines import engine  # noqa: PLC0415 -- heavy import
    from experiments.evaluation.screening import (  # noqa: PLC0415 -- heavy import
        Screening,
        screen,
    )

    version = DatasetVersion.objects.get(pk=pk, sha256=sha256)
    left_out = {target, *doubts(version, target, task)}
    names = [name for name in version.schema.names if name not in left_out]
    plan = Plan(
        algorithm=usual_algorithm(task).name,
        task=task,
        target=target,
        features=names[:MOST_COLUMNS],
        split={"stratified": False},
    )
    if not plan.features:
        return Screening()
    duck = engine("duckdb", memory_mb=MEMORY_MB, threads=1)
    try:
        with readable(version) as path:
            table = sample(duck, path, version.schema, version.rows_count)
            return screen(plan, table, is_whole=version.rows_count <= SAMPLE_ROWS)
    except duckdb.OutOfMemoryException:  # too wide for a page; training looks anyway
        return Screening()
