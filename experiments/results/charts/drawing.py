"""What the charts of a result have in common: axes, lines, colours of classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasets.charts.drawing import PALETTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from datasets.charts.drawing import Row, Spec

#: From here on a sentence tells a figure in full, not by a power of ten.
FULL = 1_000


def told(value: float) -> str:
    """Write a figure as a sentence tells it: four digits, large ones in full."""
    return f"{value:,.0f}" if abs(value) >= FULL else f"{value:.4g}"


#: What a tip takes over from an axis.
TIPS = ("field", "type", "title")
#: Letters of a name that has room in a legend of four columns on a phone.
SHORT = 14
#: Pixels of a name in one of three.
NARROW = 84


def share_axis(field: str, title: str) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"domain": [0, 1]},
    }


def class_colour(rows: Iterable[Row]) -> Spec:
    """Give each class the colour it has on every chart of the page."""
    classes = list(dict.fromkeys(row["class"] for row in rows))
    colours = [PALETTE[place % len(PALETTE)] for place in range(len(classes))]
    legend = {"orient": "bottom", "title": None, **room_of(classes)}
    return {
        "field": "class",
        "type": "nominal",
        "scale": {"domain": classes, "range": colours},
        "legend": legend if len(classes) > 1 else None,
    }


def room_of(names: Iterable[str]) -> Spec:
    """Return the columns of a legend; long names are cut, but none is left out."""
    if max(map(len, names), default=0) <= SHORT:
        return {"columns": 4}
    return {"columns": 3, "labelLimit": NARROW}


def lines(
    x: Spec, y: Spec, *, diagonal: bool, points: bool = False
) -> Callable[[list[Row]], Spec]:
    """Return what draws one line a class, over the line of chance if wanted."""

    def marks(rows: list[Row]) -> Spec:
        mark = {"type": "line", "strokeWidth": 2, "point": points, "clip": True}
        layer: list[Spec] = [
            {
                "mark": mark,
                "encoding": {
                    "x": x,
                    "y": y,
                    "order": {"field": "order"},
                    "color": class_colour(rows),
                    "tooltip": [
                        {"field": "class", "type": "nominal"},
                        *(
                            {name: part[name] for name in TIPS} | {"format": ".3~f"}
                            for part in (x, y)
                        ),
                    ],
                },
            }
        ]
        if diagonal:
            layer.insert(0, reference([{"x": 0, "y": 0}, {"x": 1, "y": 1}]))
        return {"layer": layer}

    return marks


def reference(points: list[Row]) -> Spec:
    """Draw a dashed line to compare with."""
    return {
        "data": {"values": points},
        "mark": {"type": "line", "strokeDash": [4, 4], "color": "#888888"},
        "encoding": {
            "x": {"field": "x", "type": "quantitative"},
            "y": {"field": "y", "type": "quantitative"},
        },
    }


def score_axis(field: str, title: str) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"zero": False},
    }
