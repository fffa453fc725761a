"""What a search may try: values of hyperparameters, how many, and judged by what.

The ranges come from the declaration of an algorithm: what it recommends is tried unless
somebody says otherwise, and nothing beyond its bounds.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from datasets.declarations import ParameterError, branches, properties
from datasets.words import word
from experiments.algorithms.parameters import parameter
from experiments.metrics import HEADLINES, METRICS, Metric

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from experiments.algorithms.catalogue import Algorithm, Task
    from experiments.algorithms.parameters import Parameters

#: A grid takes so many points of a range.
GRID_POINTS = 5
#: Folds that are made for a search, where the experiment has none.
FOLDS = 3
MOST_TRIALS = 500
#: A grid that nobody described in full has no more combinations.
USUAL_GRID = 100
MOST_VALUES = 50
#: Ranges that span more than this are walked in steps of equal ratio.
WIDE = 50

Values = dict[str, Any]


class Range(BaseModel):
    """All numbers between two, both included; whole ones where these are declared."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    low: float
    high: float

    @model_validator(mode="after")
    def _runs_upwards(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"A range runs upwards, not from {self.low} on.")
        return self

    @property
    def is_wide(self) -> bool:
        """Whether its numbers differ by their ratio rather than their distance."""
        return self.low > 0 and self.high / self.low >= WIDE


Choices = list[Any]
Space = dict[str, Range | Choices]


class SearchSettings(BaseModel):
    """How hyperparameters are searched for, in the folds of the experiment."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    method: Literal["random", "grid", "halving"] = parameter(
        "random",
        "Search",
        "Draws at random; tries all combinations (grid); or tries many on few rows and "
        "the best of them on ever more (halving).",
        words={
            "random": word("draws at random"),
            "grid": word("all combinations (grid)"),
            "halving": word("many on few rows, the best on more (halving)"),
        },
    )
    space: Space = Field(
        default_factory=dict,
        title="Values to try",
        description="By hyperparameter: a list of values, or a range from low to high. "
        "Empty means those recommended, a grid's only of the first hyperparameters.",
    )
    metric: str | None = Field(
        None,
        title="Judged by",
        description="The metric whose mean over the folds decides; empty means "
        "balanced accuracy, or R².",
    )
    n_trials: int = parameter(
        20,
        "Trials",
        "How many combinations are drawn. A grid tries all of its own.",
        unit="trials",
        recommended=(10, 20, 50),
        ge=2,
        le=200,
    )
    nested: bool = parameter(
        False,
        "Nested",
        "Searches anew inside every fold, so that the figures of the folds have seen "
        "nothing of the rows they are about. Takes as many times longer as there are "
        "folds.",
    )
    time_budget: int | None = parameter(
        None,
        "Time budget",
        "No trial begins after so long; the best by then is taken. Empty means no "
        "limit.",
        unit="seconds",
        ge=1,
        le=86_400,
    )

    def judged_by(self, task: Task) -> str:
        """Return the name of the metric that decides."""
        usual = "balanced_accuracy" if "accuracy" in HEADLINES[task] else "r2"
        return self.metric or usual

    def space_for(self, model: type[Parameters]) -> Space:
        """Return what is tried of each hyperparameter, in the declaration's order.

        Databases may keep another order, and random trials follow it.
        """
        if not self.space:
            return recommended_space(model, self.method)
        declared = [name for name in properties(model) if name in self.space]
        return {
            name: self.space[name] for name in dict.fromkeys([*declared, *self.space])
        }


def recommended_space(model: type[Parameters], method: str) -> Space:
    """Return the values that an algorithm's declaration recommends to try.

    A grid tries every combination: it takes the first hyperparameters, as far as that
    stays quick.
    """
    found: Space = {}
    for name, schema in properties(model).items():
        values = schema.get("recommended", [])
        for branch in branches(schema):
            values = values or branch.get("enum", [])
        if len(values) < 2:
            continue
        if method == "grid" and grid_size(found) * len(values) > USUAL_GRID:
            break
        found[name] = list(values)
    return found


def judges(entry: Algorithm) -> dict[str, Metric]:
    """Return the metrics that an algorithm's trials can be judged by."""
    return {
        name: metric
        for name, metric in METRICS.items()
        if metric.task == entry.task and metric.only in ("", entry.name)
    }


def search_problems(
    settings: SearchSettings, entry: Algorithm
) -> Iterator[tuple[str, str]]:
    """Yield what cannot be searched: the field it stands in, and a sentence."""
    if settings.judged_by(entry.task) not in (known := judges(entry)):
        yield "metric", f"metric must be one of {', '.join(known)}."
    model = entry.parameters_model()
    space = settings.space_for(model)
    if not space:
        yield "space", f"{entry.title} recommends no values to try: name some."
    for name, tried in space.items():
        for value in ends(tried):
            try:
                model.parse({name: value})
            except ParameterError as error:
                yield f"space.{name}", str(error)
                break
        else:
            if isinstance(tried, Range) and not is_numeric(model, name):
                yield f"space.{name}", f"{name} is no number: list its values."
            elif not isinstance(tried, Range) and not 1 <= len(tried) <= MOST_VALUES:
                yield f"space.{name}", f"{name} needs 1 to {MOST_VALUES} values to try."
    if settings.method == "grid" and grid_size(space) > MOST_TRIALS:
        yield (
            "space",
            f"The grid has {grid_size(space):,} combinations, more than "
            f"{MOST_TRIALS}: try fewer values, or search at random.",
        )


def normalised(settings: SearchSettings, entry: Algorithm) -> SearchSettings:
    """Return the settings with values as the hyperparameters take them: "5" is 5."""
    model = entry.parameters_model()
    space = {
        name: tried
        if isinstance(tried, Range)
        else [model.parse({name: v}).model_dump(mode="json")[name] for v in tried]
        for name, tried in settings.space.items()
    }
    return settings.model_copy(update={"space": space})


def fits_expected(
    settings: SearchSettings, entry: Algorithm, folds: int | None, *, validates: bool
) -> int:
    """Return how often an estimator is fitted by a search, for an estimate of time."""
    trials = trials_expected(settings, settings.space_for(entry.parameters_model()))
    tried = trials * (folds or (1 if validates else FOLDS))
    return tried + (trials * FOLDS * (folds or 0) if settings.nested else 0)


def ends(tried: Range | Choices) -> list[Any]:
    """Return the values that have to be allowed for all to be."""
    return [tried.low, tried.high] if isinstance(tried, Range) else tried


def is_numeric(model: type[Parameters], name: str) -> bool:
    """Tell whether a hyperparameter is declared as a number."""
    kinds = {branch.get("type") for branch in branches(properties(model)[name])}
    return bool(kinds & {"integer", "number"})


def grid_size(space: Mapping[str, Range | Choices]) -> int:
    """Return how many combinations a grid has at most."""
    return prod(
        GRID_POINTS if isinstance(tried, Range) else len(tried)
        for tried in space.values()
    )


def trials_expected(settings: SearchSettings, space: Space) -> int:
    """Return how many combinations are tried at most."""
    size = grid_size(space)
    if settings.method == "grid":
        return size
    is_listed = not any(isinstance(tried, Range) for tried in space.values())
    return min(settings.n_trials, size) if is_listed else settings.n_trials
