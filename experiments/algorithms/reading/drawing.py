"""A tree as boxes and lines, from left to right, every size worked out.

A box says how one comes there, what its node answers, and of how many rows; its bar
shows the shares of the classes. Lines are as thick as the part of the rows they lead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from datasets.charts.drawing import GREYS, PALETTE
from datasets.words import word
from experiments.algorithms.reading.layout import lay_out
from experiments.algorithms.reading.rules import answer_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from experiments.algorithms.reading.layout import Place
    from experiments.algorithms.reading.view import TreeView, ViewNode

#: Sizes in pixels. Four levels below the root are as wide as a page.
WIDTH, HEIGHT, GAP, ROW = 170, 52, 34, 64
LEFT, BAR, THINNEST, THICKEST = 8, 104, 1.0, 10.0
KEY_ROW, KEY_WIDTH = 20, 150
#: How many letters fit: of a condition, of an answer, of a class among the keys.
CONDITION, ANSWER, CLASS = 25, 15, 20
#: All but the letters of XML 1.0.
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Bar:
    """A part of the bar of a box."""

    x: float
    width: float
    colour: str


@dataclass(frozen=True)
class Box:
    """A node as it is drawn, at the place of its left upper corner."""

    x: int
    y: float
    sentence: str
    taken: str
    answer: str
    share: str
    rows: str
    question: str
    hidden: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Line:
    """A line from a box to one to the right of it."""

    path: str
    thickness: float


@dataclass(frozen=True)
class Key:
    """What a colour stands for."""

    x: int
    y: int
    colour: str
    name: str


@dataclass(frozen=True)
class Drawing:
    """A tree ready to be drawn; `hidden` nodes of it are not."""

    title: str
    words: str
    width: int
    height: int
    keys: tuple[Key, ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    hidden: int
    box_width: int = WIDTH
    box_height: int = HEIGHT


def draw(view: TreeView, *, whole: bool) -> Drawing:
    """Return the drawing of a tree; not `whole`, as much as a page has room for."""
    places = lay_out(view, whole=whole)
    deepest = max(place.level for place in places)
    columns = max(2, 1 + deepest)
    width = columns * (WIDTH + GAP) - GAP + 2
    keys = tuple(_keys(view, max(1, width // KEY_WIDTH)))
    top = keys[-1].y + KEY_ROW + LEFT if keys else 0
    middles = [top + place.row * ROW + HEIGHT / 2 + 1 for place in places]
    return Drawing(
        title=f"Decision tree for {_clean(view.target)}",
        words=_words(view),
        width=width,
        height=int(max(middles) + HEIGHT / 2 + 2),
        keys=keys,
        boxes=tuple(
            _box(view, place, middle)
            for place, middle in zip(places, middles, strict=True)
        ),
        lines=tuple(_lines(places, middles)),
        hidden=sum(place.hidden for place in places),
    )


def _words(view: TreeView) -> str:
    leaves = sum(not node.branches for node in view.nodes)
    size = len(view.nodes) + view.left_out
    first = view.nodes[0].feature
    if first is None:
        return "The tree asks nothing: it answers the same for every row."
    what = (
        word(f"{_counted(size)} nodes")
        if view.left_out
        else word(f"{_counted(leaves)} leaves")
    )
    return f"{what}; the first question is about {_clean(first)}."


def _box(view: TreeView, place: Place, middle: float) -> Box:
    node = place.node
    answer = answer_in_words(view, node)
    share = f"{max(node.answer):.0%}" if view.labels is not None else ""
    rows = _counted(node.weight)
    hidden = f"+ {_counted(place.hidden)}" if place.hidden else ""
    said = ", ".join(part for part in (answer, share, word(f"{rows} rows")) if part)
    return Box(
        x=_left(place),
        y=round(middle - HEIGHT / 2, 1),
        sentence=_clean(f"{place.condition}: {said}"),
        taken=fitted(place.taken, CONDITION - len(hidden)),
        answer=fitted(answer, ANSWER),
        share=share,
        rows=rows,
        question=fitted(f"{node.feature}?", CONDITION) if place.is_open else "",
        hidden=hidden,
        bars=tuple(_bars(view, node)),
    )


def _bars(view: TreeView, node: ViewNode) -> Iterator[Bar]:
    """Yield the shares of the classes; of a number how far it is up to the highest."""
    if view.labels is None:
        answers = [other.answer[0] for other in view.nodes]
        low, high = min(answers), max(answers)
        part = (node.answer[0] - low) / (high - low) if high > low else 1.0
        yield Bar(LEFT, round(max(2.0, part * BAR), 1), PALETTE[0])
        return
    x = float(LEFT)
    for number, share in enumerate(node.answer):
        if share > 0:
            yield Bar(round(x, 1), round(share * BAR, 1), _colour(view, number))
        x += share * BAR


def _lines(places: Sequence[Place], middles: Sequence[float]) -> Iterator[Line]:
    whole = places[0].node.weight or 1.0
    for place, end in zip(places[1:], middles[1:], strict=True):
        right, start = _left(place), middles[place.parent]
        left, between = right - GAP, right - GAP // 2
        thickness = THINNEST + (THICKEST - THINNEST) * place.node.weight / whole
        path = f"M{left} {start} C{between} {start} {between} {end} {right} {end}"
        yield Line(path, round(thickness, 1))


def _left(place: Place) -> int:
    return place.level * (WIDTH + GAP) + 1


def _keys(view: TreeView, columns: int) -> Iterator[Key]:
    named = [str(label) for label in view.labels or ()]
    if len(named) > len(PALETTE):
        named[len(PALETTE) - 1 :] = [word("other classes")]
    for number, name in enumerate(named):
        row, column = divmod(number, columns)
        x, y = column * KEY_WIDTH + 1, row * KEY_ROW
        yield Key(x, y, _colour(view, number), fitted(name, CLASS))


def _colour(view: TreeView, number: int) -> str:
    """Return the colour of a class; those there are too many of are grey."""
    too_many = len(view.labels or ()) > len(PALETTE)
    if too_many and number >= len(PALETTE) - 1:
        return GREYS["others"]
    return PALETTE[number]


def _counted(weight: float) -> str:
    """Write a number of rows or nodes in groups of three digits, as the pages do."""
    return f"{weight:,.1f}".removesuffix(".0").replace(",", "\u202f")


def fitted(text: str, room: int) -> str:
    """Return text cut to as many letters as there is room for; wide ones are two."""
    text = _clean(text)
    used = 0
    for place, letter in enumerate(text):
        used += 2 if east_asian_width(letter) in "WF" else 1
        if used > room:
            return f"{text[: place - 1].rstrip()}…"
    return text


def _clean(text: str) -> str:
    """Return text on one line, without the signs that SVG cannot hold."""
    return _FORBIDDEN.sub("�", " ".join(text.split()))
