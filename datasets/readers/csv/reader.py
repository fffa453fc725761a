"""The import of a CSV file: every record checked, every type decided on all rows.

The file is read in one pass where its first rows are typical: pieces are proved
regular (`shape`), parsed with the types the columns are believed to have (`parsing`,
`survey`) and written as Parquet, each on its own thread. A value that does not fit its
column's type makes a second pass necessary, with the types known by then.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasets.readers.csv.grammar import Prover
from datasets.readers.csv.head import Head, read_head
from datasets.readers.csv.notices import column_notices, file_notices
from datasets.readers.csv.parsing import Cells, Plan, parse
from datasets.readers.csv.records import Records, signs_of
from datasets.readers.csv.source import Source
from datasets.readers.csv.survey import ColumnSurvey
from datasets.readers.errors import RECORDS_TOLD, ReaderError
from datasets.readers.parquet import TableWriter
from datasets.readers.report import ImportReport
from datasets.tables import Column, Schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from datasets.monitor import Monitor
    from datasets.readers.csv.careful import Findings
    from datasets.readers.csv.records import Block
    from datasets.readers.dialect import Dialect
    from datasets.readers.limits import Limits

FIRST_ROWS = 1_000
#: Blocks being parsed at a time.
AHEAD = 2
#: Passes after which types would have been found, each striking out one kind.
MOST_PASSES = 25


@dataclass(frozen=True)
class Job:
    """One import: what to read, how, and whom to tell."""

    source: Path
    dialect: Dialect
    monitor: Monitor
    limits: Limits


def import_csv(
    source: Path, target: Path, dialect: Dialect, monitor: Monitor, limits: Limits
) -> ImportReport:
    """Import a CSV file; see `datasets.readers.importing.import_table`."""
    job = Job(source, dialect, monitor, limits)
    head = read_head(source, dialect, limits, FIRST_ROWS)
    surveys = survey_columns(head, dialect)
    part = target.with_name(target.name + ".part")
    try:
        result = _import(job, surveys, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    notices = [*head.names.notices, *file_notices(result.findings, result.nul_count)]
    for survey in surveys:
        notices.extend(column_notices(survey, dialect))
    return ImportReport(
        schema=_schema(surveys),
        rows_count=result.rows,
        size=result.size,
        sha256=result.sha256,
        bad_records=result.findings.bad,
        bad_count=result.findings.bad_count,
        notices=notices,
        dialect=dialect,
    )


def survey_columns(head: Head, dialect: Dialect) -> list[ColumnSurvey]:
    """Return what the first rows say about each column."""
    if unknown := [name for name in dialect.types if name not in head.names.names]:
        raise ReaderError(
            f"There is no column “{unknown[0]}” in this file; remove its type.",
            column=unknown[0],
        )
    markers = set(dialect.missing_markers)
    columns = (
        zip(*head.rows, strict=True) if head.rows else [()] * len(head.names.names)
    )
    return [
        ColumnSurvey(name, [cell for cell in column if cell not in markers], dialect)
        for name, column in zip(head.names.names, columns, strict=True)
    ]


@dataclass
class PassResult:
    """What one pass over the file gave."""

    findings: Findings
    nul_count: int
    rows: int = 0
    size: int = 0
    sha256: str = ""
    is_final: bool = False


def _import(job: Job, surveys: list[ColumnSurvey], part: Path) -> PassResult:
    read = 0
    size = job.source.stat().st_size
    job.monitor.phase("Reading and checking every row")
    for _ in range(MOST_PASSES):
        job.monitor.total(read + size)
        for survey in surveys:
            survey.begin_pass()
        result = _Pass(job, surveys, part).run()
        _check(job, result, surveys)
        if result.is_final:
            return result
        read += size
        job.monitor.phase("Reading again with the types found")
    raise ReaderError("The types of the columns could not be decided; choose them.")


def _check(job: Job, result: PassResult, surveys: Sequence[ColumnSurvey]) -> None:
    stop_at_bad_records(job.dialect, result.findings, at_end=True)
    if not result.rows:
        raise ReaderError(
            "There are no rows to import; add rows or correct the delimiter.",
            records=result.findings.bad,
        )
    for survey in surveys:
        if survey.refuses:
            raise _refusal(survey)


def _refusal(survey: ColumnSurvey) -> ReaderError:
    count = survey.seen.misfits
    line, text = survey.seen.first_misfit or (0, "")
    values = "1 value does" if count == 1 else f"{count:,} values do"
    return ReaderError(
        f"Column “{survey.name}” cannot be {survey.wanted}: {values} not fit, the "
        f"first in line {line:,}: “{text[:60]}”.",
        line=line,
        column=survey.name,
    )


def stop_at_bad_records(dialect: Dialect, findings: Findings, *, at_end: bool) -> None:
    """Raise when records are bad and the dialect says to stop."""
    count = findings.bad_count
    if dialect.bad_records != "stop" or not count:
        return
    if not at_end and count < RECORDS_TOLD:
        return
    least = "" if at_end else "At least "
    records = "1 record does" if count == 1 else f"{count:,} records do"
    first = findings.bad[0]
    raise ReaderError(
        f"{least}{records} not fit the table. {first.detail} Correct the file or the "
        "delimiter, or choose to drop bad records.",
        line=first.line,
        records=findings.bad,
    )


class _Pass:
    """One pass over the file: read and check, parse, settle types, write."""

    def __init__(self, job: Job, surveys: list[ColumnSurvey], part: Path) -> None:
        self._job = job
        self._surveys = surveys
        self._writer = TableWriter(
            part,
            [survey.type for survey in surveys],
            [i for i, survey in enumerate(surveys) if survey.is_repeating],
        )
        self._parsing: deque[tuple[Block, list[Plan], Future[list[Cells]]]] = deque()
        self._writing: Future[None] | None = None
        self._is_final = True
        self._rows = 0

    def run(self) -> PassResult:
        job = self._job
        pool = ThreadPoolExecutor(AHEAD + 1, thread_name_prefix="csv")
        try:
            with Source(job.source, job.dialect.encoding, job.limits) as source, pool:
                records = Records(source, job.dialect, job.limits)
                self._read(records, source, pool)
                result = PassResult(records.findings, source.nul_count, self._rows)
            if self._is_final:
                self._writer.close()
                result.size, result.sha256 = self._writer.size, self._writer.sha256
                result.is_final = True
            return result
        finally:
            self._writer.abandon()

    def _read(self, records: Records, source: Source, pool: ThreadPoolExecutor) -> None:
        done = 0
        for block in self._checked(records):
            plans = [survey.plan for survey in self._surveys]
            future = pool.submit(parse, block, plans, self._job.dialect)
            self._parsing.append((block, plans, future))
            while len(self._parsing) > AHEAD:
                self._settle(pool)
            self._job.monitor.advance(source.read_bytes - done)
            done = source.read_bytes
        while self._parsing:
            self._settle(pool)
        self._job.monitor.advance(source.read_bytes - done)
        if self._writing is not None:
            self._writing.result()

    def _checked(self, records: Records) -> Iterator[Block]:
        """Yield blocks; look for a stop and for bad records before each."""
        prover = Prover(records.width, signs_of(self._job.dialect))
        for block in records.blocks(prover.shape_of):
            self._job.monitor.check()
            stop_at_bad_records(self._job.dialect, records.findings, at_end=False)
            yield block

    def _settle(self, pool: ThreadPoolExecutor) -> None:
        block, plans, future = self._parsing.popleft()
        columns = future.result()
        self._rows += len(columns[0].array)
        if self._rows > self._job.limits.max_rows:
            raise ReaderError(
                f"The file has more than {self._job.limits.max_rows:,} rows, the most "
                "that are allowed.",
                line=block.line,
            )
        for survey, plan, cells in zip(self._surveys, plans, columns, strict=True):
            if not survey.settle(cells, plan.kind):
                self._is_final = False
            if cells.misfits and survey.is_forced and survey.seen.first_misfit is None:
                line = block.line_of(cells.first_misfit, self._job.dialect)
                text = cells.array[cells.first_misfit].as_py()
                survey.seen.first_misfit = line, text
        if self._is_final:
            if self._writing is not None:
                self._writing.result()
            self._writing = pool.submit(self._writer.write, [c.array for c in columns])


def _schema(surveys: Sequence[ColumnSurvey]) -> Schema:
    return Schema(
        tuple(
            Column(f"c{index}", survey.name, survey.type)
            for index, survey in enumerate(surveys)
        )
    )
