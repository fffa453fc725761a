"""From what somebody asks for to a plan: every field checked, each problem named."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from datasets.declarations import ParameterError, validate
from experiments.algorithms.catalogue import UnknownAlgorithmError
from experiments.choices import Preprocessing
from experiments.evaluation.checks import check_plan
from experiments.evaluation.facts import facts_from_profile
from experiments.exceptions import (
    DraftProblem,
    InvalidDraftError,
    SwitchedOffError,
    VersionNotReadyError,
)
from experiments.learning.plans import Plan, SplitSettings
from experiments.offers import offered
from experiments.searching.settings import SearchSettings, normalised, search_problems
from experiments.shared_splits import shared_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasets.models import DatasetVersion
    from experiments.algorithms.catalogue import Algorithm
    from experiments.evaluation.facts import TableFacts
    from experiments.learning.problems import Problem, Problems
    from experiments.models import Result

#: The field of a draft a finding belongs to, where its column does not say it.
FIELDS_OF_CODES = {
    "wrong_task": "algorithm",
    "too_few_rows": "dataset",
    "too_many_folds": "split.cv_folds",
    "too_few_groups": "split.group_column",
    "wrong_time_type": "split.time_column",
    "split_not_by_time": "split.method",
    "gap_too_small": "split.gap",
}


@dataclass(frozen=True)
class Draft:
    """An experiment as somebody describes it, columns by name; nothing is checked."""

    version: DatasetVersion
    algorithm: str
    target_column: str
    feature_columns: tuple[str, ...]
    name: str = ""
    description: str = ""
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    split: Mapping[str, Any] = field(default_factory=dict)
    search: Mapping[str, Any] | None = None
    preprocessing: str = Preprocessing.LEAK_FREE
    started_from: Result | None = None


def plan_of(draft: Draft) -> Plan:
    """Return what `draft` means, without its steps, or raise `InvalidDraftError`."""
    problems: list[DraftProblem] = []
    entry = _algorithm(draft, problems)
    if entry is not None:
        problems += _too_many_rows(draft.version, entry)
    hyperparameters: dict[str, Any] = {}
    if entry is not None:
        hyperparameters = _checked(
            entry.parameters_model(), draft.hyperparameters, "hyperparameters", problems
        )
    usual = _usual_split(draft, entry, hyperparameters)
    said = shared_settings(draft.version, {**usual, **draft.split})
    split = _checked(SplitSettings, said, "split", problems)
    search = _search(draft, entry, problems)
    if entry is None or problems:
        raise InvalidDraftError(problems)
    target, features = draft.target_column, list(draft.feature_columns)
    if entry.family is not None:  # it knows its columns; nobody has to choose them
        names = draft.version.schema.names
        target, features = entry.family.target(names), entry.family.features(names)
    return Plan(
        algorithm=entry.name,
        hyperparameters=hyperparameters,
        target=target,
        features=features,
        task=entry.task,
        split=SplitSettings(**split),
        search=search,
        preprocessing=draft.preprocessing,
        random_seed=split["random_seed"],
        started_from=draft.started_from and draft.started_from.artifact_sha256,
    )


def findings(plan: Plan, version: DatasetVersion) -> Problems:
    """Return what the version's profile says about the plan, without its rows."""
    return check_plan(plan, facts_of(version))


def facts_of(version: DatasetVersion) -> TableFacts:
    """Return what a version's profile knows; raise if it is not ready."""
    if version.status != version.DONE or not version.profile:
        raise VersionNotReadyError(
            f"Version {version.number} of “{version.dataset}” is {version.status}; "
            "choose one that is ready."
        )
    return facts_from_profile(version.profile)


def check_draft(draft: Draft) -> tuple[Plan, Problems]:
    """Return the plan with its findings; raise `InvalidDraftError` if it cannot be."""
    plan = plan_of(draft)
    found = findings(plan, draft.version)
    if not found.valid:
        raise InvalidDraftError(_located(problem, plan) for problem in found.problems)
    return plan, found


def _algorithm(draft: Draft, problems: list[DraftProblem]) -> Algorithm | None:
    try:
        return offered(draft.algorithm)
    except UnknownAlgorithmError as error:
        problems.append(DraftProblem("algorithm", "unknown_algorithm", str(error)))
    except SwitchedOffError as error:
        problems.append(DraftProblem("algorithm", error.code, str(error)))
    return None


def _too_many_rows(version: DatasetVersion, entry: Algorithm) -> list[DraftProblem]:
    if entry.most_rows is None or version.rows_count <= entry.most_rows:
        return []
    sentence = (
        f"“{entry.title}” takes at most {entry.most_rows:,} rows on this site; these "
        f"are {version.rows_count:,}. Keep fewer rows, or choose another algorithm."
    )
    return [DraftProblem("dataset", "too_many_rows", sentence)]


def _usual_split(
    draft: Draft, entry: Algorithm | None, hyperparameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what of the split a family wants other than usual."""
    if entry is None or entry.family is None or not hyperparameters:
        return {}
    parameters = entry.parameters_model().parse(hyperparameters)
    return entry.family.usual_split(parameters, draft.version.schema.names)


def _search(
    draft: Draft, entry: Algorithm | None, problems: list[DraftProblem]
) -> SearchSettings | None:
    """Return how hyperparameters are searched for, None where they are not."""
    if draft.search is None or entry is None:
        return None
    values = _checked(SearchSettings, draft.search, "search", problems)
    settings = SearchSettings(**values)
    found = list(search_problems(settings, entry))
    problems += [DraftProblem(f"search.{p}", "invalid", detail) for p, detail in found]
    return None if found else normalised(settings, entry)


def _checked(
    model: Any, values: Mapping[str, Any], attr: str, problems: list[DraftProblem]
) -> dict[str, Any]:
    """Return the values completed with their defaults, or note what is wrong."""
    try:
        checked: dict[str, Any] = validate(model, values).model_dump(mode="json")
    except ParameterError as error:
        for found in error.problems:
            name = f"{attr}.{found['attr']}" if found["attr"] else attr
            problems.append(DraftProblem(name, found["code"], found["detail"]))
        return {}
    return checked


def _located(problem: Problem, plan: Plan) -> DraftProblem:
    """Say which field of the draft a finding belongs to."""
    attr = FIELDS_OF_CODES.get(problem.code)
    if attr is None:
        about_target = problem.column == plan.target
        attr = "target_column" if about_target else "feature_columns"
    return DraftProblem(attr, problem.code, problem.detail, problem.column)
