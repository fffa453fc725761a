"""The header of an ARFF file: what it declares about each column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasets.readers.arff.tokens import QUOTED, plain, values_in
from datasets.readers.errors import ReaderError

if TYPE_CHECKING:
    from datasets.readers.csv.source import Source

PART = 256 << 10
#: Bytes a header may have.
LONGEST = 64 << 20
KEYWORD = re.compile(r"@(\w+)\s*(.*)", re.DOTALL)
ATTRIBUTE = re.compile(rf"({QUOTED}|[^\s{{]+)\s*(.*)", re.DOTALL)
NOMINAL = re.compile(rf"\{{((?:{QUOTED}|[^'\"}}])*)\}}", re.DOTALL)
TYPE = re.compile(rf"(\w+)\s*({QUOTED}|[^\s{{\[]\S*)?")
NUMERIC = frozenset({"numeric", "real", "integer"})
USUAL_DATES = "yyyy-MM-dd'T'HH:mm:ss"


@dataclass(frozen=True)
class Attribute:
    """One column: `kind` is *numeric*, *nominal*, *string* or *date*.

    `values` are those a nominal may have, in order; `format` is how dates are
    written, in the letters of Java.
    """

    name: str
    kind: str
    values: tuple[str, ...] = ()
    format: str = ""

    @property
    def omitted(self) -> str:
        """What a sparse record means that does not name the column."""
        if self.kind == "numeric":
            return "0"
        return self.values[0] if self.values else ""


@dataclass(frozen=True)
class Header:
    """All attributes, and where the data begin: their line and the text read ahead."""

    attributes: tuple[Attribute, ...]
    has_relation: bool
    line: int
    rest: bytes


def read_header(source: Source) -> Header:
    """Read a source up to the line `@data`.

    Raises
    ------
    ReaderError
        If a line is none of a header, an attribute is of a kind that is no column, or
        the data never begin; the line is named.
    """
    attributes: list[Attribute] = []
    has_relation, number, size, rest = False, 0, 0, b""
    while (part := source.read(PART)) and size < LONGEST:
        size += len(part)
        lines = (rest + part).splitlines(keepends=True)
        rest = b"" if lines[-1].endswith((b"\n", b"\r")) else lines.pop()
        for place, raw in enumerate(lines, 1):
            number += 1
            line = raw.decode().strip()
            if not line or line.startswith("%"):
                continue
            keyword, content = _keyword(line, number)
            if keyword == "data":
                ahead = b"".join([*lines[place:], rest])
                return _checked(Header(tuple(attributes), has_relation, number, ahead))
            if keyword == "attribute":
                attributes.append(attribute(content, number))
            has_relation |= keyword == "relation"
    raise ReaderError(
        f"The header has no line @data: after {number:,} lines the file ends, and no "
        "rows came. Get the whole file and upload that.",
        line=number,
    )


def attribute(text: str, line: int) -> Attribute:
    """Return what one declaration says, without its keyword."""
    found = ATTRIBUTE.fullmatch(text)
    if not found or not found[2]:
        raise ReaderError(
            f"Line {line:,}: an attribute needs a name and a type, as in "
            "“@attribute width numeric”. Correct the line.",
            line=line,
        )
    name, type = plain(found[1]), found[2]
    if type.startswith("{"):
        return Attribute(name, "nominal", _nominal_values(name, type, line))
    word = TYPE.match(type)
    keyword = word[1].lower() if word else type
    if keyword in NUMERIC:
        return Attribute(name, "numeric")
    if keyword == "string":
        return Attribute(name, "string")
    if keyword == "date":
        written = plain(word[2]) if word and word[2] else USUAL_DATES
        return Attribute(name, "date", format=written)
    raise _no_column(name, keyword, line)


def _keyword(line: str, number: int) -> tuple[str, str]:
    found = KEYWORD.fullmatch(line)
    keyword = found[1].lower() if found else ""
    if not found or keyword not in {"relation", "attribute", "data"}:
        raise ReaderError(
            f"Line {number:,}: “{line[:60]}” is no line of an ARFF header. The data "
            "begin after a line @data; correct the line.",
            line=number,
        )
    return keyword, found[2].strip()


def _nominal_values(name: str, type: str, line: int) -> tuple[str, ...]:
    found = NOMINAL.match(type)
    if not found:
        raise ReaderError(
            f"Line {line:,}: the values of “{name}” do not end with a brace. Close "
            "the brace or a quote before it.",
            line=line,
        )
    return tuple(value for value in values_in(found[1].strip()) if value)


def _no_column(name: str, keyword: str, line: int) -> ReaderError:
    if keyword == "relational":
        sentence = (
            f"Line {line:,}: “{name}” is relational, a table inside a cell, which is "
            "no column. Leave it out, or save its rows as a file of their own."
        )
    else:
        sentence = (
            f"Line {line:,}: “{name}” has the type “{keyword[:40]}”; an attribute is "
            "numeric, string, date or a list of values in braces. Correct the line."
        )
    return ReaderError(sentence, line=line)


def _checked(header: Header) -> Header:
    if not header.attributes:
        raise ReaderError(
            f"Line {header.line:,}: the data begin before any attribute is declared. "
            "Add a line @attribute for each column.",
            line=header.line,
        )
    return header
