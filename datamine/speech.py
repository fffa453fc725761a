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
from django.utils.functional import Promise
from django.utils.safestring import SafeData

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
WORD = re.compile(r"\w+")
#: Letters and blanks around the places of a pattern that tell enough by themselves.
LIGHT = 7
#: A longer text is none of our sentences, and what people write may be long.
LONGEST = 1000
#: Ends of sentences that one pattern may hold, its places included.
MOST_ENDS = 4
#: Sentences that stand in places of others, such as the reason of an error.
DEEPEST = 4
#: What stands in a place is somebody's and stays as it is, unless it is called so.
SAID_PLACES = frozenset(
    re.findall(
        r"\w+",
        "accepted advice algorithm alike amount bounds capitalize day_first "
        "delimiter detail error evaluated_on found hint instead kind least lower "
        "meaning metric month_first more notice noun nouns others part reason "
        "records rest said seen sentence sessions sides smaller status steps2 strength "
        "task task2 text title type types unit wanted what",
    )
)
#: Places called like those of names, with the words of ours that stand in them.
SAID_THERE = (
    "separated by a {name}",
    "A {name} is longer",
    "{values} not ",
    "must be {value}.",
    "each entry {value}",
    "{value} with all steps",
    "of the rows there are {value}",
    "{rows} an earlier one",
)
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
    def names(self) -> list[str]:
        """What the places are called, in order."""
        return PLACE.split(self.english)[1::2]

    @cached_property
    def key(self) -> str:
        """The longest word, without which no text fits; "" where there is none."""
        words = WORD.findall(PLACE.sub("_", self.english))
        return max((word for word in words if "_" not in word), key=len, default="")

    @property
    def is_light(self) -> bool:
        """Whether “{rows} rows” would know too much: only numbers fill its places."""
        return self.weight < LIGHT

    def said(self, text: str, language: str, depth: int) -> str | None:
        """Return the text in the language, None where it is no such sentence."""
        found = self.values(text)
        if found is None or (self.is_light and not all_numbers(found)):
            return None
        values = {
            name: placed(value, language, depth)
            if self.is_ours(name)
            else figure(value)
            for name, value in found.items()
        }
        return PLACE.sub(lambda place: values[place[1]], self.foreign)

    def values(self, text: str) -> dict[str, str] | None:
        """Return what fills the places, each as short as can be, without going back."""
        first, *between, last = self.literals
        start, end = len(first), len(text) - len(last)
        if start > end or not (text.startswith(first) and text.endswith(last)):
            return None
        ends = []
        for literal in between:
            at = text.find(literal, start, end)
            if at < 0:
                return None
            ends.append(text[start:at])
            start = at + len(literal)
        found: dict[str, str] = {}
        for name, value in zip(self.names, [*ends, text[start:end]], strict=True):
            if found.setdefault(name, value) != value or is_torn(value):
                return None
        return found

    def is_ours(self, name: str) -> bool:
        """Whether words of ours fill a place, and not somebody's name or text."""
        place = f"{{{name}}}"
        if f"“{place}”" in self.english:
            return False
        return name in SAID_PLACES or any(
            place in words and words in self.english for words in SAID_THERE
        )


@cache
def words_of(language: str) -> dict[str, str]:
    """Return what a language says for words and sentences without places."""
    return {entry.msgid: entry.msgstr for entry in entries(language)}


@cache
def patterns_of(language: str) -> dict[str, list[Pattern]]:
    """Return the sentences with places by their key, as no text fits without it."""
    found: dict[str, list[Pattern]] = {}
    for entry in entries(language):
        if PLACE.search(entry.msgid):
            pattern = Pattern(entry.msgid, entry.msgstr)
            found.setdefault(pattern.key, []).append(pattern)
    return found


def entries(language: str) -> list[Any]:
    """Return what is translated wherever it stands: no word with a context."""
    path: Path = LOCALE / language / "LC_MESSAGES" / "django.mo"
    found = polib.mofile(str(path))
    return [entry for entry in found if entry.msgstr and entry.msgctxt is None]


