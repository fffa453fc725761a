"""What a new experiment starts with, so that a target and one click are enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasets.choices import ProcessingStatus
from datasets.querysets import HEAVY
from datasets.tables import ColumnType
from datasets.words import word
from experiments.algorithms.catalogue import Algorithm, Task, algorithms
from experiments.drafts import Draft, facts_of
from experiments.evaluation.checks import check_plan
from experiments.exceptions import DraftProblem, InvalidDraftError
from experiments.learning.plans import Plan
from experiments.models import Preset
from experiments.offers import all_offered

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from datasets.models import DatasetVersion
    from projects.models import Project

#: An integer column with at most so many values may as well be a set of classes.
CLASSES_AT_MOST = 20
#: What a target that is computed for a task is like.
TYPES_OF_TASKS = {
    Task.CLASSIFICATION: ColumnType.CATEGORY,
    Task.REGRESSION: ColumnType.NUMBER,
}
#: What is chosen until somebody chooses: often the most accurate on tables.
FIRST_CHOICES = frozenset({"gradient_boosting", "gradient_boosting_regressor"})
#: Findings that keep a column out of the features, and how the page says it.
DOUBTS = {
    "free_text": word("free text"),
    "identifier": word("names rows"),
    "all_missing": "empty",
    "constant": word("one value only"),
    "names_repeat": word("names things"),
}


@dataclass(frozen=True)
class Candidate:
    """A column of a version with what its profile says, to choose from.

    `is_computed` is one that a family makes of the others, which is a target only.
    """

    id: str
    name: str
    type: ColumnType
    missing: int
    unique: int
    rows: int
    is_computed: bool = False

    @property
    def tasks(self) -> tuple[Task, ...]:
        """What can be learned about it as a target, the likelier task first."""
        if self.type is ColumnType.NUMBER:
            return (Task.REGRESSION,)
        if self.type is ColumnType.INTEGER:
            few = self.unique <= CLASSES_AT_MOST
            both = (Task.CLASSIFICATION, Task.REGRESSION)
            return both if few else (Task.REGRESSION,)
        if self.type in {ColumnType.CATEGORY, ColumnType.BOOLEAN}:
            return (Task.CLASSIFICATION,)
        return ()


def candidates(version: DatasetVersion) -> list[Candidate]:
    """Return the columns of a version, in order, with figures of its profile."""
    profile: dict[str, Any] = version.profile or {}
    figures = {column["id"]: column for column in profile.get("columns", ())}
    return [
        Candidate(
            id=column.id,
            name=column.name,
            type=column.type,
            missing=figures.get(column.id, {}).get("missing", 0),
            unique=figures.get(column.id, {}).get("unique", version.rows_count),
            rows=version.rows_count,
        )
        for column in version.schema
    ]


def computed_targets(columns: Sequence[Candidate]) -> list[Candidate]:
    """Return what families learn that is no column, where their columns are there."""
    names = [column.name for column in columns]
    rows = columns[0].rows if columns else 0
    return [
        Candidate(
            id=f"computed-{entry.name}",
            name=entry.family.computed_target,
            type=TYPES_OF_TASKS[entry.task],
            missing=0,
            unique=rows,
            rows=rows,
            is_computed=True,
        )
        for entry in all_offered()
        if entry.family is not None
        and entry.family.computed_target
        and not entry.family.contract.lacking(names)
    ]


def doubts(version: DatasetVersion, target: str, task: Task) -> dict[str, str]:
    """Return, by column name, why a column is no feature unless someone insists."""
    plan = Plan(
        algorithm=usual_algorithm(task).name,
        target=target,
        features=[name for name in version.schema.names if name != target],
        task=task,
    )
    found = check_plan(plan, facts_of(version))
    return {
        finding.column: DOUBTS[finding.code]
        for finding in (*found.problems, *found.warnings)
        if finding.column and finding.code in DOUBTS
    }


def default_algorithm(choices: Sequence[Algorithm]) -> Algorithm:
    """Return gradient boosting, which takes a table as it is, else the first."""
    return next((a for a in choices if a.name in FIRST_CHOICES), choices[0])


def usual_algorithm(task: Task) -> Algorithm:
    """Return what the columns of a task are checked with, whatever is offered."""
    return default_algorithm([entry for entry in algorithms() if entry.task == task])


def algorithms_for(
    task: Task, names: Sequence[str] = (), computed: str = ""
) -> list[Algorithm]:
    """Return what learns such a task.

    Families only where a table has their columns; those that compute their target
    only for that one, by its name in `computed`, and nothing else for it.
    """
    return [
        entry
        for entry in all_offered()
        if entry.task == task
        and (entry.family.computed_target if entry.family else "") == computed
        and (entry.family is None or not entry.family.contract.lacking(names))
    ]


def name_for(algorithm: Algorithm, target: str, features: Collection[str]) -> str:
    """Return a name that says what is learned from how much."""
    short = " ".join(target.split())[:80]
    count = len(features)
    columns = "column" if count == 1 else "columns"
    return f"{algorithm.title}: {short} from {count} {columns}"


def preset_values(entry: Algorithm, name: str) -> Mapping[str, Any]:
    """Return what a preset sets; without a name nothing. Raises `InvalidDraftError`."""
    presets = {known.name: known.values for known in Preset.objects.of(entry)}
    if name and name not in presets:
        known = ", ".join(presets) or "none"
        sentence = f"There is no preset “{name}” here. Presets: {known}."
        raise InvalidDraftError([DraftProblem("preset", "invalid", sentence)])
    return presets.get(name, {})


def families() -> list[Algorithm]:
    """Return the algorithms that know their columns themselves."""
    return [entry for entry in all_offered() if entry.family is not None]


def rows_for_family(project: Project, name: str) -> DatasetVersion:
    """Return the newest dataset that has the columns of a family.

    Raises `InvalidDraftError` where there is none, or for one that is no family.
    """
    entry = next((entry for entry in families() if entry.name == name), None)
    if entry is None or entry.family is None:
        raise InvalidDraftError([no_family(name)])
    ready = project.datasets.filter(active_version__status=ProcessingStatus.READY)
    heavy = [f"active_version__{name}" for name in HEAVY if name != "columns"]
    newest = ready.select_related("active_version__dataset").defer(*heavy)
    for dataset in newest.order_by("-pk").iterator(50):
        if not entry.family.contract.lacking(dataset.active_version.schema.names):
            return dataset.active_version
    wanted = ", ".join(
        column.name for column in entry.family.contract.columns if column.required
    )
    sentence = f"No dataset of this project has the columns it needs: {wanted}."
    raise InvalidDraftError([DraftProblem("dataset", "required", sentence)])


def no_family(name: str) -> DraftProblem:
    """Say that there is no such family, or none that the data have the columns of."""
    known = ", ".join(entry.name for entry in families())
    said = f"“{name}” is no family." if name else "The data have the columns of none."
    return DraftProblem("algorithm", "invalid", f"{said} Families: {known}.")


def family_draft(
    version: DatasetVersion,
    algorithm: str,
    *,
    name: str,
    preset: str,
    hyperparameters: Mapping[str, Any],
) -> Draft:
    """Return the draft of a family that knows its columns; with a name if none is said.

    Without an algorithm it is the first family whose columns the version has. Raises
    `InvalidDraftError` where there is none, or for one that is no family.
    """
    names = version.schema.names
    fitting = (
        entry
        for entry in families()
        if entry.family is not None
        and (
            entry.name == algorithm
            if algorithm
            else not entry.family.contract.lacking(names)
        )
    )
    entry = next(fitting, None)
    if entry is None or entry.family is None:
        raise InvalidDraftError([no_family(algorithm)])
    target, features = entry.family.target(names), entry.family.features(names)
    return Draft(
        version=version,
        algorithm=entry.name,
        target_column=target,
        feature_columns=tuple(features),
        name=name or name_for(entry, target, features),
        hyperparameters={**preset_values(entry, preset), **hyperparameters},
    )
