"""Says in the reader's language what pure packages and rows say in English.

Pure packages know no Django, and a row is read by many people: both keep English
sentences, with the values in them. Where one is shown, it is recognised by its pattern
(“There is no column “{name}”.”) and said in the language that is spoken. What nobody
has translated stays English. `datamine.phrases` collects the patterns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import polib
from django.utils import translation

from datamine.catalogues import LOCALE
from datamine.phrases import PLACE

if TYPE_CHECKING:
    from pathlib import Path

#: Between groups of three digits: never a break.
THIN = "\u202f"
NUMBER = re.compile(r"[-−]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?( ?%)?")
#: A number among words, no version and no part of a name.
FRACTION = re.compile(r"(?<![\w.,])(\d+)\.(\d+)(?![\w.])")
#: Where one sentence ends and another begins.
BOUNDARY = re.compile(r"(?<=[.?!:;])\s+")
#: Letters and blanks around the places of a pattern that tell enough by themselves.
LIGHT = 7
#: Keys of a chart's specification that hold words, and no names of fields.
SAID_IN_CHARTS = frozenset({"title", "description"})


@dataclass(frozen=True)
class Pattern:
    """A sentence with places, and how a language says it."""

    english: str
    foreign: str

    @cached_property
    def literals(self) -> list[str]:
        """The English text between the places."""
        return PLACE.split(self.english)[::2]

    @cached_property
    def weight(self) -> int:
        """How much text has to be the same: of two that fit, the heavier is meant."""
        return sum(map(len, self.literals))

    @cached_property
    def key(self) -> str:
        """The longest text, looked for first: it is cheaper than the expression."""
        return max(self.literals, key=len)

    @cached_property
    def expression(self) -> re.Pattern[str]:
        parts = PLACE.split(self.english)
        for place in range(1, len(parts), 2):
            name = parts[place]
            seen = name in parts[1:place:2]
            parts[place] = f"(?P={name})" if seen else f"(?P<{name}>.*?)"
        parts[::2] = map(re.escape, parts[::2])
        return re.compile("".join(parts), re.DOTALL)

    @property
    def is_light(self) -> bool:
        """Whether “{rows} rows” would know too much: only numbers fill its places."""
        return self.weight < LIGHT

    def said(self, text: str) -> str | None:
        """Return the text in the language, None where it is no such sentence."""
        found = self.expression.fullmatch(text) if self.key in text else None
        if found is None or (self.is_light and not all_numbers(found)):
            return None
        values = {
            name: value if self.is_quoted(name) else spoken(number(value))
            for name, value in found.groupdict().items()
        }
        return PLACE.sub(lambda place: values[place[1]], self.foreign)

    def is_quoted(self, name: str) -> bool:
        """Whether the value is somebody's name or text, which has no language."""
        return f"“{{{name}}}”" in self.english


@cache
def words_of(language: str) -> dict[str, str]:
    """Return what a language says for words and sentences without places."""
    return {entry.msgid: entry.msgstr for entry in entries(language)}


@cache
def patterns_of(language: str) -> list[Pattern]:
    """Return the sentences with places, the most telling first."""
    found = [
        Pattern(entry.msgid, entry.msgstr)
        for entry in entries(language)
        if PLACE.search(entry.msgid)
    ]
    return sorted(found, key=lambda pattern: -pattern.weight)


def entries(language: str) -> list[Any]:
    path: Path = LOCALE / language / "LC_MESSAGES" / "django.mo"
    return [entry for entry in polib.mofile(str(path)) if entry.msgstr]


def spoken(text: Any) -> str:
    """Return a text of ours in the language that is spoken; others as they are."""
    said = "" if text is None else str(text)
    language = translation.get_language() or "en"
    if language == "en" or not said:
        return said
    return _spoken(said, language)


@lru_cache(maxsize=4096)
def _spoken(text: str, language: str) -> str:
    whole = one(text, language)
    if whole is not None:
        return whole
    for cut in reversed(list(BOUNDARY.finditer(text))):
        first = one(text[: cut.start()], language)
        if first is not None:
            return first + cut[0] + _spoken(text[cut.end() :], language)
    end = BOUNDARY.search(text)
    if end is None:
        return text
    return text[: end.end()] + _spoken(text[end.end() :], language)


def one(text: str, language: str) -> str | None:
    """Return one known sentence or word in the language, None where it is unknown."""
    known = words_of(language).get(text)
    if known is not None:
        return known
    said = (pattern.said(text) for pattern in patterns_of(language))
    return next((words for words in said if words is not None), None)


def all_numbers(found: re.Match[str]) -> bool:
    return all(NUMBER.fullmatch(value) for value in found.groupdict().values())


def number(text: str) -> str:
    """Return 12,345.5 as 12 345,5: languages other than English write so."""
    if not NUMBER.fullmatch(text):
        return FRACTION.sub(r"\1,\2", text)
    return text.replace(",", THIN).replace(".", ",")


def spoken_chart(spec: Any) -> Any:
    """Return a chart's specification with its words in the language that is spoken."""
    if isinstance(spec, list):
        return [spoken_chart(part) for part in spec]
    if not isinstance(spec, dict):
        return spec
    return {
        key: spoken(value)
        if key in SAID_IN_CHARTS and isinstance(value, str)
        else value
        if key == "data"
        else spoken_chart(value)
        for key, value in spec.items()
    }
