"""A bar for each value of a column: how many rows, or what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from datasets.charts.drawing import (
    AXIS_HEIGHT,
    Drawing,
    axis,
    named,
    plain,
    short,
    tips,
)
from datasets.charts.source import (
    AnyColumn,
    ChartError,
    ChartParameters,
    Numbers,
    number_of,
)
from datasets.words import statistics, word

if TYPE_CHECKING:
    from datasets.charts.drawing import Row
    from datasets.charts.source import Source

BAR = 22
#: What rows can come to, as SQL of their numbers; words of ours only.
MEASURES = {
    "rows": "count(*)",
    "mean": "avg(v)",
    "sum": "sum(v)",
    "median": "median(v)",
    "min": "min(v)",
    "max": "max(v)",
}
Measure = Literal["rows", "mean", "sum", "median", "min", "max"]


class MeasuredParameters(ChartParameters):
    """What rows come to: how many, or a statistic of a column."""

    measure: Measure = Field(
        "rows",
        title="Shows",
        json_schema_extra={
            "words": {
                "rows": word("number of rows"),
                "sum": word("sum"),
                **statistics("mean", "median", "min", "max"),
            }
        },
    )
    value: Numbers | None = Field(
        None, title="Of the column", description="For all but the number of rows."
    )

    @model_validator(mode="after")
    def _statistic_has_a_column(self) -> Self:
        if self.measure != "rows" and not self.value:
            raise ValueError(word("a statistic needs the column it is taken of"))
        return self


class BarParameters(MeasuredParameters):
    """What a bar chart shows."""

    column: AnyColumn = Field(title="A bar for each")
    most: int = Field(
        20, title="Most bars", description="The rest is one bar.", ge=1, le=100
    )


def draw(source: Source, parameters: BarParameters) -> Drawing:
    """Measure the most frequent values of a column."""
    column = source.column(parameters, "column")
    value = measured(source, parameters)
    classes = source.classes(column, parameters.most)
    found = source.ask(
        f"SELECT kind, {MEASURES[parameters.measure]}, count(*) FROM (SELECT "  # noqa: S608 -- ours
        f"{classes.place} AS kind, {value} AS v FROM {{table}}) "
        "WHERE v IS NOT NULL GROUP BY kind",
        **classes.values,
    )
    rows: list[Row] = [
        {"class": classes.labels[kind], "value": measure, "rows": count}
        for kind, measure, count in found
        if measure is not None and abs(measure) != float("inf")
    ]
    if not rows:
        raise ChartError(f"“{short(column.name)}” has no values to draw.", "column")
    order = classes.seen(rows)
    rows.sort(key=lambda row: order.index(row["class"]))
    what = said(source, parameters)
    title = f"{what} by {short(column.name)}"
    encoding = {
        "y": named("class", column.name, "nominal", sort=order),
        "x": axis("value", what),
        "tooltip": tips(**{"class": "nominal", "value": "quantitative"}),
    }
    marks = {
        "data": {"values": rows},
        "height": len(rows) * BAR + AXIS_HEIGHT,
        "mark": {"type": "bar", "color": classes.single},
        "encoding": encoding,
    }
    words = words_of(rows)
    return Drawing.of(title, words, marks, ["class", "value", "rows"], rows)


def measured(source: Source, parameters: MeasuredParameters) -> str:
    """Return SQL for the numbers that are measured; rows are only counted."""
    column = source.optional(parameters, "value")
    if column is None or parameters.measure == "rows":
        return "1"
    return number_of(column)


def said(source: Source, parameters: MeasuredParameters) -> str:
    """Name what is shown: "mean of price"."""
    if parameters.measure == "rows":
        return word("Rows")
    words = {"min": word("Smallest"), "max": word("Largest")}
    measure = words.get(parameters.measure, parameters.measure.capitalize())
    return f"{measure} of {short(parameters.value)}"


def words_of(rows: list[Row]) -> str:
    """Name the greatest and the smallest bar."""
    most = max(rows, key=lambda row: row["value"])
    least = min(rows, key=lambda row: row["value"])
    told = [f"{row['class']}, {plain(row['value'])}" for row in (most, least)]
    return f"{len(rows)} bars. Greatest: {told[0]}; smallest: {told[1]}."
