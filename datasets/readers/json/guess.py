"""A guess where the records of a JSON file are, from its first part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasets.readers.csv.encodings import guess_encoding
from datasets.readers.csv.source import Source
from datasets.readers.dialect import Dialect
from datasets.readers.errors import ReaderError
from datasets.readers.json.document import DEEPEST, parsed
from datasets.readers.json.lines import holds_lines
from datasets.readers.json.outline import COMMA, outline
from datasets.readers.json.paths import pointer_to
from datasets.readers.limits import Limits
from datasets.readers.report import Guess
from datasets.words import word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SAMPLE = 512 << 10
#: Values of a list looked into, levels gone down, and places offered.
LOOKED_AT = 20
LEVELS = 6
PLACES = 50

CLOSING = {ord("{"): ord("}"), ord("["): ord("]")}

Place = tuple[str, ...]


def guess_json(path: Path) -> Guess:
    """Guess which of the lists in a file are its records."""
    encoding, reason = guess_encoding(path)
    dialect, reasons = Dialect(encoding=encoding), [reason]
    if holds_lines(path, encoding, Limits()):
        return Guess(dialect, [*reasons, "Each line is a value of its own."])
    with Source(path, encoding, Limits()) as source:
        value = beginning_of(source.read(SAMPLE))
    places = list(dict.fromkeys(record_places(value)))[:PLACES]
    if isinstance(value, list):
        reasons.append("The file is one list; each value in it is a record.")
        places = [(), *places]
    elif places:
        shortest = min(places, key=len)
        dialect = dialect.model_copy(update={"part": pointer_to(shortest)})
        reasons.append(f"“{' › '.join(shortest)}” is the first list of objects.")
        places = [*places, ()]
    else:
        reasons.append("The file is one object; lists in it are read as columns.")
    parts = {pointer_to(place): _title(place) for place in places}
    return Guess(dialect, reasons, parts if len(parts) > 1 else {})


def beginning_of(text: bytes) -> object:
    """Return the value a text begins with, as far as it goes; None if it is none."""
    found = outline(text)
    if not found.places.size or found.beyond(DEEPEST) is not None:
        return None
    brackets = []
    for place in found.places.tolist():
        sign = text[place]
        if sign in CLOSING:
            brackets.append(CLOSING[sign])
        elif sign != COMMA and brackets:
            brackets.pop()
    # What follows the last sign may be half a value.
    whole = text[:place] if sign == COMMA else text[: place + 1]
    try:
        return parsed(whole + bytes(reversed(brackets)), 1)
    except ReaderError:
        return None


def record_places(value: object, path: Place = ()) -> Iterator[Place]:
    """Yield the path of each list of objects inside a value, the outer ones first."""
    if len(path) > LEVELS:
        return
    if isinstance(value, list):
        for item in value[:LOOKED_AT]:
            yield from record_places(item, path)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, list) and any(isinstance(v, dict) for v in inner):
                yield (*path, name)
        for name, inner in value.items():
            yield from record_places(inner, (*path, name))


def _title(place: Place) -> str:
    return " › ".join(place) if place else word("the file as a whole")
