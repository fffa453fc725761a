"""Rows, and what becomes of them before an estimator sees them, without leaks.

The target never meets a step that learns: it is taken out of the table first. Steps
from the first learning one on are fitted on training rows and replayed on others; a
step that drops rows drops training rows only.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np

from datasets.engines import engine
from datasets.lineage import origins
from datasets.recipes import (
    FittedRecipe,
    build,
    fit_recipe,
    learning_starts,
    replay,
)
from datasets.steps.base import StepError
from datasets.tables import ROW, Schema, Table
from experiments.learning.encoding import (
    Encoder,
    check_matrix,
    check_negative,
    fit_encoder,
)
from experiments.learning.problems import Problem, TrainingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    from datasets.recipes import StepSpec
    from experiments.learning.encoding import Matrix

    Rows = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True)
class Frame:
    """Rows held in memory, with `_row` and the columns of `schema`."""

    data: pl.DataFrame
    schema: Schema

    @classmethod
    def collect(cls, table: Table) -> Frame:
        """Compute a lazy table; only `_row` and its columns are kept."""
        wanted = [ROW, *(column.id for column in table.schema)]
        frame = table.frame.select(wanted).collect("polars")
        return cls(nw.to_native(frame), table.schema)

    @classmethod
    def of(cls, values: Mapping[str, Sequence[Any]], schema: Schema) -> Frame:
        """Return Python values by column name as rows numbered from 0."""
        import polars as pl  # noqa: PLC0415 -- heavy import

        data = pl.DataFrame({c.id: list(values[c.name]) for c in schema}, strict=False)
        return cls(data.with_row_index(ROW).cast({ROW: pl.Int64}), schema)

    def take(self, places: np.ndarray[Any, Any]) -> Frame:
        """Return the rows at these places, in this order."""
        return Frame(self.data[places], self.schema)

    def select(self, schema: Schema) -> Frame:
        """Return the frame with the columns of `schema` alone."""
        wanted = [ROW, *(column.id for column in schema)]
        return Frame(self.data.select(wanted), schema)

    def column(self, name: str) -> pl.Series:
        """Return the values of the column called `name`."""
        return self.data.get_column(self.schema.column(name).id)

    def table(self) -> Table:
        """Return the frame as the lazy table that steps work on."""
        return Table(nw.from_native(self.data.lazy()), self.schema)

    @property
    def rows(self) -> Rows:
        """The `_row` of each row."""
        numbers: Rows = self.data.get_column(ROW).to_numpy()
        return numbers

    def __len__(self) -> int:
        return self.data.height


@dataclass(frozen=True)
class Preparation:
    """Steps and encoder fitted on training rows, ready for any rows."""

    recipe: FittedRecipe
    encoder: Encoder
    missing_allowed: bool

    def matrix(self, frame: Frame) -> Matrix:
        """Return the rows of `frame` as the estimator takes them, none dropped."""
        if self.recipe.steps:
            with steps_explained():
                after = replay(self.recipe, frame.table(), engine("polars"))
            frame = Frame.collect(after)
        X = self.encoder.matrix(frame.data, frame.schema)
        check_matrix(X, self.encoder, missing_allowed=self.missing_allowed)
        return X


def prepare(
    frame: Frame,
    specs: Sequence[StepSpec],
    features: Sequence[str],
    *,
    onehot: bool,
    missing_allowed: bool,
    negative_allowed: bool = True,
) -> tuple[Preparation, Matrix, Rows]:
    """Fit steps and encoder on the training rows in `frame`.

    Returns
    -------
    Preparation
        What was learned.
    X : array of float, shape (n_samples, n_columns)
        The training rows, encoded.
    rows : array of int, shape (n_samples,)
        The `_row` of each: steps may have dropped some.
    """
    fitted = FittedRecipe()
    if specs:
        with steps_explained():
            fitted, table = fit_recipe(
                specs, frame.table(), engine("polars"), for_model=True
            )
        frame = Frame.collect(table)
    check_features(features, frame.schema)
    if not len(frame):
        raise TrainingError("The steps leave no training rows.")
    encoder = fit_encoder(frame.data, frame.schema, features, onehot=onehot)
    X = encoder.matrix(frame.data, frame.schema)
    check_matrix(X, encoder, missing_allowed=missing_allowed)
    if not negative_allowed:
        check_negative(X, encoder)
    kept = Preparation(keeping_rows(fitted), encoder, missing_allowed)
    return kept, X, frame.rows


@contextmanager
def steps_explained() -> Iterator[None]:
    """Turn a step's refusal into one of training, sentence and column kept."""
    try:
        yield
    except StepError as error:
        problem = Problem(error.column, error.code, error.sentence)
        raise TrainingError(error.sentence, [problem]) from error


def keeping_rows(fitted: FittedRecipe) -> FittedRecipe:
    """Return the recipe without the steps that drop rows."""
    return FittedRecipe(
        steps=tuple(step for step in fitted.steps if not build(step).affects_rows)
    )


def divide(
    specs: Sequence[StepSpec],
) -> tuple[list[StepSpec], list[StepSpec]]:
    """Return the steps before the first that learns, and those from it on."""
    with steps_explained():
        start = learning_starts(specs)
    cut = len(specs) if start is None else start
    return list(specs[:cut]), list(specs[cut:])


def without_target(
    specs: Sequence[StepSpec], target: str
) -> tuple[list[StepSpec], list[str]]:
    """Return the steps without the target, and a notice for each that named it.

    `target` is its name after all of the steps.
    """
    kept, notices = [], []
    for place, spec in enumerate(specs):
        called = origins(specs[place:], target)
        if called.isdisjoint(spec.columns):
            kept.append(spec)
            continue
        notices.append(
            f"The step “{spec.step}” was not applied to the target “{target}”: "
            "targets are never changed inside the folds."
        )
        columns = tuple(name for name in spec.columns if name not in called)
        if columns:
            kept.append(spec.model_copy(update={"columns": columns}))
    return kept, notices


def check_features(features: Sequence[str], schema: Schema) -> None:
    """Raise `TrainingError` where a feature is not there after the steps."""
    absent = [name for name in features if name not in schema.names]
    if absent:
        named = ", ".join(f"“{name}”" for name in absent)
        raise TrainingError(
            f"The features {named} are not among the columns after the steps."
        )
