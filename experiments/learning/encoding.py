"""From columns to the matrix of numbers that estimators learn from, and back to names.

Numbers, booleans (0 and 1) and dates (days, or seconds, since 1970) are one column
each. A category is one column of codes where the algorithm takes categories as they
are, else one column of zeros and ones per category. The encoder is fitted on training
rows only; it knows no other value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from datasets.tables import NUMERIC, ColumnType
from experiments.algorithms.catalogue import CATEGORY_LIMITS
from experiments.learning.problems import (
    LARGEST,
    Problem,
    TrainingError,
    missing_problem,
    negative_problem,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from datasets.tables import Column, Schema
    from experiments.learning.reading import Values

    Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
    Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

_EPOCH = datetime(1970, 1, 1)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class FeatureCode:
    """How one feature becomes numbers; `categories` are those seen in training.

    `width` is more than 1 where a family makes many columns that are one thing, and
    `is_complete` says that no value was missing in training.
    """

    name: str
    type: ColumnType
    categories: tuple[str, ...] = ()
    dropped_categories: int = 0
    is_empty: bool = False
    width: int = 1
    is_complete: bool = False

    @property
    def is_category(self) -> bool:
        return self.type is ColumnType.CATEGORY


@dataclass(frozen=True)
class Encoder:
    """The features in order, and whether categories become columns of their own."""

    features: tuple[FeatureCode, ...]
    onehot: bool

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is made on use."""
        return {"features": self.features, "onehot": self.onehot}

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """How many columns of the matrix each feature has."""
        return tuple(
            max(1, len(feature.categories)) if self._spreads(feature) else feature.width
            for feature in self.features
        )

    @cached_property
    def groups(self) -> tuple[slice, ...]:
        """Which columns of the matrix belong to each feature."""
        ends = np.cumsum(self.widths).tolist()
        return tuple(
            slice(end - width, end)
            for end, width in zip(ends, self.widths, strict=True)
        )

    def name_of(self, column: int) -> str:
        """Return the feature that a column of the matrix belongs to."""
        pairs = zip(self.features, self.groups, strict=True)
        return next(f.name for f, place in pairs if place.start <= column < place.stop)

    @property
    def categorical(self) -> tuple[int, ...]:
        """Which columns of the matrix hold codes of categories."""
        if self.onehot:
            return ()
        return tuple(i for i, f in enumerate(self.features) if f.is_category)

    def matrix(self, frame: pl.DataFrame, schema: Schema) -> Matrix:
        """Encode the rows of a frame with the columns of `schema`."""
        X = self._empty(frame.height)
        for feature, place in zip(self.features, self.groups, strict=True):
            series = frame.get_column(schema.column(feature.name).id)
            self._put(X, feature, place, _codes(series, feature))
        return X

    def row_matrix(self, values: Mapping[str, Values], length: int) -> Matrix:
        """Encode Python values by column name; None is missing."""
        X = self._empty(length)
        for feature, place in zip(self.features, self.groups, strict=True):
            if feature.type in _AS_THEY_ARE and not feature.is_empty:
                X[:, place.start] = values[feature.name]  # None becomes NaN
            else:
                self._put(X, feature, place, self._value_codes(values, feature))
        return X

    def _value_codes(
        self, values: Mapping[str, Values], feature: FeatureCode
    ) -> Vector:
        column = values[feature.name]
        if feature.is_category:
            codes = self._codes_of[feature.name]
            return np.array([codes.get(value, np.nan) for value in column], float)
        number = _NUMBERS.get(feature.type, float)
        return np.array([np.nan if v is None else number(v) for v in column], float)

    @cached_property
    def _codes_of(self) -> dict[str, dict[str | None, float]]:
        """The codes of each category by its feature; -inf is a missing one."""
        return {
            feature.name: {
                None: -np.inf,
                **{name: float(code) for code, name in enumerate(feature.categories)},
            }
            for feature in self.features
            if feature.is_category
        }

    def _spreads(self, feature: FeatureCode) -> bool:
        return self.onehot and feature.is_category

    def _empty(self, length: int) -> Matrix:
        return np.empty((length, sum(self.widths)), dtype=np.float64)

    def _put(
        self, X: Matrix, feature: FeatureCode, place: slice, codes: Vector
    ) -> None:
        """Write the codes of a feature into its columns of the matrix."""
        if feature.is_empty:
            X[:, place] = 0.0
        elif self._spreads(feature):
            known = np.arange(len(feature.categories))
            X[:, place] = codes[:, None] == known
            # It may be any of them, which is something else than none of them.
            X[np.isneginf(codes), place] = np.nan
        else:
            X[:, place.start] = np.where(np.isneginf(codes), np.nan, codes)


