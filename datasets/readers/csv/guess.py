"""A guess at the dialect of a CSV file from its first part, with reasons."""

from __future__ import annotations

import csv
import io
import re
from contextlib import suppress
from itertools import islice
from statistics import mode
from typing import TYPE_CHECKING, Literal

from datasets.readers.csv.encodings import guess_encoding
from datasets.readers.csv.header import has_header
from datasets.readers.dialect import MISSING_MARKERS, Dialect
from datasets.readers.limits import Limits
from datasets.readers.report import Guess
from datasets.readers.unpacked import Unpacked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SAMPLE = 256 << 10
RECORDS = 200
COMMENTS = "#%"
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blank"}
SEPARATOR_LINE = re.compile(r"sep=([^\r\n])(?:\r\n|\r|\n)", re.IGNORECASE)
DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]+)?")
GROUPED_BY_COMMA = re.compile(r"[+-]?[0-9]{1,3}(?:(?:,[0-9]{3}){2,}|,[0-9]{3}\.[0-9]+)")
GROUPED_BY_POINT = re.compile(
    r"[+-]?[0-9]{1,3}(?:(?:\.[0-9]{3}){2,}|\.[0-9]{3},[0-9]+)"
)
NUMBER_LIKE = re.compile(r"[+-]?[0-9.,]*[0-9](?:[eE][+-]?[0-9]+)?")
MOSTLY = 0.8
ONE_GROUP = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
SINGLE_QUOTED = re.compile(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n]|$)", re.MULTILINE)
DECIMAL_POINT = re.compile(r"[+-]?[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?")


def guess_csv(path: Path) -> Guess:
    """Guess the dialect of a CSV file."""
    encoding, reason = guess_encoding(path)
    with Unpacked(path, Limits().max_bytes) as file:
        raw = file.read(SAMPLE)
    text = raw.decode(encoding, errors="replace").removeprefix("\ufeff")
    text = text.replace("\0", "")
    dialect, reasons = guess_dialect(text, is_whole=len(raw) < SAMPLE)
    dialect = dialect.model_copy(update={"encoding": encoding})
    return Guess(dialect, [reason, *reasons])


def guess_dialect(text: str, *, is_whole: bool) -> tuple[Dialect, list[str]]:
    """Return the dialect a text seems to be written in, and why."""
    reasons = []
    lines = list(io.StringIO(text, newline=""))
    if not is_whole and len(lines) > 1:
        lines = lines[:-1]
    stated = SEPARATOR_LINE.fullmatch(lines[0]) if lines else None
    lines = lines[1:] if stated else lines
    comment = _comment(lines)
    if comment:
        lines = [line for line in lines if not line.startswith(comment)]
        reasons.append(f"Lines that begin with {comment} are comments.")
    quote = _quote(lines)
    if stated and _can_separate(stated[1], quote, comment):
        delimiter = stated[1]
        reasons.append(f"The first line says that cells are separated by {delimiter}.")
    else:
        delimiter, why = _delimiter(lines, quote)
        reasons.append(why)
    records = _records(lines, delimiter, quote)
    decimal, thousands = _number_signs(_number_cells(records), delimiter)
    if decimal == ",":
        reasons.append("Numbers have a decimal comma.")
    if thousands:
        reasons.append(f"Thousands are separated by “{thousands}”.")
    dialect = Dialect(
        delimiter=delimiter,
        quote=quote,
        decimal=decimal,
        thousands=thousands,
        comment=comment,
    )
    header, why = has_header(records, dialect)
    reasons.append(why)
    if _lacks_empty_ends(records):
        dialect = dialect.model_copy(update={"bad_records": "fill_ends"})
        reasons.append(
            "Rows leave out empty cells at their end, as Excel writes them; short "
            "rows are filled with missing values, unless any row shows that they may "
            "have lost other cells."
        )
    return dialect.model_copy(update={"header": header}), reasons


def _can_separate(sign: str, quote: str, comment: str) -> bool:
    if sign in {quote, comment}:
        return False
    return sign.isascii() and not sign.isalnum()


