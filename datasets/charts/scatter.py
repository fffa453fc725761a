"""How two columns go together: one dot a row, of a sample where there are many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from datasets.charts.drawing import (
    MARKS,
    Drawing,
    class_colour,
    moment,
    named,
    scale_of,
    short,
    tips,
)
from datasets.charts.source import (
    ORDERED,
    AnyColumn,
    ChartError,
    ChartParameters,
    Numbers,
    Ordered,
    kind_of,
    number_of,
)
from datasets.paging import PLACE
from datasets.words import word

if TYPE_CHECKING:
    from datasets.charts.drawing import Row, Spec
    from datasets.charts.source import Classes, Source
    from datasets.tables import Column

FACETS = 6


class ScatterParameters(ChartParameters):
    """What a scatter plot shows."""

    x: Ordered = Field(title="Across")
    y: Ordered = Field(title="Up")
    colour: AnyColumn | None = Field(
        None, title="Colour by", description="Numbers get a scale, others a legend."
    )
    size: Numbers | None = Field(None, title="Size by")
    facets: AnyColumn | None = Field(
        None, title="One plot for each", description="Its most frequent values."
    )


def draw(source: Source, parameters: ScatterParameters) -> Drawing:
    """Draw every n-th row, so many as a chart may have."""
    roles = {
        role: column
        for role in ("x", "y", "colour", "size")
        if (column := source.optional(parameters, role))
    }
    is_scale = "colour" in roles and roles["colour"].type in ORDERED
    classes = source.classes(None if is_scale else roles.pop("colour", None))
    facets = source.classes(source.optional(parameters, "facets"), FACETS, "facet")
    rows, every = dots_of(source, roles, classes, facets)
    x, y = roles["x"], roles["y"]
    if not rows:
        raise ChartError(
            f"No row has both “{short(x.name)}” and “{short(y.name)}”.", "y"
        )
    marks = marks_of(roles, classes, rows)
    names = [*roles, *classes.fields, *facets.fields]
    if facets.column:
        marks = faceted(marks, facets.column, facets.seen(rows))
    title = word(f"{short(y.name)} against {short(x.name)}")
    words = words_of(rows, every, source.rows)
    return Drawing.of(title, words, {"data": {"values": rows}, **marks}, names, rows)


def dots_of(
    source: Source, roles: dict[str, Column], classes: Classes, facets: Classes
) -> tuple[list[Row], int]:
    """Return dots by role, and of how many rows each is one."""
    every = -(-source.rows // MARKS) or 1
    wanted = ", ".join(f"{number_of(c)} AS {role}" for role, c in roles.items())
    found = source.ask(
        f"SELECT * FROM (SELECT {wanted}, {classes.place} AS kind, "  # noqa: S608 -- ours
        f"{facets.place} AS part FROM {{table}} "
        f"WHERE {PLACE} % $every = 0) WHERE isfinite(x) AND isfinite(y)",
        every=every,
        **classes.values,
        **facets.values,
    )
    rows: list[Row] = []
    for *values, kind, facet in found:
        drawn = zip(roles.items(), values, strict=True)
        row = {role: plain_of(column, value) for (role, column), value in drawn}
        rows.append(row | classes.told(kind) | facets.told(facet))
    return rows, every


def plain_of(column: Column, value: float | None) -> Any:
    """Return a value as JSON holds it: no infinity, times as text."""
    if value is None or abs(value) == float("inf"):
        return None
    return moment(value) if kind_of(column) == "temporal" else value


def marks_of(roles: dict[str, Column], classes: Classes, rows: list[Row]) -> Spec:
    """Return how dots are drawn."""
    encoding: Spec = {
        role: named(role, column.name, kind_of(column), scale=scale_of(kind_of(column)))
        for role, column in roles.items()
        if role in ("x", "y", "size")
    }
    encoding.setdefault("size", {"value": 24})
    encoding["color"] = {"value": classes.single}
    if "colour" in roles:
        scale = {"scale": {"scheme": "viridis"}}
        column = roles["colour"]
        encoding["color"] = named("colour", column.name, kind_of(column), **scale)
    elif classes.column:
        encoding["color"] = class_colour(classes.seen(rows), classes.column.name)
    kinds = {role: kind_of(column) for role, column in roles.items()}
    encoding["tooltip"] = tips(**kinds, **dict.fromkeys(classes.fields, "nominal"))
    return {"mark": {"type": "circle", "opacity": 0.6}, "encoding": encoding}


def faceted(marks: Spec, column: Column, order: list[str]) -> Spec:
    """Return one small plot for each value, side by side as far as they fit."""
    return {
        "facet": named("facet", column.name, "nominal", sort=order),
        "columns": 3,
        "spec": {**marks, "width": 200, "height": 160},
    }


def words_of(rows: list[Row], every: int, total: int) -> str:
    """Say how much of the table is drawn."""
    part = (
        word(f"one of {every:,} rows of {total:,}")
        if every > 1
        else word(f"of {total:,} rows")
    )
    left = -(-total // every) - len(rows)
    lacking = f" {left:,} more lack a value and are left out." if left else ""
    drawn = f"{len(rows):,} dots, {part}."
    return drawn + lacking