def fit_encoder(
    frame: pl.DataFrame, schema: Schema, features: Sequence[str], *, onehot: bool
) -> Encoder:
    """Learn the categories of each feature from the rows of `frame`."""
    return Encoder(
        tuple(_fit_feature(frame, schema.column(name), onehot) for name in features),
        onehot,
    )


def check_matrix(X: Matrix, encoder: Encoder, *, missing_allowed: bool) -> None:
    """Raise `TrainingError` where a value cannot be learned from, naming the column."""
    problems = []
    for feature, place in zip(encoder.features, encoder.groups, strict=True):
        values = X[:, place]
        empty = len(values) if feature.is_empty else 0
        missing = empty or int(np.isnan(values).any(axis=1).sum())
        if missing and not missing_allowed:
            problems.append(missing_problem(feature.name, missing))
        if values.size and np.nanmax(np.abs(values), initial=0.0) > LARGEST:
            problems.append(large_problem(feature.name))
    if problems:
        raise TrainingError.from_problems(problems)


def check_negative(X: Matrix, encoder: Encoder) -> None:
    """Raise `TrainingError` where a feature is negative, naming each."""
    least = X.min(axis=0)
    problems = [
        negative_problem(feature.name, float(least[place].min()))
        for feature, place in zip(encoder.features, encoder.groups, strict=True)
        if (least[place] < 0).any()
    ]
    if problems:
        raise TrainingError.from_problems(problems)


def large_problem(column: str) -> Problem:
    """Return what is said of numbers that estimators would turn into infinity."""
    return Problem(
        column,
        "too_large",
        f"“{column}” holds numbers beyond ±3.4e38, which cannot be learned from; "
        "leave the column out or bring it to another unit.",
    )


def _fit_feature(frame: pl.DataFrame, column: Column, onehot: bool) -> FeatureCode:
    series = frame.get_column(column.id)
    is_empty = series.null_count() == len(series)
    is_complete = not series.null_count()
    if column.type is not ColumnType.CATEGORY:
        return FeatureCode(
            column.name, column.type, is_empty=is_empty, is_complete=is_complete
        )
    counts = _category_counts(series)
    limit = CATEGORY_LIMITS["onehot" if onehot else "native"]
    frequent = sorted(counts, key=lambda value: (-counts[value], value))[:limit]
    return FeatureCode(
        column.name,
        column.type,
        categories=tuple(sorted(frequent)),
        dropped_categories=max(0, len(counts) - limit),
        is_empty=is_empty,
        is_complete=is_complete,
    )


def _category_counts(series: pl.Series) -> dict[str, int]:
    import polars as pl  # noqa: PLC0415 -- heavy import

    table = series.cast(pl.String).drop_nulls().value_counts()
    values, counts = table.iter_columns()
    return dict(zip(values.to_list(), counts.to_list(), strict=True))


def _codes(series: pl.Series, feature: FeatureCode) -> Vector:
    """Return one number per row: NaN unseen, -inf a missing category."""
    import polars as pl  # noqa: PLC0415 -- heavy import

    if feature.is_category:
        text = series.cast(pl.String)
        known = text.cast(pl.Enum(feature.categories), strict=False).to_physical()
        codes = known.cast(pl.Float64).to_numpy(writable=True)
        codes[text.is_null().to_numpy()] = -np.inf
        return codes
    if feature.type is ColumnType.DATE:
        series = series.cast(pl.Int32)
    if feature.type is ColumnType.DATETIME:
        # Polars multiplies by a rounded inverse; single rows are divided exactly.
        micros: Vector = series.dt.epoch("us").cast(pl.Float64).to_numpy()
        return micros / 1e6
    numbers: Vector = series.cast(pl.Float64).to_numpy()
    return numbers


def _days(value: date) -> float:
    return float(value.toordinal() - _EPOCH_DAY)


def _seconds(value: datetime) -> float:
    return float((value - _EPOCH) // _MICROSECOND) / 1e6


#: Types whose values are the numbers that are learned from.
_AS_THEY_ARE = NUMERIC | {ColumnType.BOOLEAN}
_NUMBERS = {ColumnType.DATE: _days, ColumnType.DATETIME: _seconds}
