"""The one place that knows which library holds a table.

Steps are written once, on narwhals; an engine opens, fetches and writes, and does
the few operations that libraries do too differently. Libraries are loaded only when
asked for, so that importing this package stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import narwhals.stable.v2 as nw

    from datasets.monitor import Monitor
    from datasets.tables import Schema, Table

_ENGINES = {
    "polars": "datasets.engines.polars_engine:PolarsEngine",
    "duckdb": "datasets.engines.duckdb_engine:DuckDBEngine",
    "spark": "datasets.engines.spark_engine:SparkEngine",
}

#: Values by column id, one list per column, all of one length.
Columns = dict[str, list[Any]]


class EngineError(Exception):
    """An engine that cannot work; the text is a sentence for people."""


class Compiled(Protocol):
    """A chain of steps made ready for a few rows at a time."""

    @property
    def schema(self) -> Schema:
        """The columns that come out."""
        ...

    def __call__(self, columns: Mapping[str, Sequence[Any]]) -> Columns:
        """Return what becomes of these values, with `_row` beside the columns.

        Parameters
        ----------
        columns
            By column id, without `_row`: rows count from 0.
        """
        ...

    def frame(self, frame: Any) -> Any:
        """Return what becomes of rows the library holds already.

        Parameters
        ----------
        frame
            `_row` and the columns, as a Polars `DataFrame` or a DuckDB relation;
            the same comes out.
        """
        ...


class Engine(Protocol):
    """What steps, recipes and jobs may ask of a table library.

    Frames hold `_row` and the columns of a schema. A missing value is always null:
    `scan` and `table` turn NaN into null, so no step ever meets one.
    """

    def scan(self, path: Path) -> nw.LazyFrame[Any]:
        """Open a typed Parquet file without reading its rows."""
        ...

    def table(self, columns: Mapping[str, Sequence[Any]], schema: Schema) -> Table:
        """Make a table of Python values by column id; rows count from 0."""
        ...

    def rows(self, frame: nw.LazyFrame[Any]) -> list[tuple[Any, ...]]:
        """Compute the frame and return its rows as Python values."""
        ...

    def keep(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """Compute a small frame once, so that many queries need not."""
        ...

    def write(self, frame: nw.LazyFrame[Any], path: Path) -> None:
        """Compute the frame in pieces into a Parquet file, in the order of `_row`."""
        ...

    def encode(
        self, frame: nw.LazyFrame[Any], column: str, values: Sequence[str]
    ) -> nw.LazyFrame[Any]:
        """Replace each text by its place in `values`; an unknown one by null."""
        ...

    def forward_fill(
        self, frame: nw.LazyFrame[Any], columns: Iterable[str]
    ) -> nw.LazyFrame[Any]:
        """Replace nulls by the last value above them, in the order of `_row`."""
        ...

    def first_of_equal(
        self, frame: nw.LazyFrame[Any], columns: Sequence[str]
    ) -> nw.LazyFrame[Any]:
        """Keep the first of rows that are equal in `columns`, in the order of `_row`.

        No value equals no value.
        """
        ...

    def read_times(
        self, frame: nw.LazyFrame[Any], column: str, formats: Sequence[str]
    ) -> nw.LazyFrame[Any]:
        """Replace text by the time it means in the first `strptime` format that fits.

        Text that fits none, or names no day of the calendar, becomes null.
        """
        ...

    def compile(self, schema: Schema, transform: Callable[[Table], Table]) -> Compiled:
        """Make a lazy transformation ready to be used on few rows, many times."""
        ...

    def profile(
        self, path: Path, schema: Schema, monitor: Monitor | None = None
    ) -> dict[str, Any]:
        """Describe a typed Parquet file; see `datasets.profiling.profile`."""
        ...


def engine(name: str = "polars", **options: Any) -> Engine:
    """Return the engine of this name: `polars` for jobs, `duckdb` within limits.

    Parameters
    ----------
    name
        `polars`, `duckdb`, or the address of a Spark cluster, `spark://host:port`.
    **options
        Of DuckDB: `memory_mb` and `threads`. Polars takes its limits from the
        environment of the process, before it is first imported; Spark from its own
        files.

    Raises
    ------
    EngineError
        If the cluster does not answer, or what it needs here is not installed.
    """
    kind, is_address, _ = name.partition("://")
    if is_address:
        options["master"] = name
    module, _, attribute = _ENGINES[kind].partition(":")
    made: Engine = getattr(import_module(module), attribute)(**options)
    return made
