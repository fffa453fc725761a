"""How something changes along time, or along another number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from datasets.charts.bar import MEASURES, MeasuredParameters, measured, said
from datasets.charts.drawing import (
    Drawing,
    axis,
    class_colour,
    moment,
    named,
    plain,
    scale_of,
    short,
    tips,
)
from datasets.charts.source import (
    TIMES,
    AnyColumn,
    ChartError,
    Ordered,
    kind_of,
    number_of,
)
from datasets.words import word

if TYPE_CHECKING:
    from datasets.charts.drawing import Row
    from datasets.charts.source import Classes, Source
    from datasets.tables import Column


class LineParameters(MeasuredParameters):
    """What a line chart shows."""

    x: Ordered = Field(title="Along", description="Dates, times or numbers.")
    points: int = Field(
        100, title="Points", description="Rows close together are one.", ge=2, le=400
    )
    colour: AnyColumn | None = Field(None, title="A line for each")


def draw(source: Source, parameters: LineParameters) -> Drawing:
    """Measure the rows that lie together along x, one line a class."""
    x = source.column(parameters, "x")
    classes = source.classes(source.optional(parameters, "colour"))
    rows = points_of(source, parameters, x, classes)
    if not rows:
        raise ChartError(f"“{short(x.name)}” has no values to draw.", "x")
    what = said(source, parameters)
    kind = kind_of(x)
    encoding: dict[str, Any] = {
        "x": named("x", x.name, kind, scale=scale_of(kind)),
        "y": axis("value", what, scale={"zero": parameters.measure == "rows"}),
        "tooltip": tips(x=kind, value="quantitative"),
        "color": {"value": classes.single},
    }
    if classes.column:
        encoding["color"] = class_colour(classes.seen(rows), classes.column.name)
    marks = {
        "data": {"values": rows},
        "mark": {"type": "line", "strokeWidth": 2, "point": len(rows) < 60},
        "encoding": encoding,
    }
    title = word(f"{what} along {short(x.name)}")
    names = ["x", "value", *classes.fields]
    return Drawing.of(title, words_of(rows), marks, names, rows)


def points_of(
    source: Source, parameters: LineParameters, x: Column, classes: Classes
) -> list[Row]:
    """Return points in the order of x, each at the mean of the rows it stands for."""
    low, high = source.ends(x, "x")
    width = (high / parameters.points - low / parameters.points) or 1.0
    found = source.ask(
        f"SELECT kind, avg(x), {MEASURES[parameters.measure]} FROM (SELECT "  # noqa: S608 -- ours
        f"{number_of(x)} AS x, {classes.place} AS kind, "
        f"{measured(source, parameters)} AS v FROM {{table}}) "
        "WHERE isfinite(x) AND v IS NOT NULL AND isfinite(v) "
        "GROUP BY kind, least(floor((x - $low) / $width), $last) ORDER BY 2, kind",
        low=low,
        width=width,
        last=parameters.points - 1,
        **classes.values,
    )
    place: Any = moment if x.type in TIMES else float
    return [
        {"x": place(x), "value": value, **classes.told(kind)}
        for kind, x, value in found
        if abs(x) != float("inf") and abs(value) != float("inf")
    ]


def words_of(rows: list[Row]) -> str:
    """Say where the line begins, ends, and is highest."""
    first, last = rows[0], rows[-1]
    most = max(rows, key=lambda row: row["value"])
    told = [f"{plain(r['value'])} at {plain(r['x'])}" for r in (first, last, most)]
    return f"{len(rows)} points, from {told[0]} to {told[1]}; highest {told[2]}."
