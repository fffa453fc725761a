"""What a model takes: the columns of a row, their types, and what values were seen."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from datasets.tables import NUMERIC, ColumnType
from datasets.values import ValueTypeError, parse_value, to_json
from experiments.families.contracts import plainly
from experiments.learning.problems import LARGEST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from experiments.families.contracts import Contract, ContractColumn
    from experiments.learning.preparation import Frame

#: With more categories than this a form could not show them, nor a reader read them.
MOST_CATEGORIES = 1000

_ORDERED = NUMERIC | {ColumnType.DATE, ColumnType.DATETIME}


@dataclass(frozen=True)
class Reason:
    """Why a value is refused, or worth a look."""

    column: str | None
    code: str
    detail: str

    def to_json(self) -> dict[str, str | None]:
        return {"column": self.column, "code": self.code, "detail": self.detail}


class RefusedValueError(ValueError):
    """A value a column does not take."""

    def __init__(self, column: str, code: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = Reason(column, code, detail)


@dataclass(frozen=True)
class InputColumn:
    """One column of the rows a model takes.

    `minimum`, `maximum` and `categories` are what the training rows held, as JSON
    knows it; `unit` is for whoever knows it. `missing_allowed` says whether the model
    or a step deals with a missing value. `spellings` are the ways to write a label of
    a family's contract, as `families.contracts.plainly` has them. `usual` is where it
    says that values lie; another unit is suspected beyond. `bounds` are the least and
    the most that it allows, and whether the least itself is too little.
    """

    name: str
    type: ColumnType
    unit: str | None
    minimum: Any
    maximum: Any
    categories: tuple[str, ...] | None
    example: Any
    missing_allowed: bool
    spellings: Mapping[str, str] | None = None
    usual: tuple[float, float] | None = None
    bounds: tuple[float | None, float | None, bool] | None = None

    def read(self, value: Any) -> Any:
        """Return the value as the column's type, None where it is missing.

        Raises
        ------
        RefusedValueError
            Where the column does not take it.
        """
        if value is None or value == "":
            return self._missing()
        if isinstance(value, float) and not math.isfinite(value):
            raise RefusedValueError(
                self.name, "not_finite", f"“{self.name}” must be a number, not {value}."
            )
        if self.spellings:
            value = self.spellings.get(plainly(value), value)
        try:
            parsed = parse_value(value, self.type)
        except ValueTypeError as error:
            raise RefusedValueError(
                self.name, "wrong_type", f"“{self.name}”: {error}"
            ) from error
        if self.type in NUMERIC and abs(parsed) > LARGEST:  # type: ignore[arg-type]
            raise RefusedValueError(
                self.name, "too_large", f"“{self.name}” is beyond ±3.4e38."
            )
        self._check_bounds(parsed)
        return parsed

    def _check_bounds(self, value: Any) -> None:
        if self.bounds is None:
            return
        least, most, is_excluded = self.bounds
        is_little = least is not None and (
            value <= least if is_excluded else value < least
        )
        if is_little or (most is not None and value > most):
            detail = f"“{self.name}” is {value}; this model takes {self.allowed}."
            raise RefusedValueError(self.name, "out_of_bounds", detail)

    @property
    def allowed(self) -> str:
        """The bounds in signs, which every language has."""
        assert self.bounds is not None
        least, most, is_excluded = self.bounds
        ends = [] if least is None else [f"{'>' if is_excluded else '≥'} {least:g}"]
        ends += [] if most is None else [f"≤ {most:g}"]
        return " ".join([", ".join(ends), *([self.unit] if self.unit else [])])

    def _missing(self) -> None:
        if not self.missing_allowed:
            raise RefusedValueError(
                self.name,
                "missing_value",
                f"“{self.name}” has no value, and this model needs one.",
            )

    def remark(self, value: Any) -> Reason | None:
        """Return what is unusual about a value that was read."""
        if value is None:
            return None
        if self.type is ColumnType.CATEGORY:
            return self._unseen(value)
        if self.type not in _ORDERED or self.minimum is None:
            return None
        seen = to_json(value)
        if self.minimum <= seen <= self.maximum:
            return None
        if isinstance(seen, float | int) and (suspected := self._suspected(seen)):
            return suspected
        return Reason(
            self.name,
            "out_of_range",
            f"“{self.name}” is {seen}; the model learned from {self.minimum} to "
            f"{self.maximum}.",
        )

    def _suspected(self, value: float) -> Reason | None:
        if self.usual is None or self.usual[0] <= value <= self.usual[1]:
            return None
        unit = f" {self.unit}" if self.unit else ""
        return Reason(
            self.name,
            "unit_suspected",
            f"“{self.name}” is {value}{unit}, usually {self.usual[0]:g} to "
            f"{self.usual[1]:g}: was it measured in another unit?",
        )

    def _unseen(self, value: str) -> Reason | None:
        if self.categories is None or value in self.categories:
            return None
        return Reason(
            self.name,
            "unseen_category",
            f"“{self.name}” is “{value[:60]}”, which the model has not seen.",
        )


@dataclass(frozen=True)
class Signature:
    """The columns a model takes, in any order, and what it answers."""

    columns: tuple[InputColumn, ...]
    target: str
    target_type: ColumnType
    labels: tuple[Any, ...] | None

    def to_json(self) -> dict[str, Any]:
        columns = [
            {**asdict(column), "type": column.type.value} for column in self.columns
        ]
        for column in columns:
            if column["categories"] is not None:
                column["categories"] = list(column["categories"])
            for name in ("spellings", "usual", "bounds"):
                if column[name] is None:
                    del column[name]
        labels = None if self.labels is None else list(self.labels)
        target = {"name": self.target, "type": self.target_type.value, "labels": labels}
        return {"columns": columns, "target": target}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Signature:
        """Rebuild a signature from what a result or an artefact holds."""
        target = stored["target"]
        labels = target["labels"]
        return cls(
            tuple(_column_from_json(column) for column in stored["columns"]),
            target["name"],
            ColumnType(target["type"]),
            None if labels is None else tuple(labels),
        )


def _column_from_json(stored: Mapping[str, Any]) -> InputColumn:
    categories, usual = stored["categories"], stored.get("usual")
    bounds = stored.get("bounds")
    return InputColumn(
        **{
            **stored,
            "type": ColumnType(stored["type"]),
            "categories": None if categories is None else tuple(categories),
            "usual": None if usual is None else tuple(usual),
            "bounds": None if bounds is None else tuple(bounds),
        }
    )


def input_columns(
    frame: Frame, missing_allowed: Sequence[str], contract: Contract | None = None
) -> tuple[InputColumn, ...]:
    """Return what the training rows in `frame` hold, column by column."""
    return tuple(
        _input_column(
            frame,
            name,
            name in missing_allowed,
            contract.of(name) if contract else None,
        )
        for name in frame.schema.names
    )


def _input_column(
    frame: Frame, name: str, missing_allowed: bool, known: ContractColumn | None
) -> InputColumn:
    column = frame.schema.column(name)
    values = frame.column(name).drop_nulls()
    # Time goes on and names are new: that is what a family is asked about.
    is_new = known is not None and (known.kind == "date" or known.is_expected_new)
    ordered = column.type in _ORDERED and len(values) and not is_new
    categories = None
    if column.type is ColumnType.CATEGORY and not is_new:
        distinct = values.unique()
        if len(distinct) <= MOST_CATEGORIES:
            categories = tuple(sorted(str(value) for value in distinct.to_list()))
    return InputColumn(
        name,
        column.type,
        known.unit if known else None,
        _seen(values.min()) if ordered else None,
        _seen(values.max()) if ordered else None,
        categories,
        to_json(values[len(values) // 2]) if len(values) else None,
        missing_allowed or bool(known and known.missing_allowed),
        known.spellings if known and known.labels else None,
        known.usual if known else None,
        _bounds_of(known, values) if known and column.type in NUMERIC else None,
    )


def _bounds_of(
    known: ContractColumn, values: pl.Series
) -> tuple[float | None, float | None, bool] | None:
    """Return what the contract allows; None where rows in training lay beyond it.

    Steps before the model made such rows fit, and will again.
    """
    if (known.low is None and known.high is None) or not len(values):
        return None
    numbers = values.to_numpy()
    if not known.allows(float(numbers.min()), float(numbers.max())):
        return None
    return known.low, known.high, known.low_excluded


def _seen(value: Any) -> Any:
    return to_json(value)
