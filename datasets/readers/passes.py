"""The import of a file: every record checked, every type decided on all rows.

The file is read in one pass where its first rows are typical: its blocks are parsed
with the types the columns are believed to have (`survey`) and written as Parquet, each
on its own thread. A value that does not fit its column's type makes a second pass
necessary, with the types known by then.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasets.readers.csv.parsing import Cells, Plan
from datasets.readers.errors import RECORDS_TOLD, ReaderError
from datasets.readers.head import first_rows, first_values
from datasets.readers.notices import column_notices
from datasets.readers.parquet import TableWriter
from datasets.readers.questions import questions_about
from datasets.readers.report import ImportReport
from datasets.readers.survey import ColumnSurvey
from datasets.tables import Column, Schema
from datasets.words import word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from datasets.monitor import Monitor
    from datasets.readers.dialect import Dialect
    from datasets.readers.feed import Feed, Lined
    from datasets.readers.findings import Findings

FIRST_ROWS = 1_000
#: Blocks being parsed at a time.
AHEAD = 2
#: Passes after which types would have been found, each striking out one kind.
MOST_PASSES = 25


@dataclass(frozen=True)
class Job:
    """One import: what to read, where to write, and whom to tell."""

    feed: Feed[Any]
    part: Path
    monitor: Monitor


def import_feed(feed: Feed[Any], target: Path, monitor: Monitor) -> ImportReport:
    """Import the records of a feed; see `datasets.readers.importing.import_table`."""
    feed.prepare(monitor)
    surveys = survey_columns(feed)
    part = target.with_name(target.name + ".part")
    try:
        result = _import(Job(feed, part, monitor), surveys)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    notices, questions = feed.notices(), []
    for survey in surveys:
        notices.extend(column_notices(survey, feed.dialect))
        questions.extend(questions_about(survey, feed.dialect))
    return ImportReport(
        schema=_schema(surveys),
        rows_count=result.rows,
        size=result.size,
        sha256=result.sha256,
        bad_records=feed.findings.bad,
        bad_count=feed.findings.bad_count,
        notices=notices,
        questions=questions,
        dialect=feed.dialect,
    )


def survey_columns(feed: Feed[Any]) -> list[ColumnSurvey]:
    """Return what the first rows say about each column."""
    names, dialect = feed.names.names, feed.dialect
    said = {**dialect.types, **dialect.day_first_in}
    if unknown := [name for name in said if name not in names]:
        raise ReaderError(
            f"There is no column “{unknown[0]}” in this file; remove what is said of "
            "it.",
            column=unknown[0],
        )
    values = first_values(feed, first_rows(feed, FIRST_ROWS))
    return [
        ColumnSurvey(name, column, dialect, feed.declared.get(name))
        for name, column in zip(names, values, strict=True)
    ]


@dataclass
class PassResult:
    """What one pass over the file gave."""

    rows: int = 0
    size: int = 0
    sha256: str = ""
    is_final: bool = False


def _import(job: Job, surveys: list[ColumnSurvey]) -> PassResult:
    read = job.feed.read_before
    size = job.feed.path.stat().st_size
    job.monitor.phase("Reading and checking every row")
    for _ in range(MOST_PASSES):
        job.monitor.total(read + size)
        for survey in surveys:
            survey.begin_pass()
        result = _Pass(job, surveys).run()
        _check(job.feed, result, surveys)
        if result.is_final:
            return result
        read += size
        job.monitor.phase("Reading again with the types found")
    raise ReaderError("The types of the columns could not be decided; choose them.")


def _check(
    feed: Feed[Any], result: PassResult, surveys: Sequence[ColumnSurvey]
) -> None:
    stop_at_bad_records(feed.dialect, feed.findings, at_end=True)
    if not result.rows:
        raise ReaderError(
            "There are no rows to import; add rows or correct how the file is read.",
            records=feed.findings.bad,
        )
    for survey in surveys:
        if survey.refuses:
            raise _refusal(survey)
    if result.is_final and feed.dialect.bad_records == "fill_ends":
        _stop_at_lost_cells(feed.findings, surveys)


def _stop_at_lost_cells(findings: Findings, surveys: Sequence[ColumnSurvey]) -> None:
    """Raise where whole records have values in what short ones leave out."""
    if not findings.filled:
        return
    for place in range(findings.shortest, len(surveys)):
        survey = surveys[place]
        if survey.seen.distinct == {""}:
            continue  # an empty text, where it is none of the missing values
        if survey.seen.values > findings.filled_values[place]:
            lacking = (record for record in findings.short if record.found <= place)
            first = next(lacking, findings.short[0])
            raise ReaderError(
                f"{first.detail} Other records have values in column “{survey.name}”, "
                "which short ones leave out, so that these may have lost any cell. "
                "Correct the file or how it is read, or choose to fill short records "
                "or to leave bad ones out.",
                line=first.line,
                column=survey.name,
                records=findings.short,
            )


def _refusal(survey: ColumnSurvey) -> ReaderError:
    count = survey.seen.misfits
    line, text = survey.seen.first_misfit or (0, "")
    if survey.is_closed:
        values = word("1 value is") if count == 1 else word(f"{count:,} values are")
        return ReaderError(
            f"Column “{survey.name}”: {values} not among those the file declares, the "
            f"first in line {line:,}: “{text[:60]}”. Correct it, declare it, or choose "
            "a type for the column.",
            line=line,
            column=survey.name,
        )
    values = word("1 value does") if count == 1 else word(f"{count:,} values do")
    return ReaderError(
        f"Column “{survey.name}” cannot be {survey.wanted}: {values} not fit, the "
        f"first in line {line:,}: “{text[:60]}”.",
        line=line,
        column=survey.name,
    )


def stop_at_bad_records(dialect: Dialect, findings: Findings, *, at_end: bool) -> None:
    """Raise when records are bad and the dialect says to stop."""
    count = findings.bad_count
    if not dialect.stops or not count:
        return
    if not at_end and count < RECORDS_TOLD:
        return
    least = "" if at_end else "At least "
    records = word("1 record does") if count == 1 else word(f"{count:,} records do")
    first = findings.bad[0]
    raise ReaderError(
        f"{least}{records} not fit the table. {first.detail} Correct the file or how "
        "it is read, or choose to fill short records or to leave bad ones out.",
        line=first.line,
        records=findings.bad,
    )


class _Pass:
    """One pass over the file: read and check, parse, settle types, write."""

    def __init__(self, job: Job, surveys: list[ColumnSurvey]) -> None:
        self._feed = job.feed
        self._monitor = job.monitor
        self._surveys = surveys
        self._writer = TableWriter(
            job.part,
            [survey.type for survey in surveys],
            [i for i, survey in enumerate(surveys) if survey.is_repeating],
        )
        self._parsing: deque[tuple[Lined, list[Plan], Future[list[Cells]]]] = deque()
        self._writing: Future[None] | None = None
        self._is_final = True
        self._rows = 0

    def run(self) -> PassResult:
        try:
            with ThreadPoolExecutor(AHEAD + 1, thread_name_prefix="import") as pool:
                self._read(pool)
            result = PassResult(self._rows)
            if self._is_final:
                self._writer.close()
                result.size, result.sha256 = self._writer.size, self._writer.sha256
                result.is_final = True
            return result
        finally:
            self._writer.abandon()

    def _read(self, pool: ThreadPoolExecutor) -> None:
        done = 0
        for block in self._checked():
            plans = [survey.plan for survey in self._surveys]
            future = pool.submit(self._feed.parse, block, plans)
            self._parsing.append((block, plans, future))
            while len(self._parsing) > AHEAD:
                self._settle(pool)
            self._monitor.advance(self._feed.read_bytes - done)
            done = self._feed.read_bytes
        while self._parsing:
            self._settle(pool)
        self._monitor.advance(self._feed.read_bytes - done)
        if self._writing is not None:
            self._writing.result()

    def _checked(self) -> Iterator[Lined]:
        """Yield blocks; look for a stop and for bad records before each."""
        feed = self._feed
        with closing(feed.blocks()) as blocks:
            for block in blocks:
                self._monitor.check()
                stop_at_bad_records(feed.dialect, feed.findings, at_end=False)
                yield block

    def _settle(self, pool: ThreadPoolExecutor) -> None:
        block, plans, future = self._parsing.popleft()
        columns = future.result()
        self._rows += len(columns[0].array)
        if self._rows > self._feed.limits.max_rows:
            raise ReaderError(
                f"The file has more than {self._feed.limits.max_rows:,} rows, the most "
                "that are allowed.",
                line=block.line,
            )
        for survey, plan, cells in zip(self._surveys, plans, columns, strict=True):
            if not survey.settle(cells, plan.kind):
                self._is_final = False
            if cells.misfits and survey.is_forced and survey.seen.first_misfit is None:
                line = block.line_of(cells.first_misfit, self._feed.dialect)
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
