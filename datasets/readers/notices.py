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


def _count(count: int, one: str, many: str) -> str:
    return f"1 {one}" if count == 1 else f"{count:,} {many}"


def file_notices(findings: Findings) -> list[str]:
    """Return notices about lines and bytes that were passed over."""
    notices = []
    if findings.bad_count:
        dropped = _count(findings.bad_count, "bad record was", "bad records were")
        notices.append(
            f"{dropped} left out, the first in line {findings.bad[0].line:,}."
        )
    if findings.empty_lines:
        lines = _count(findings.empty_lines, "empty line was", "empty lines were")
        notices.append(f"{lines} skipped.")
    if findings.comment_lines:
        lines = _count(findings.comment_lines, "comment line was", "comment lines were")
        notices.append(f"{lines} skipped.")
    if findings.nul_bytes:
        removed = _count(findings.nul_bytes, "NUL byte was", "NUL bytes were")
        notices.append(f"{removed} removed.")
    if findings.filled:
        filled = _count(findings.filled, "short record was", "short records were")
        notices.append(f"{filled} filled with missing values.")
    if findings.weights:
        weights = _count(findings.weights, "weight was", "weights were")
        notices.append(f"{weights} of records left out: weights are no column here.")
    return notices


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
    values = _count(
        survey.seen.not_finite, "infinite or NaN value", "infinite or NaN values"
    )
    return f"{values} became missing."


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
    others = _count(seen.others_count, "other value", "other values")
    share = min(99.9, 100 * (seen.values - seen.others_count) / seen.values)
    return (
        f"{share:.1f} % of the values are {words_of(kind)}; {others}: {shown}{more}. "
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
