"""What every chart is drawn with: one palette, one frame, one way to name columns.

Fields are ids or words of ours; the names that people gave columns are only titles.
Colours of axes and text are the page's: `static/js/charts.js` adds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: Told apart by people who see colours differently; one for each class, in order.
PALETTE = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9",
    "#8c564b", "#7f7f7f", "#bcbd22", "#9467bd", "#17becf", "#a00040",
)  # fmt: skip
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
HEIGHT = 260
TITLE_LENGTH = 60

Row = dict[str, Any]
Spec = dict[str, Any]


@dataclass(frozen=True)
class Drawing:
    """A chart of data that were counted before.

    Parameters
    ----------
    title
        What it shows, with the names of columns.
    words
        The same in sentences, for those who do not see it.
    spec
        The chart as Vega-Lite, its data within.
    header, rows
        What is drawn, as a table.
    """

    title: str
    words: str
    spec: Spec
    header: list[str]
    rows: list[tuple[Any, ...]]


def frame(title: str, words: str, marks: Spec) -> Spec:
    """Return a chart as wide as its place on the page."""
    return {
        "$schema": SCHEMA,
        "description": f"{title}. {words}",
        "width": "container",
        "height": HEIGHT,
        "autosize": {"type": "fit", "contains": "padding"},
        "background": "transparent",
        **marks,
    }


def short(name: object) -> str:
    """Return a name or value on one line, as long as an axis has room."""
    text = " ".join(str(name).split())
    return text if len(text) <= TITLE_LENGTH else f"{text[: TITLE_LENGTH - 1]}…"


def plain(value: float | None) -> str:
    """Write a number in a sentence."""
    return "–" if value is None else f"{value:,.5g}"
