"""Where values are missing: columns against parts of the table, top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from datasets.charts.drawing import (
    AXIS_HEIGHT,
    LEGEND_HEIGHT,
    Drawing,
    axis,
    distinct,
    short,
    tips,
)
from datasets.charts.source import ChartError, ChartParameters
from datasets.paging import PLACE
from datasets.words import word

if TYPE_CHECKING:
    from datasets.charts.drawing import Row
    from datasets.charts.source import Source
    from datasets.tables import Column

ROW_HEIGHT = 18


class MissingParameters(ChartParameters):
    """What a map of missing values shows."""

    columns: int = Field(
        30,
        title="Columns",
        description="Those that miss most, in the order of the table.",
        ge=1,
        le=60,
    )
    parts: int = Field(
        50, title="Parts", description="Of the rows, top to bottom.", ge=1, le=80
    )


def draw(source: Source, parameters: MissingParameters) -> Drawing:
    """Count what is missing in each part of each column."""
    lacking = [c for c in source.schema if source.missing.get(c.id)]
    if not lacking:
        raise ChartError("No value is missing in this version.", "columns")
    lacking.sort(key=lambda c: source.missing[c.id], reverse=True)
    most = {column.id for column in lacking[: parameters.columns]}
    columns = [column for column in source.schema if column.id in most]
    rows = parts_of(source, columns, min(parameters.parts, source.rows))
    labels = list(dict.fromkeys(row["column"] for row in rows))
    marks = {
        "data": {"values": rows},
        "height": len(labels) * ROW_HEIGHT + AXIS_HEIGHT + LEGEND_HEIGHT,
        "mark": {"type": "rect"},
        "encoding": {
            "x": axis("from", "Row"),
            "x2": {"field": "to"},
            "y": axis("column", "", "nominal", sort=labels),
            "color": axis(
                "share", "Missing", scale={"domain": [0, 1], "scheme": "blues"}
            )
            | {"legend": {"format": ".0%", "orient": "bottom"}},
            "tooltip": tips(
                **{"column": "nominal", "from": "quantitative", "to": "quantitative"},
                share="quantitative",
            ),
        },
    }
    names = ["column", "from", "to", "share"]
    words = words_of(source, lacking)
    return Drawing.of(word("Missing values"), words, marks, names, rows)


def parts_of(source: Source, columns: list[Column], parts: int) -> list[Row]:
    """Return the share that is missing in each part of each column."""
    counts = ", ".join(f"1 - count({column.id}) / count(*)" for column in columns)
    found = source.ask(
        f"SELECT place * $parts // $rows AS part, min(place), max(place), {counts} "  # noqa: S608 -- ours
        f"FROM (SELECT {PLACE} AS place, * FROM {{table}}) GROUP BY part ORDER BY part",
        parts=parts,
        rows=source.rows,
    )
    labels = distinct([column.name for column in columns])
    return [
        {"column": label, "from": first + 1, "to": last + 2, "share": share}
        for _, first, last, *shares in found
        for label, share in zip(labels, shares, strict=True)
    ]


def words_of(source: Source, lacking: list[Column]) -> str:
    """Say how many columns miss values, and which most."""
    worst = ", ".join(
        f"{short(c.name)} {source.missing[c.id] / source.rows:.1%}" for c in lacking[:5]
    )
    noun = word("column misses") if len(lacking) == 1 else word("columns miss")
    return f"{len(lacking):,} {noun} values. Most: {worst}."
