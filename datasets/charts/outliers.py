"""The box plot beside a table of outliers: one column and the bounds it is held to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasets.charts.drawing import PALETTE, Drawing, Spec, frame, plain, short
from datasets.words import Name, word

if TYPE_CHECKING:
    from datasets.outliers import Outliers

SIZE = 56


def draw_outliers(figures: dict[str, Any], found: Outliers) -> Drawing:
    """Draw a column's quartiles, the numbers within the bounds and those beyond."""
    title = word(f"Outliers of {short(figures['name'])}")
    words = words_of(figures, found)
    box = {
        "low": found.whiskers[0],
        "first": figures["quantiles"]["0.25"],
        "median": figures["quantiles"]["0.5"],
        "third": figures["quantiles"]["0.75"],
        "high": found.whiskers[1],
    }
    marks = [{"value": value, "count": count} for value, count in found.marks]
    ends = (
        (word("Lowest allowed"), found.bounds.low),
        (word("Highest allowed"), found.bounds.high),
    )
    bounds = [{"bound": end, "words": w} for w, end in ends if end is not None]
    layers = [*box_layers([box], figures["name"]), *bound_layers(bounds)]
    if marks:
        layers.append(dots(marks))
    return Drawing(
        title=title,
        words=words,
        spec=frame(title, words, {"layer": layers}),
        header=["value", "outliers"],
        rows=found.marks,
    )


def words_of(figures: dict[str, Any], found: Outliers) -> str:
    """Say what the box plot shows."""
    name = short(figures["name"])
    if not found.count:
        return (
            f"No value of “{name}” is an outlier: all lie between "
            f"{plain(found.whiskers[0])} and {plain(found.whiskers[1])}."
        )
    low, high = plain(found.bounds.low), plain(found.bounds.high)
    if found.below and found.above:
        sides = word(f"{found.below:,} below {low} and {found.above:,} above {high}")
    elif found.below:
        sides = word(f"{found.below:,} below {low}")
    else:
        sides = word(f"{found.above:,} above {high}")
    least, most = map(plain, found.whiskers)
    return (
        f"{found.count:,} of the values of “{name}” are outliers: "
        f"{sides}. The others lie between {least} and {most}; the median "
        f"of all is {plain(figures['quantiles']['0.5'])}."
    )


def box_layers(boxes: list[dict[str, Any]], column: str) -> list[Spec]:
    """Draw boxes whose ends were computed before."""
    data = {"values": [box for box in boxes if box["low"] is not None]}
    tips = [
        {"field": name, "type": "quantitative", "format": ".5~g"} for name in boxes[0]
    ]

    def upright(start: str, end: str | None = None) -> Spec:
        axis = {"field": start, "type": "quantitative", "title": Name(short(column))}
        found: Spec = {"y": axis | {"scale": {"zero": False}}, "tooltip": tips}
        return found | {"y2": {"field": end}} if end else found

    colour = PALETTE[0]
    return [
        {"data": data, "mark": {"type": "rule", "color": colour},
         "encoding": upright("low", "high")},
        {"data": data, "mark": {"type": "bar", "size": SIZE, "color": colour},
         "encoding": upright("first", "third")},
        {"data": data,
         "mark": {"type": "tick", "size": SIZE, "color": "#ffffff", "thickness": 2},
         "encoding": upright("median")},
    ]  # fmt: skip


def bound_layers(bounds: list[dict[str, Any]]) -> list[Spec]:
    """Draw a dashed line at each bound."""
    if not bounds:
        return []
    tips = [{"field": "words", "title": " "}, {"field": "bound", "title": "bound"}]
    return [
        {
            "data": {"values": bounds},
            "mark": {"type": "rule", "strokeDash": [4, 4], "color": "#888888"},
            "encoding": {
                "y": {"field": "bound", "type": "quantitative"},
                "tooltip": [tip | {"type": "nominal"} for tip in tips],
            },
        }
    ]


def dots(marks: list[dict[str, Any]]) -> Spec:
    """Draw outliers, several at one place as a larger dot."""
    largest = max((mark["count"] for mark in marks), default=1)
    size = {"domain": [1, max(largest, 2)], "range": [24, 24 if largest == 1 else 160]}
    return {
        "data": {"values": marks},
        "mark": {"type": "circle", "color": PALETTE[1], "opacity": 0.7},
        "encoding": {
            "y": {"field": "value", "type": "quantitative"},
            "size": {
                "field": "count",
                "type": "quantitative",
                "scale": size,
                "legend": None,
            },
            "tooltip": [
                {"field": "value", "type": "quantitative", "format": ".5~g"},
                {"field": "count", "type": "quantitative"},
            ],
        },
    }
