"""What the owner of a file should know about how it was read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from datasets.readers.kinds import Integer, Kind, Moment, Number
from datasets.tables import ColumnType

if TYPE_CHECKING:
    from datasets.readers.dialect import Dialect
    from datasets.readers.findings import Findings
    from datasets.readers.survey import ColumnSurvey

SHOWN = 5
#: What the first values of a text column look like, and why it stays text.
LOOKS = (
    (
        re.compile(r"[+-]?[0-9]{19,}"),
        "whole numbers too long for 64 bits stay text, so that no digit is lost.",
    ),
    (
        re.compile(r"[0-9]+"),
        "digits with leading zeros stay text, as in postcodes.",
    ),
)
NEARLY = 0.5


def _told(count: int, one: str, many: str) -> list[str]:
    return [one if count == 1 else many] if count else []


def file_notices(findings: Findings) -> list[str]:
    """Return notices about lines and bytes that were passed over.

    Whole sentences for one and for several: other languages take them apart elsewhere.
    """
    bad, filled = findings.bad_count, findings.filled
    empty, comments = findings.empty_lines, findings.comment_lines
    nul, weights = findings.nul_bytes, findings.weights
    line = findings.bad[0].line if bad else 0
    return [
        *_told(
            bad,
            f"1 bad record was left out, in line {line:,}.",
            f"{bad:,} bad records were left out, the first in line {line:,}.",
        ),
        *_told(
            empty, "1 empty line was skipped.", f"{empty:,} empty lines were skipped."
        ),
        *_told(
            comments,
            "1 comment line was skipped.",
            f"{comments:,} comment lines were skipped.",
        ),
        *_told(nul, "1 NUL byte was removed.", f"{nul:,} NUL bytes were removed."),
        *_told(
            filled,
            "1 short record was filled with missing values.",
            f"{filled:,} short records were filled with missing values.",
        ),
        *_told(
            weights,
            "The weight of 1 record was left out: weights are no column here.",
            f"The weights of {weights:,} records were left out: weights are no column "
            "here.",
        ),
    ]


def column_notices(survey: ColumnSurvey, dialect: Dialect) -> list[str]:
    """Return notices about how one column was read."""
    dialect = dialect.of_column(survey.name)
    notices = [
        _no_values(survey),
        _not_finite(survey),
        _ambiguous(survey, dialect),
        _nearly(survey),
        _looks_like(survey),
    ]
    return [_about(survey, notice) for notice in notices if notice]


def _no_values(survey: ColumnSurvey) -> str:
    return "" if survey.seen.values else "every value is missing."


def _not_finite(survey: ColumnSurvey) -> str:
    if not survey.seen.not_finite:
        return ""
    count = survey.seen.not_finite
    (notice,) = _told(
        count,
        "1 infinite or NaN value became missing.",
        f"{count:,} infinite or NaN values became missing.",
    )
    return notice


def day_is_unclear(survey: ColumnSurvey, dialect: Dialect) -> bool:
    """Tell whether every date of a column may be read with day or month first."""
    return (
        isinstance(survey.kind, Moment)
        and survey.kind.order in {"dmy", "mdy"}
        and dialect.day_first is None
        and not survey.seen.surely_ordered
        and bool(survey.seen.values)
    )


def is_nearly(survey: ColumnSurvey) -> bool:
    """Tell whether most values of a text column are of another type, but not all."""
    seen = survey.seen
    fitting = seen.values - seen.others_count
    is_text = survey.plan.nearly is not None
    return is_text and bool(seen.others_count) and fitting >= NEARLY * seen.values


def sentence_of(survey: ColumnSurvey, dialect: Dialect) -> str:
    """Return the notice about an unclear column."""
    return _about(survey, _ambiguous(survey, dialect) or _nearly(survey))


def _about(survey: ColumnSurvey, notice: str) -> str:
    return f"Column “{survey.name[:60]}”: {notice}"


def _ambiguous(survey: ColumnSurvey, dialect: Dialect) -> str:
    if not day_is_unclear(survey, dialect):
        return ""
    return (
        "day and month cannot be told apart in any row; read with the day first. Set "
        "“Day before month” to change that."
    )


def _nearly(survey: ColumnSurvey) -> str:
    kind, seen = survey.plan.nearly, survey.seen
    if kind is None or not is_nearly(survey):
        return ""
    shown = ", ".join(f"“{text[:40]}”" for text, _ in seen.others.most_common(SHOWN))
    more = " …" if len(seen.others) > SHOWN else ""
    others = seen.others_count
    share = min(99.9, 100 * (seen.values - seen.others_count) / seen.values)
    return (
        f"{share:.1f} % of the values are {words_of(kind)}, {others:,} are not: "
        f"{shown}{more}. "
        "It stays text; add them to the missing values if they stand for no value."
    )


def _looks_like(survey: ColumnSurvey) -> str:
    """Say why text that is nearly a number was left as text, by its first values."""
    if survey.kind is not None or survey.wanted is not None or not survey.first:
        return ""
    for expression, sentence in LOOKS:
        if all(expression.fullmatch(cell) for cell in survey.first):
            return sentence
    return ""


def words_of(kind: Kind | None) -> str:
    """Return what the values of a kind are."""
    assert kind is not None
    if isinstance(kind, Integer | Number):
        return "numbers"
    return {
        ColumnType.BOOLEAN: "true or false",
        ColumnType.DATE: "dates",
        ColumnType.DATETIME: "dates",
    }[kind.type]
