"""Quartiles and outliers of a column, side by side for the groups of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from datasets.charts.drawing import PALETTE, Drawing, named, plain, short, tips
from datasets.charts.source import (
    AnyColumn,
    ChartError,
    ChartParameters,
    Numbers,
    number_of,
)
from datasets.words import word

if TYPE_CHECKING:
    from datasets.charts.drawing import Row, Spec
    from datasets.charts.source import Classes, Source
    from datasets.tables import Column

#: Boxes side by side, and dots for the outliers of each at most.
BOXES, DOTS = 20, 100
FENCE = 1.5
ENDS = ("low", "first", "median", "third", "high")


class BoxParameters(ChartParameters):
    """What a box plot shows."""

    value: Numbers = Field(title="Column")
    by: AnyColumn | None = Field(
        None,
        title="A box for each",
        description="Its twenty most frequent values; the others are one box.",
    )


def draw(source: Source, parameters: BoxParameters) -> Drawing:
    """Compute quartiles for each group, and what lies beyond its fences."""
    value = source.column(parameters, "value")
    classes = source.classes(source.optional(parameters, "by"), BOXES)
    rows, dots = boxes_of(source, value, classes)
    if not rows:
        raise ChartError(f"“{short(value.name)}” has no values to draw.", "value")
    title = word(f"Box plot of {short(value.name)}")
    if classes.column:
        title += f" by {short(classes.column.name)}"
    marks = {"layer": layers_of(rows, dots, value, classes)}
    names = [*classes.fields, *ENDS, "rows"]
    return Drawing.of(title, words_of(rows, dots), marks, names, rows)


def boxes_of(
    source: Source, value: Column, classes: Classes
) -> tuple[list[Row], list[Row]]:
    """Return the boxes of the groups, and dots for the outliers of each."""
    found = source.ask(
        f"WITH numbers AS NOT MATERIALIZED (SELECT {number_of(value)} AS v, "  # noqa: S608 -- ours
        f"{classes.place} AS kind FROM {{table}} WHERE isfinite({number_of(value)})), "
        "quartiles AS (SELECT kind, quantile_cont(v, [0.25, 0.5, 0.75]) AS q, "
        "min(v) AS least, max(v) - min(v) AS span FROM numbers GROUP BY kind), "
        "judged AS (SELECT *, v < q[1] - $fence * (q[3] - q[1]) "
        "OR v > q[3] + $fence * (q[3] - q[1]) AS far "
        "FROM numbers JOIN quartiles USING (kind)) "
        "SELECT kind, far, "
        "CASE WHEN far THEN floor((v - least) / span * $dots) END AS dot, "
        "any_value(q), min(v), max(v), count(*) FROM judged "
        "GROUP BY kind, far, dot ORDER BY kind < 1, kind, dot",
        fence=FENCE,
        dots=DOTS,
        **classes.values,
    )
    rows: list[Row] = []
    dots: list[Row] = []
    for kind, is_far, _, quartiles, low, high, count in found:
        label = classes.told(kind)
        if is_far:
            dots.append({"value": low, "rows": count} | label)
        else:
            ends = dict(zip(ENDS, (low, *quartiles, high), strict=True))
            rows.append({**ends, "rows": count} | label)
    return rows, dots


def layers_of(
    rows: list[Row], dots: list[Row], value: Column, classes: Classes
) -> list[Spec]:
    """Return lines from end to end, boxes, medians and dots."""
    across: Spec = {}
    if classes.column:
        order = classes.seen(rows)
        across["x"] = named("class", classes.column.name, "nominal", sort=order)
    kinds = dict.fromkeys(ENDS, "quantitative")
    size = max(6, min(48, 480 // len(rows)))

    def layer(mark: Spec, data: list[Row], start: str, end: str = "") -> Spec:
        encoding: Spec = {"y": named(start, value.name, scale={"zero": False})}
        encoding |= across | ({"y2": {"field": end}} if end else {})
        is_dot = data is dots
        shown = {"value": "quantitative", "rows": "quantitative"} if is_dot else kinds
        encoding["tooltip"] = tips(**shown)
        return {"data": {"values": data}, "mark": mark, "encoding": encoding}

    blue, red = PALETTE[:2]
    median = {"type": "tick", "size": size, "color": "#ffffff", "thickness": 2}
    layers = [
        layer({"type": "rule", "color": blue}, rows, "low", "high"),
        layer({"type": "bar", "size": size, "color": blue}, rows, "first", "third"),
        layer(median, rows, "median"),
    ]
    if dots:
        circle = {"type": "circle", "color": red, "opacity": 0.7}
        layers.append(layer(circle, dots, "value"))
    return layers


def words_of(rows: list[Row], dots: list[Row]) -> str:
    """Say where the medians lie, and how many values lie outside."""
    named = (f"{row.get('class', '')} {plain(row['median'])}" for row in rows[:8])
    medians = ", ".join(named).strip()
    far = sum(dot["rows"] for dot in dots)
    return f"Median: {medians}. {far:,} values lie beyond 1.5 quartile distances."
