"""What an engine does by narwhals alone, for libraries without a better way."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import narwhals.stable.v2.selectors as ncs

from datasets.engines import Engine
from datasets.profiling.queries import profile_by_queries
from datasets.tables import ROW, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from datasets.engines import Columns
    from datasets.monitor import Monitor
    from datasets.tables import Schema


class PortableEngine(Engine):
    """An engine whose library holds tables where Python does not see their rows."""

    @abstractmethod
    def since_1970(self, frame: nw.LazyFrame[Any], schema: Schema) -> nw.LazyFrame[Any]:
        """Replace dates by days, and times by microseconds, since 1970 began."""

    def encode(
        self, frame: nw.LazyFrame[Any], column: str, values: Sequence[str]
    ) -> nw.LazyFrame[Any]:
        code = nw.col(column).replace_strict(
            list(values), list(range(len(values))), default=None, return_dtype=nw.Int64
        )
        return frame.with_columns(code)

    def forward_fill(
        self, frame: nw.LazyFrame[Any], columns: Iterable[str]
    ) -> nw.LazyFrame[Any]:
        filled = (
            nw.col(id).fill_null(strategy="forward").over(order_by=ROW)
            for id in columns
        )
        return frame.with_columns(*filled)

    def first_of_equal(
        self, frame: nw.LazyFrame[Any], columns: Sequence[str]
    ) -> nw.LazyFrame[Any]:
        first = frame.group_by(*columns).agg(nw.col(ROW).min().alias("first"))
        return frame.join(first, left_on=ROW, right_on="first", how="semi")

    def compile(
        self, schema: Schema, transform: Callable[[Table], Table]
    ) -> PlainTransform:
        return PlainTransform(self, schema, transform)

    def profile(
        self, path: Path, schema: Schema, monitor: Monitor | None = None
    ) -> dict[str, Any]:
        return profile_by_queries(path, schema, self, monitor)


class PlainTransform:
    """A chain of steps that is built anew for every few rows."""

    def __init__(
        self,
        engine: PortableEngine,
        schema: Schema,
        transform: Callable[[Table], Table],
    ) -> None:
        self._engine, self._inputs, self._transform = engine, schema, transform
        empty = engine.table({column.id: [] for column in schema}, schema)
        self.schema = transform(empty).schema

    def __call__(self, columns: Mapping[str, Sequence[Any]]) -> Columns:
        table = self._engine.table(columns, self._inputs)
        ids = [ROW, *(column.id for column in self.schema)]
        result = nw.from_native(self.frame(table.frame.to_native()))
        rows = self._engine.rows(result.select(ids).sort(ROW))
        return {id: [row[place] for row in rows] for place, id in enumerate(ids)}

    def frame(self, frame: Any) -> Any:
        table = Table(nw.from_native(frame), self._inputs)
        return self._transform(table).frame.to_native()


def without_nan(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return the frame with nulls for what is not a number."""
    return frame.with_columns(ncs.by_dtype(nw.Float64, nw.Float32).fill_nan(None))
