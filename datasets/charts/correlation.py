"""How each two columns go together, as a map of colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from datasets.charts.drawing import (
    AXIS_HEIGHT,
    LEGEND_HEIGHT,
    Drawing,
    axis,
    distinct,
    tips,
)
from datasets.charts.source import ChartError, ChartParameters
from datasets.words import word

if TYPE_CHECKING:
    from datasets.charts.drawing import Row, Spec
    from datasets.charts.source import Source

CELL_HEIGHT, NAMES_HEIGHT = 20, 80


class CorrelationParameters(ChartParameters):
    """What a map of correlations shows."""

    measure: Literal["pearson", "spearman", "strength"] = Field(
        "pearson",
        title="Measure",
        description="Pearson and Spearman compare numbers. Strength compares all: the "
        "size of Pearson's, Cramér's V of categories, the correlation ratio of both.",
        json_schema_extra={
            "words": {
                "pearson": word("along a line (Pearson)"),
                "spearman": word("by rank (Spearman)"),
                "strength": word("strength, of all types"),
            }
        },
    )
    columns: int = Field(20, title="Columns", description="The first.", ge=2, le=40)


def draw(source: Source, parameters: CorrelationParameters) -> Drawing:
    """Draw the pairs of the profile, each twice, and the diagonal."""
    measure = parameters.measure
    pairs = [pair for pair in source.pairs if pair.get(measure) is not None]
    if not pairs:
        raise ChartError("There are no two columns to compare.", "measure")
    compared = {id for pair in pairs for id in (pair["a"], pair["b"])}
    columns = [c for c in source.schema if c.id in compared][: parameters.columns]
    names = distinct([column.name for column in columns])
    labels = {c.id: name for c, name in zip(columns, names, strict=True)}
    shown = [pair for pair in pairs if {pair["a"], pair["b"]} <= labels.keys()]
    rows: list[Row] = [
        {"first": labels[one], "second": labels[other], "value": pair[measure]}
        for pair in shown
        for one, other in ((pair["a"], pair["b"]), (pair["b"], pair["a"]))
    ]
    rows += [{"first": name, "second": name, "value": 1.0} for name in names]
    words = words_of(rows, len(columns))
    marks = marks_of(rows, names, is_signed=measure != "strength")
    fields = ["first", "second", "value"]
    return Drawing.of("Correlations", words, marks, fields, rows)


def marks_of(rows: list[Row], names: list[str], *, is_signed: bool) -> Spec:
    """Return cells; a colour to each side of nothing where there are two sides."""
    scale: Spec = {"domain": [0, 1], "scheme": "blues"}
    if is_signed:
        scale = {"domain": [-1, 1], "scheme": "blueorange", "reverse": True}
    kinds = {"first": "nominal", "second": "nominal", "value": "quantitative"}
    height = len(names) * CELL_HEIGHT + AXIS_HEIGHT + LEGEND_HEIGHT + NAMES_HEIGHT
    legend = {"orient": "bottom", "title": None}
    return {
        "data": {"values": rows},
        "height": height,
        "mark": {"type": "rect"},
        "encoding": {
            "x": axis("second", "", "nominal", sort=names),
            "y": axis("first", "", "nominal", sort=names),
            "color": axis("value", "", scale=scale, legend=legend),
            "tooltip": tips(**kinds),
        },
    }


def words_of(rows: list[Row], columns: int) -> str:
    """Name the pairs that go together most."""
    pairs = [row for row in rows if row["first"] < row["second"]]
    pairs.sort(key=lambda row: -abs(row["value"]))
    told = (f"{p['first']} with {p['second']} {p['value']:.2f}" for p in pairs[:3])
    return f"{columns} columns. Strongest: {', '.join(told)}."
