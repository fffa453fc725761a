"""Spark: for jobs on tables that outgrow one machine, on a standalone cluster.

PySpark and Java are extras that are looked for when an engine is made. Only Java works
on the cluster: rows come and go as Arrow, and no Python is needed there.
"""

from __future__ import annotations

import logging
import shutil
import socket
import time
from contextlib import contextmanager
from os import environ
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import pyarrow as pa
import pyarrow.parquet

from datasets.engines import EngineError, engine
from datasets.engines.portable import PortableEngine, without_nan
from datasets.tables import ROW, ColumnType, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from datasets.tables import Schema

logger = logging.getLogger(__name__)

#: Seconds that a master may take to answer, and a worker to be free.
PATIENCE, LONG_PATIENCE = 10, 120
#: What is ours to say; memory, cores and addresses stand in Spark's own files.
SETTINGS = {
    "spark.app.name": "DataMine",
    "spark.ui.enabled": "false",  # it would answer anybody on the network
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.session.timeZone": "UTC",  # times have no zone here: none is put in
    "spark.sql.ansi.enabled": "true",  # numbers too large are an error, never others
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
}
TYPES: dict[ColumnType, Any] = {
    ColumnType.INTEGER: pa.int64(),
    ColumnType.NUMBER: pa.float64(),
    ColumnType.CATEGORY: pa.string(),
    ColumnType.TEXT: pa.string(),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.DATE: pa.date32(),
    ColumnType.DATETIME: pa.timestamp("us"),
}
#: Parts of a moment, as Python and as Java write them: one letter takes 3 and 03.
PARTS = {"%Y": "yyyy", "%m": "M", "%d": "d", "%H": "H", "%M": "mm", "%S": "ss"} | {
    "%f": "SSSSSSSSS"
}


