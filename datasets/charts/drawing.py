"""What every chart is drawn with: one palette, one frame, one way to name columns.

Fields are ids or words of ours; the names that people gave columns are only titles.
Colours of axes and text are the page's: `static/js/charts.js` adds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from datasets.words import Name

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Told apart by people who see colours differently; one for each class, in order.
PALETTE = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9",
    "#8c564b", "#7f7f7f", "#bcbd22", "#9467bd", "#17becf", "#a00040",
)  # fmt: skip
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
HEIGHT = 260
TITLE_LENGTH = 60
UNGROUPED, POWERS = 10_000, 1e15
FITTED = {
    "width": "container",
    "height": HEIGHT,
    "autosize": {"type": "fit", "contains": "padding"},
}
#: What an axis with its title takes of the height, and a legend below it.
AXIS_HEIGHT, LEGEND_HEIGHT = 50, 70
#: So many marks a chart has at most.
MARKS = 5000
#: Rows of no class of their own, by what a legend says.
GREYS = {"others": "#999999", "missing": "#c8c8c8"}
EPOCH = datetime(1970, 1, 1)
#: Seconds from then to the first and the last time that can be written.
EARLIEST = (datetime.min - EPOCH).total_seconds()
LATEST = (datetime.max - EPOCH).total_seconds() - 1

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

    @classmethod
    def of(
        cls, title: str, words: str, marks: Spec, fields: Sequence[str], rows: list[Row]
    ) -> Drawing:
        """Return the drawing of rows of which these fields make the table."""
        table = [tuple(row[field] for field in fields) for row in rows]
        return cls(title, words, frame(title, words, marks), list(fields), table)


def frame(title: str, words: str, marks: Spec) -> Spec:
    """Return a chart as wide as its place on the page; several have their own size."""
    return {
        "$schema": SCHEMA,
        "description": f"{title}. {words}",
        "background": "transparent",
        **({} if "facet" in marks else FITTED),
        **marks,
    }


def short(name: object) -> str:
    """Return a name or value on one line, as long as an axis has room."""
    text = " ".join(str(name).split())
    return text if len(text) <= TITLE_LENGTH else f"{text[: TITLE_LENGTH - 1]}…"


def distinct(names: Sequence[object]) -> list[str]:
    """Return names as axes have room for them; equal ones get a number."""
    shown = [short(name) for name in names]
    return [
        f"{name} · {place}" if shown.count(name) > 1 else name
        for place, name in enumerate(shown, start=1)
    ]


def plain(value: float | str | None) -> str:
    """Write a number in a sentence; a time is written already.

    One of four digits may be a year and is not grouped; others are told in full.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return "–"
    is_large = UNGROUPED <= abs(value) < POWERS
    text = f"{value:,.0f}" if is_large else f"{value:.5g}"
    return text.replace("-", "−")


def axis(field: str, title: str, kind: str = "quantitative", **more: Any) -> Spec:
    """Return an encoding by one of our fields, titled by words of ours."""
    return {"field": field, "type": kind, "title": short(title) or None, **more}


def named(field: str, column: str, kind: str = "quantitative", **more: Any) -> Spec:
    """Return an encoding by one of our fields, titled by the column it shows."""
    return axis(field, column, kind, **more) | {"title": Name(short(column)) or None}


def scale_of(kind: str) -> Spec:
    """Let an axis begin where the values do; one of times does so anyway."""
    return {"zero": False} if kind == "quantitative" else {}


def tips(**kinds: str) -> list[Spec]:
    """Return what a mark says when it is pointed at: fields and their kinds."""
    formats = {"quantitative": ".5~g", "temporal": "%Y-%m-%d %H:%M"}
    return [
        {"field": field, "type": kind, "title": field}
        | ({"format": formats[kind]} if kind in formats else {})
        for field, kind in kinds.items()
    ]


def class_colour(labels: list[str], column: str) -> Spec:
    """Give each class of a column a colour, and rows of none a grey."""
    colours = iter(PALETTE)
    ranged = [GREYS[label] if label in GREYS else next(colours) for label in labels]
    return {
        "field": "class",
        "type": "nominal",
        "title": Name(short(column)),
        "scale": {"domain": labels, "range": ranged},
        "legend": {"orient": "bottom", "columns": 4, "labelLimit": 140},
    }


def moment(seconds: float) -> str:
    """Return seconds since 1970 as a time that charts and people read."""
    told = EPOCH + timedelta(seconds=min(max(seconds, EARLIEST), LATEST))
    return told.isoformat(timespec="seconds")
