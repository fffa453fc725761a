"""How often the values of a column occur, in bars of equal width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

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
    ChartParameters,
    Classes,
    Ordered,
    kind_of,
    number_of,
)
from datasets.words import word

if TYPE_CHECKING:
    from datasets.charts.drawing import Row
    from datasets.charts.source import Source
    from datasets.tables import Column


class HistogramParameters(ChartParameters):
    """What a histogram shows."""

    column: Ordered = Field(title="Column", description="Numbers, dates or times.")
    bins: int = Field(30, title="Bars", ge=2, le=200)
    colour: AnyColumn | None = Field(None, title="Colour by")


def draw(source: Source, parameters: HistogramParameters) -> Drawing:
    """Count the values of each bar, and of each class within it."""
    column = source.column(parameters, "column")
    classes = source.classes(source.optional(parameters, "colour"))
    rows = bars_of(source, column, classes, parameters.bins)
    words = words_of(column, rows, source.rows)
    title = word(f"Histogram of {short(column.name)}")
    kind = kind_of(column)
    encoding = {
        "x": named("from", column.name, kind, scale=scale_of(kind)),
        "x2": {"field": "to"},
        "y": axis("below", "Rows"),
        "y2": {"field": "above"},
        "tooltip": tips(**{"from": kind, "to": kind, "rows": "quantitative"}),
    }
    if classes.column:
        encoding["color"] = class_colour(classes.seen(rows), classes.column.name)
    marks = {
        "data": {"values": rows},
        "mark": {"type": "rect", "color": classes.single, "x2Offset": -1},
        "encoding": encoding,
    }
    names = ["from", "to", *classes.fields, "rows"]
    return Drawing.of(title, words, marks, names, rows)


def bars_of(source: Source, column: Column, classes: Classes, bins: int) -> list[Row]:
    """Return bars with rows in them, by class; the last one holds its right end."""
    low, high = source.ends(column, "column")
    bins = bins if high > low else 1
    width = (high / bins - low / bins) or 1.0
    found = source.ask(
        "SELECT least(floor((v - $low) / $width), $last)::INTEGER AS bar, kind, "  # noqa: S608 -- ours
        f"count(*) FROM (SELECT {number_of(column)} AS v, {classes.place} AS kind "
        "FROM {table}) WHERE isfinite(v) GROUP BY bar, kind ORDER BY bar, kind",
        low=low,
        width=width,
        last=bins - 1,
        **classes.values,
    )
    end: Any = moment if column.type in TIMES else float
    rows, heights = [], dict.fromkeys(range(bins), 0)
    for bar, kind, count in found:
        rows.append(
            {
                "from": end(low + bar * width),
                "to": end(low + (bar + 1) * width),
                "rows": count,
                "below": heights[bar],
                "above": heights[bar] + count,
                **classes.told(kind),
            }
        )
        heights[bar] += count
    return rows


def words_of(column: Column, rows: list[Row], all_rows: int) -> str:
    """Say where most values lie."""
    bars: dict[Any, int] = {}
    for row in rows:
        ends = row["from"], row["to"]
        bars[ends] = bars.get(ends, 0) + row["rows"]
    total = sum(bars.values())
    fullest = max(bars, key=lambda ends: bars[ends])
    low, high = map(plain, fullest)
    left = all_rows - total
    return (
        f"{total:,} values of “{short(column.name)}”; most of them, {bars[fullest]:,}, "
        f"lie between {low} and {high}."
    ) + (f" {left:,} rows have no value to draw." if left else "")
