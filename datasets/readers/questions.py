"""What only the owner of a file can say about how it is to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from datasets.readers.kinds import Moment, candidates, surviving
from datasets.readers.notices import day_is_unclear, is_nearly, sentence_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from datasets.readers.dialect import Dialect
    from datasets.readers.survey import ColumnSurvey

#: Different values that are offered as missing, and dates shown in both readings.
MOST_MARKERS, EXAMPLES = 10, 3


@dataclass(frozen=True)
class Example:
    """One date as it is written, and the two days it may be."""

    text: str
    day_first: str
    month_first: str


@dataclass(frozen=True)
class Question:
    """What is unclear about one column.

    Attributes
    ----------
    column : str
    notice : str
        The notice that says the same without asking.
    markers : tuple of (str, int)
        Values that may stand for no value, with their counts: all that keep the
        column from being of another type. Empty for a question about dates.
    becomes : str
        What the column holds once they are taken as missing.
    examples : tuple of Example
        Dates that can be read in two ways. Empty for a question about markers.
    """

    column: str
    notice: str
    markers: tuple[tuple[str, int], ...] = ()
    becomes: str = ""
    examples: tuple[Example, ...] = ()


def questions_about(survey: ColumnSurvey, dialect: Dialect) -> list[Question]:
    """Return what to ask about a column, after all its rows were read."""
    dialect = dialect.of_column(survey.name)
    if day_is_unclear(survey, dialect):
        examples = examples_of(survey.kind, survey.first)
        notice = sentence_of(survey, dialect)
        return [Question(survey.name, notice, examples=examples)]
    others = survey.seen.others
    all_known = others.total() == survey.seen.others_count
    if is_nearly(survey) and all_known and len(others) <= MOST_MARKERS:
        becomes = words_of(survey.plan.nearly)
        notice = sentence_of(survey, dialect)
        return [Question(survey.name, notice, tuple(others.most_common()), becomes)]
    return []


def unclear_dates(name: str, cells: Sequence[str], dialect: Dialect) -> str:
    """Say how the first dates of a column are read that may be meant otherwise."""
    dialect = dialect.of_column(name)
    if dialect.day_first is not None or name in dialect.types:
        return ""
    left = [k for k in surviving(candidates(dialect), cells) if isinstance(k, Moment)]
    if not {"dmy", "mdy"} <= {kind.order for kind in left}:
        return ""
    if not (examples := examples_of(left[0], cells)):
        return ""
    first = examples[0]
    return (
        f"Column “{name[:60]}”: {first.text} is read as {first.day_first}. Choose the "
        f"month first under “Dates” if {first.month_first} is meant."
    )


def examples_of(kind: object, cells: Iterable[str]) -> tuple[Example, ...]:
    """Return the first different dates that a change of day and month changes."""
    assert isinstance(kind, Moment)
    found: dict[str, Example] = {}
    for cell in dict.fromkeys(cells):
        if len(found) < EXAMPLES and (example := _example(kind, cell)):
            found[cell] = example
    return tuple(found.values())


def _example(kind: Moment, cell: str) -> Example | None:
    match = kind.expression.fullmatch(cell)
    if not match or match["day"].lstrip("0") == match["month"].lstrip("0"):
        return None
    year, month, day = (int(match[part]) for part in ("year", "month", "day"))
    try:
        return Example(
            cell, _words(date(year, month, day)), _words(date(year, day, month))
        )
    except ValueError:
        return None


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