def _lacks_empty_ends(records: Sequence[Sequence[str]]) -> bool:
    """Whether rows are short only where the whole rows have empty cells.

    Such a row can have lost nothing else; any other short one, and one that does end in
    an empty cell, may have lost a cell from its middle: what becomes of it is for the
    user to say.
    """
    width = len(records[0]) if records else 0
    shortest = min(map(len, records), default=0)
    whole = [record for record in records[1:] if len(record) == width]
    if shortest == width or max(map(len, records), default=0) > width or not whole:
        return False
    if any(not record[-1].strip() for record in records if len(record) < width):
        return False
    return not any(cell.strip() for record in whole for cell in record[shortest:])


def _comment(lines: Sequence[str]) -> str:
    """Return the sign the file's first lines begin with, if it is a usual one."""
    first = next((line for line in lines if line.strip()), "")
    if first[:1] in COMMENTS and len(lines) > 1:
        return first[:1]
    return ""


def _quote(lines: Sequence[str]) -> str:
    """Return the single quote where only that one stands around cells."""
    head = "".join(lines[:RECORDS])
    if '"' not in head and len(SINGLE_QUOTED.findall(head)) >= 2:
        return "'"
    return '"'


def _records(lines: Sequence[str], delimiter: str, quote: str) -> list[list[str]]:
    """Return the first records, however broken: this is only a guess."""
    reader = csv.reader(
        lines, delimiter=delimiter, quotechar=quote, skipinitialspace=delimiter != " "
    )
    records: list[list[str]] = []
    # A cell over the module's limit ends it: what was read so far will do.
    with suppress(csv.Error):
        records.extend(record for record in islice(reader, RECORDS) if record)
    return records


def _delimiter(lines: Sequence[str], quote: str) -> tuple[str, str]:
    """Choose the sign that splits most records into equally many cells."""
    scores = {sign: _score(lines, sign, quote) for sign in DELIMITERS}
    best = max(scores, key=lambda sign: scores[sign])
    if scores[best] <= (0.0, 0.0, 0):
        return ",", "No sign separates cells in every row, so there is one column."
    name = DELIMITERS[best]
    return best, f"Cells are separated by a {name}: {scores[best][2]} columns."


def _score(
    lines: Sequence[str], delimiter: str, quote: str
) -> tuple[float, float, int]:
    """Return how evenly a sign splits, how clean its cells are, and into how many."""
    records = _records(lines, delimiter, quote)
    if not records:
        return 0.0, 0.0, 0
    width = mode(map(len, records))
    if width < 2:
        return 0.0, 0.0, 0
    even = sum(len(record) == width for record in records) / len(records)
    if len(records[0]) != width:
        even /= 2  # the names do not stand over the cells
    if delimiter == " " and even < 1:
        return 0.0, 0.0, 0  # prose has blanks everywhere
    cells = [cell for record in records for cell in record]
    others = [sign for sign in DELIMITERS if sign not in {delimiter, " "}]
    clean = sum(not any(o in cell for o in others) for cell in cells) / len(cells)
    width = max(width, len(records[0]))
    return round(even, 1), round(clean, 1) if delimiter != " " else clean - 1, width


def _number_cells(records: Sequence[Sequence[str]]) -> list[str]:
    """Return the cells of columns that hold mostly digits with points and commas."""
    cells = []
    width = max(map(len, records), default=0)
    for index in range(width):
        column = [r[index].strip() for r in records[1:] if index < len(r)]
        values = [cell for cell in column if cell not in MISSING_MARKERS]
        like = [cell for cell in values if NUMBER_LIKE.fullmatch(cell)]
        if len(like) >= MOSTLY * len(values):
            cells.extend(like)
    return cells


def _number_signs(
    cells: Sequence[str], delimiter: str
) -> tuple[Literal[".", ","], Literal["", ",", "."]]:
    """Return decimal sign and thousands separator by what most numbers show."""
    comma = sum(DECIMAL_COMMA.fullmatch(cell) is not None for cell in cells)
    point = sum(DECIMAL_POINT.fullmatch(cell) is not None for cell in cells)
    by_comma = sum(GROUPED_BY_COMMA.fullmatch(cell) is not None for cell in cells)
    by_point = sum(GROUPED_BY_POINT.fullmatch(cell) is not None for cell in cells)
    only_groups = comma and comma == sum(
        ONE_GROUP.fullmatch(cell) is not None for cell in cells
    )
    if delimiter == "," and only_groups:
        return ".", ","  # cells such as "1,234", quoted because of their comma
    if by_point or (comma > point and not by_comma):
        return ",", "." if by_point else ""
    return ".", "," if by_comma else ""