class SparkEngine(PortableEngine):
    """A session on a cluster; its workers see files under the paths seen here.

    Parameters
    ----------
    master
        `spark://host:port`, or several with commas between.

    Raises
    ------
    EngineError
        If PySpark or Java is not installed here, or no master answers, or no worker
        gets free.
    """

    def __init__(self, master: str) -> None:
        self._session = _session(master)

    def scan(self, path: Path) -> nw.LazyFrame[Any]:
        with _losses_told():
            frame = self._session.read.parquet(f"file://{path.resolve()}")
        return without_nan(nw.from_native(frame))

    def table(self, columns: Mapping[str, Sequence[Any]], schema: Schema) -> Table:
        length = max((len(values) for values in columns.values()), default=0)
        fields = [(ROW, pa.int64()), *((c.id, TYPES[c.type]) for c in schema)]
        values = {ROW: range(length), **columns}
        rows = pa.table({id: values[id] for id, _ in fields}, pa.schema(fields))
        native = _without_zone(self._session.createDataFrame(rows))
        return Table(without_nan(nw.from_native(native)), schema)

    def rows(self, frame: nw.LazyFrame[Any]) -> list[tuple[Any, ...]]:
        with _losses_told():
            rows = _without_zone(frame.to_native()).toArrow()
        return list(zip(*(column.to_pylist() for column in rows.columns), strict=True))

    def keep(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        with _losses_told():
            kept: nw.LazyFrame[Any] = nw.from_native(
                frame.to_native().localCheckpoint()
            )
        return kept

    def write(self, frame: nw.LazyFrame[Any], path: Path) -> None:
        from pyspark.sql import Observation  # noqa: PLC0415 -- optional dependency
        from pyspark.sql import functions as F  # noqa: PLC0415 -- optional dependency

        parts = path.with_suffix(".parts")
        written = Observation("written")
        ordered = _without_zone(frame.sort(ROW).to_native())
        ordered = ordered.observe(written, F.count(F.lit(1)))
        with _losses_told():
            ordered.write.parquet(f"file://{parts.resolve()}", compression="zstd")
        found = sorted(parts.glob("part-*.parquet"))
        rows = sum(pyarrow.parquet.read_metadata(part).num_rows for part in found)
        if rows != next(iter(written.get.values())):
            raise EngineError(
                "Not all that the workers of Spark wrote is to be found here. They "
                "have to see DATAMINE_HOME under the same path."
            )
        polars = engine("polars")
        polars.write(polars.scan(parts / "part-*.parquet"), path)
        shutil.rmtree(parts)

    def read_times(
        self, frame: nw.LazyFrame[Any], column: str, formats: Sequence[str]
    ) -> nw.LazyFrame[Any]:
        from pyspark.sql import functions as F  # noqa: PLC0415 -- optional dependency

        text = F.col(column)
        read = (F.try_to_timestamp(text, F.lit(_pattern(form))) for form in formats)
        moment = F.coalesce(*read).cast("timestamp_ntz")
        return nw.from_native(frame.to_native().withColumn(column, moment))

    def since_1970(self, frame: nw.LazyFrame[Any], schema: Schema) -> nw.LazyFrame[Any]:
        from pyspark.sql import functions as F  # noqa: PLC0415 -- optional dependency

        native = frame.to_native()
        for column in schema:
            value = F.col(column.id)
            if column.type is ColumnType.DATE:
                native = native.withColumn(column.id, F.unix_date(value).cast("long"))
            elif column.type is ColumnType.DATETIME:
                counted = F.unix_micros(value.cast("timestamp"))
                native = native.withColumn(column.id, counted)
        return nw.from_native(native)


def _without_zone(native: Any) -> Any:
    """Take the zone, UTC, from times that came from Arrow or from Python."""
    from pyspark.sql import functions as F  # noqa: PLC0415 -- optional dependency
    from pyspark.sql import types as T  # noqa: PLC0415 -- optional dependency

    for field in native.schema:
        if isinstance(field.dataType, T.TimestampType):
            value = F.col(field.name).cast("timestamp_ntz")
            native = native.withColumn(field.name, value)
    return native


def _pattern(form: str) -> str:
    """Return a `strptime` format as Java writes it."""
    for python, java in PARTS.items():
        form = form.replace(python, java)
    return form


def _session(master: str) -> Any:
    """Return the session of this process on the cluster."""
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 -- optional dependency
    except ImportError as error:
        raise EngineError(
            "Tables are to be prepared on Spark (DATAMINE_ENGINE), but PySpark is not "
            "installed here. Install requirements-spark.txt."
        ) from error
    if not environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise EngineError(
            "Tables are to be prepared on Spark (DATAMINE_ENGINE), which needs Java 17 "
            "or newer here. On Debian: apt-get install default-jre-headless."
        )
    _require_answer(master)
    with _losses_told():
        builder = SparkSession.builder.master(master).config(map=SETTINGS)
        session = builder.getOrCreate()
        _require_worker(session.sparkContext)
    return session


def _require_answer(master: str) -> None:
    """Refuse a cluster none of whose masters listens; Spark itself would try on."""
    for address in master.removeprefix("spark://").split(","):
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host, int(port)), PATIENCE).close()
        except (OSError, ValueError):
            continue
        return
    raise EngineError(
        "The Spark cluster does not answer. Try again, or tell the operator."
    )


def _require_worker(context: Any) -> None:
    """Wait until a worker lends the session something: without one a query waits."""
    end = time.monotonic() + LONG_PATIENCE
    while context._jsc.sc().getExecutorMemoryStatus().size() < 2:  # itself, and one
        if time.monotonic() > end:
            context.stop()
            raise EngineError(
                "No worker of the Spark cluster is free. Try again later, or tell the "
                "operator."
            )
        time.sleep(0.1)


@contextmanager
def _losses_told() -> Iterator[None]:
    """Say in a sentence that work on the cluster came to nothing."""
    from py4j.protocol import Py4JError  # noqa: PLC0415 -- optional dependency
    from pyspark.errors import PySparkException  # noqa: PLC0415 -- optional dependency

    try:
        yield
    except (PySparkException, Py4JError, ConnectionError) as error:
        logger.warning("Spark could not finish.", exc_info=True)
        raise EngineError(
            "Spark could not finish this work. Try again, or tell the operator: the "
            "worker's log says why."
        ) from error