def spoken(text: Any) -> str:
    """Return a text of ours in the language that is spoken; others as they are.

    What gettext will say, and what is safe and so made for a page, is said already.
    """
    said = "" if text is None else str(text)
    if isinstance(text, Promise) or isinstance(said, SafeData):
        return said
    language = translation.get_language() or "en"
    if language == "en" or not said or len(said) > LONGEST:
        return said
    return _spoken(said, language)


@lru_cache(maxsize=4096)
def _spoken(text: str, language: str, depth: int = 0) -> str:
    cuts = list(BOUNDARY.finditer(text))
    starts = [0, *(cut.end() for cut in cuts)]
    ends = [*(cut.start() for cut in cuts), len(text)]
    # One by one first: what fills a place of the last must not hold those before it.
    each = [
        one(text[start:end], language, depth)
        for start, end in zip(starts, ends, strict=True)
    ]
    if None not in each:
        between = [*(cut[0] for cut in cuts), ""]
        return "".join(f"{s}{gap}" for s, gap in zip(each, between, strict=True))
    whole = one(text, language, depth)
    if whole is not None:
        return whole
    said, place = "", 0
    while place < len(starts):
        start, last = starts[place], min(place + MOST_ENDS, len(ends) - 1)
        for final in range(last, place - 1, -1):
            words = one(text[start : ends[final]], language, depth)
            if words is not None:
                break
        else:
            final, words = place, text[start : ends[place]]
        place = final + 1
        said += words + (cuts[final][0] if final < len(cuts) else "")
    return said


def one(text: str, language: str, depth: int) -> str | None:
    """Return one known sentence or word in the language, None where it is unknown."""
    known = words_of(language).get(text)
    if known is not None:
        return known
    patterns = patterns_of(language)
    fitting = [
        pattern
        for key in {"", *WORD.findall(text)}
        for pattern in patterns.get(key, ())
        if pattern.values(text) is not None
    ]
    fitting.sort(key=lambda pattern: -pattern.weight)
    said = (pattern.said(text, language, depth) for pattern in fitting)
    return next((words for words in said if words is not None), None)


def placed(value: str, language: str, depth: int) -> str:
    """Return words of ours in the place of a sentence, with the numbers in them.

    A title may stand there as a noun, in small letters.
    """
    if depth >= DEEPEST:
        return number(value)
    said = _spoken(value, language, depth + 1)
    title = value[:1].upper() + value[1:]
    if said != value or title == value:
        return number(value) if said == value else said
    noun = one(title, language, depth + 1)
    return number(value) if noun is None else noun[:1].lower() + noun[1:]


def is_torn(value: str) -> bool:
    """Whether a value begins within one pair of quotes and ends within another."""
    return 0 <= value.find("”") < value.find("“")


def all_numbers(found: dict[str, str]) -> bool:
    return all(NUMBER.fullmatch(value) for value in found.values())


def figure(text: str) -> str:
    """Return a number as languages other than English write it, others as they are."""
    return number(text) if NUMBER.fullmatch(text) else text


def number(text: str) -> str:
    """Return 12,345.5 as 12 345,5: languages other than English write so."""
    if not NUMBER.fullmatch(text):
        return FRACTION.sub(r"\1,\2", text)
    return text.replace(",", THIN).replace(".", ",")


def spoken_chart(spec: Any) -> Any:
    """Return a chart's specification with its words in the language that is spoken.

    A title that is more than a plain text is somebody's: see `datasets.words.Name`.
    """
    if isinstance(spec, list):
        return [spoken_chart(part) for part in spec]
    if not isinstance(spec, dict):
        return spec
    return {
        key: spoken(value)
        if key in SAID_IN_CHARTS and type(value) is str
        else value
        if key == "data"
        else spoken_chart(value)
        for key, value in spec.items()
    }
