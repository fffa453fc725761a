"""The rows of a session: target apart from features, and what rows are divided by."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from datasets.engines import engine
from datasets.lineage import narrowed, origins
from datasets.recipes import FittedRecipe, fit_recipe
from datasets.tables import Schema, UnknownColumnError
from experiments.algorithms.catalogue import Task, algorithm
from experiments.evaluation.checks import check_plan
from experiments.evaluation.facts import facts_from_frame
from experiments.evaluation.splits import Sides
from experiments.families.assembling import encoder_of
from experiments.families.rows import assemble, extra_targets, respelled
from experiments.learning.preparation import (
    Frame,
    Preparation,
    divide,
    keeping_rows,
    prepare,
    steps_explained,
    without_target,
)
from experiments.learning.problems import Problem, TrainingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from datasets.recipes import StepSpec
    from datasets.tables import ColumnType, Table
    from experiments.algorithms.catalogue import Algorithm
    from experiments.algorithms.parameters import Parameters
    from experiments.families.assembling import Assembled, Assembler
    from experiments.families.contracts import Contract
    from experiments.learning.encoding import Matrix
    from experiments.learning.plans import Plan

    Codes = np.ndarray[Any, np.dtype[np.int64]]

#: Squares of larger targets would be infinite once they are added up.
LARGEST_TARGET = 1e100


@dataclass(frozen=True)
class Samples:
    """Rows with a target, ready to be divided.

    Parameters
    ----------
    inputs : Frame
        The rows as they came, which is what predictions are asked with.
    frame : Frame
        The same rows after the steps that learn nothing, without the target.
    before : FittedRecipe
        These steps.
    steps : list of StepSpec
        The steps from the first that learns on, to be fitted on training rows.
    y : array, shape (n_samples,)
        Class codes, or numbers.
    labels : list or None
        What the classes are called; None for numbers.
    target_type : ColumnType
    sides : Sides
        What rows are divided by.
    repeats : array of int
        Rows equal in features and target carry the same number.
    notices : list of str
        What was done that one would not expect.
    warnings : list of Problem
        What one should know before trusting the figures.
    extras : array of float, shape (n_samples, n_targets)
        Further targets of a family; NaN where there is none.
    assembler, assembled : Assembler, Assembled, or None
        How samples are made of several rows, and these samples.
    """

    inputs: Frame
    frame: Frame
    before: FittedRecipe
    steps: list[StepSpec]
    y: np.ndarray[Any, Any]
    labels: list[Any] | None
    target_type: ColumnType
    sides: Sides
    repeats: Codes
    notices: list[str]
    warnings: list[Problem]
    extras: np.ndarray[Any, Any] = field(default_factory=lambda: np.empty((0, 0)))
    assembler: Assembler | None = None
    assembled: Assembled | None = None

    def places(self, rows: Codes) -> Codes:
        """Return where rows stand, by their `_row`."""
        return places_of(rows, self.frame.rows)

    def taught(self, places: Codes) -> np.ndarray[Any, Any]:
        """Return what an estimator is taught: targets, and further ones beside."""
        if not self.extras.shape[1]:
            return self.y[places]
        return np.column_stack([self.y[places], self.extras[places]])

    def inputs_of(self, places: Codes) -> Frame:
        """Return the rows as they came that some samples are made of."""
        if self.assembled is not None:
            places = self.assembled.members(places)
        return self.inputs.take(places)

    def prepare(
        self, places: Codes, features: Sequence[str], entry: Algorithm
    ) -> tuple[Preparation, Matrix, Codes]:
        """Fit steps and encoder on some samples: see `preparation.prepare`."""
        if self.assembler is not None and self.assembled is not None:
            encoder = encoder_of(self.assembler.blocks)
            preparation = Preparation(FittedRecipe(), encoder, missing_allowed=True)
            return preparation, self.assembled.X[places], self.frame.rows[places]
        return prepare(
            self.frame.take(places),
            self.steps,
            features,
            onehot=entry.categories == "onehot",
            missing_allowed=entry.missing == "native",
            negative_allowed=entry.negative == "native",
        )

    def matrix(self, preparation: Preparation, places: Codes) -> Matrix:
        """Return samples as the estimator takes them."""
        if self.assembled is not None:
            return self.assembled.X[places]
        return preparation.matrix(self.frame.take(places))


def check_learnable(
    samples: Samples, X: Matrix, y: np.ndarray[Any, Any], parameters: Parameters
) -> None:
    """Raise where the rows to learn from are unfit, or all of one class."""
    if reason := parameters.reason_unfit(*X.shape):
        raise TrainingError(reason)
    if samples.labels is not None and y.min() == y.max():
        label = samples.labels[y[0]]
        raise TrainingError(
            f"The {len(y)} rows to learn from are all “{label}”: there is nothing "
            "to tell apart. Change the split or take more rows."
        )


def untaught(samples: Samples, learned: Codes, tested: Codes) -> Iterator[str]:
    """Yield what to know of classes that are tested and of which none is learned."""
    for code, label in enumerate(samples.labels or ()):
        count = int((samples.y[tested] == code).sum())
        if count and not (samples.y[learned] == code).any():
            yield (
                f"None of the {len(learned)} rows to learn from is “{label}”, but "
                f"{count} tested ones are: the model never answers it."
            )


def read_samples(plan: Plan, table: Table) -> Samples:
    """Compute the rows a plan learns from and tests on.

    Raises
    ------
    TrainingError
        Where the target, or a column the split needs, is not there or unfit.
    """
    family = algorithm(plan.algorithm).family
    contract = family.contract if family else None
    specs, inputs = _narrowed(plan, table, contract)
    before, after = divide(specs)
    given = _as_called_before(plan, after)
    steps, notices = without_target(after, plan.target)
    frame, fitted = inputs, FittedRecipe()
    if before:
        fitted, frame = _applied(before, inputs)
    warnings = _checked(given, frame, steps)
    assembler, assembled = assemble(plan, frame, steps)
    if assembled is not None:
        frame = assembled.frame
        notices.extend(assembled.notices)
    frame, dropped = _with_target(given, frame)
    notices.extend(dropped)
    y, labels = _encoded_target(given, frame)
    features = _without(frame, given.target)
    repeats = np.arange(len(frame))
    if assembled is None:
        inputs = _same_rows(inputs, frame)
        repeats = _repeats(frame, [*plan.features, given.target])
    else:
        assembled = assembled.take(places_of(frame.rows, assembled.frame.rows))
    sides = _sides(given, frame, y)
    return Samples(
        inputs=inputs,
        frame=features,
        before=fitted,
        steps=steps,
        y=y,
        labels=labels,
        target_type=frame.schema.column(given.target).type,
        sides=sides,
        repeats=repeats,
        notices=[*notices, *_kept_together(sides)],
        warnings=warnings,
        extras=extra_targets(frame, contract),
        assembler=assembler,
        assembled=assembled,
    )


def _checked(plan: Plan, frame: Frame, steps: Sequence[StepSpec]) -> list[Problem]:
    """Return what one should know about the rows; raise where they are unfit."""
    found = check_plan(plan, facts_from_frame(frame, is_complete=not steps))
    if found.problems:
        raise TrainingError.from_problems(found.problems)
    return found.warnings


def _kept_together(sides: Sides) -> list[str]:
    """Say how many rows are equal to others and stay on their side."""
    if sides.duplicates is None:
        return []
    counts = np.unique(sides.duplicates, return_counts=True)[1]
    repeated = int((counts - 1).sum())
    if not repeated:
        return []
    return [
        f"{repeated} rows are equal in all features to a row before them; equal rows "
        "are kept on one side of the split."
    ]


def places_of(rows: Codes, among: Codes) -> Codes:
    """Return where each of `rows` stands in `among`, which holds all of them."""
    order = np.argsort(among, kind="stable")
    places: Codes = order[np.searchsorted(among[order], rows)]
    return places


def _narrowed(
    plan: Plan, table: Table, contract: Contract | None
) -> tuple[list[StepSpec], Frame]:
    """Return the steps and columns that are used, all where that is not known.

    Labels of a family's contract are in their one spelling.
    """
    split = plan.split
    sides = filter(None, (split.group_column, split.time_column))
    known = contract.find(table.schema.names).values() if contract else ()
    with steps_explained():
        specs, wanted = narrowed(
            plan.recipe, {*plan.features, plan.target, *sides, *known}
        )
    if not wanted <= set(table.schema.names):
        return plan.recipe, respelled(Frame.collect(table), contract)
    if all(spec.columns for spec in specs):
        kept = Schema(tuple(c for c in table.schema if c.name in wanted))
        table = replace(table, schema=kept)
    return specs, respelled(Frame.collect(table), contract)


def _as_called_before(plan: Plan, specs: Sequence[StepSpec]) -> Plan:
    """Return the plan with the target as it is called before these steps."""
    with steps_explained():
        called = min(origins(specs, plan.target))
    return plan.model_copy(update={"target": called})


def _applied(specs: Sequence[StepSpec], frame: Frame) -> tuple[FittedRecipe, Frame]:
    """Return the steps, which learn nothing, and the rows afterwards."""
    with steps_explained():
        fitted, table = fit_recipe(specs, frame.table(), engine("polars"))
    return keeping_rows(fitted), Frame.collect(table)


def _without(frame: Frame, target: str) -> Frame:
    return frame.select(Schema(tuple(c for c in frame.schema if c.name != target)))


def _same_rows(inputs: Frame, frame: Frame) -> Frame:
    if inputs is frame:
        return inputs
    return inputs.take(places_of(frame.rows, inputs.rows))


def _with_target(plan: Plan, frame: Frame) -> tuple[Frame, list[str]]:
    """Return the rows that have a target (and a time), and what was left out."""
    notices = []
    wanted = [("target", plan.target)]
    if plan.split.method == "time" and plan.split.time_column:
        wanted.append(("time", plan.split.time_column))
    for what, name in wanted:
        missing = _column(frame, name).is_null().to_numpy()
        if missing.any():
            notices.append(
                f"{int(missing.sum())} rows have no value in the {what} column "
                f"“{name}” and were left out."
            )
            frame = frame.take(np.flatnonzero(~missing))
    if not len(frame):
        raise TrainingError(f"The target “{plan.target}” has no values.")
    return frame, notices


def _column(frame: Frame, name: str) -> pl.Series:
    try:
        return frame.column(name)
    except UnknownColumnError as error:
        raise TrainingError(f"{error} It may be made by a later step.") from error


def _encoded_target(
    plan: Plan, frame: Frame
) -> tuple[np.ndarray[Any, Any], list[Any] | None]:
    column, series = frame.schema.column(plan.target), frame.column(plan.target)
    if plan.task is Task.REGRESSION:
        numbers = _numbers(series, column.name)
        return numbers, None
    labels = sorted(series.unique().to_list())
    places = dict(zip(labels, range(len(labels)), strict=True))
    codes = series.replace_strict(places).to_numpy().astype(np.int64)
    return codes, labels


def _numbers(series: pl.Series, name: str) -> np.ndarray[Any, Any]:
    if not series.dtype.is_numeric():
        raise TrainingError(
            f"“{name}” holds no numbers; a regression needs a numeric target."
        )
    numbers = series.to_numpy().astype(np.float64)
    if np.abs(numbers).max() > LARGEST_TARGET:
        raise TrainingError(
            f"“{name}” holds numbers beyond ±1e100, whose squares cannot be added up; "
            "bring the target to another unit."
        )
    return numbers


def _sides(plan: Plan, frame: Frame, y: np.ndarray[Any, Any]) -> Sides:
    split = plan.split
    keeps_shares = split.stratified and plan.task is Task.CLASSIFICATION
    sides = Sides(len(frame), strata=y if keeps_shares else None)
    if split.keep_duplicates_together:
        sides = replace(sides, duplicates=_repeats(frame, plan.features))
    if split.method == "group" and split.group_column:
        return replace(sides, groups=_groups(_column(frame, split.group_column)))
    if split.method == "time" and split.time_column:
        times = _column(frame, split.time_column).to_physical().to_numpy()
        return replace(sides, times=times)
    return sides


def _groups(series: pl.Series) -> Codes:
    codes: Codes = series.rank("dense").fill_null(0).cast(int).to_numpy()
    return codes


def _repeats(frame: Frame, names: Sequence[str]) -> Codes:
    """Return a number for each row that equal rows share."""
    ids = [column.id for column in frame.schema if column.name in names]
    hashes = frame.data.select(ids).hash_rows().to_numpy()
    codes: Codes = np.unique(hashes, return_inverse=True)[1]
    return codes
