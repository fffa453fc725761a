"""How long charts and outliers of a large version take, beside bare Polars.

They are drawn as the pages draw them; `benchmarks.large` says from what and where.

Run: python -m benchmarks.big_charts [rows]
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from benchmarks.large import measure, schema_path

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.large import Work

BOUNDS = (17.6, 82.4)


def main() -> None:
    """Measure both, and print a table in Markdown."""
    doing = {"datamine": _datamine, "polars": _polars}
    measure("benchmarks.big_charts", "charts", doing)


def _datamine(path: Path, rows: int) -> Work:
    from datasets.charts.catalogue import CHARTS  # noqa: PLC0415 -- measured alone
    from datasets.charts.source import Source  # noqa: PLC0415 -- measured alone
    from datasets.outliers import (  # noqa: PLC0415 -- measured alone
        OutlierRule,
        find_outliers,
    )
    from datasets.tables import Schema  # noqa: PLC0415 -- measured alone

    schema = Schema.from_json(json.loads(schema_path(path).read_text()))
    source = Source(path, schema, rows, {})
    x, y, kind = (schema.columns[place].name for place in (2, 3, 12))
    rule = OutlierRule(method="range", low=BOUNDS[0], high=BOUNDS[1])
    figures = {"id": "c2", "name": x, "minimum": -10.0, "maximum": 110.0}
    ids = ["_row", "c2", *(f"c{place}" for place in range(3, 12))]
    return {
        "histogram": lambda: CHARTS["histogram"].draw(source, {"column": x}),
        "scatter plot": lambda: CHARTS["scatter"].draw(source, {"x": x, "y": y}),
        "scatter plot in colours": lambda: CHARTS["scatter"].draw(
            source, {"x": x, "y": y, "colour": kind}
        ),
        "outliers": lambda: find_outliers(path, figures, rule, ids),
    }


def _polars(path: Path, rows: int) -> Work:
    import polars as pl  # noqa: PLC0415 -- measured alone

    table, every = pl.scan_parquet(path), max(rows // 5000, 1)
    value = pl.col("c2")
    far = ~value.is_between(*BOUNDS)
    return {
        "histogram": lambda: table.group_by(((value + 10) / 4).floor()).len().collect(),
        "scatter plot": lambda: table.select("c2", "c3").gather_every(every).collect(),
        "scatter plot in colours": lambda: pl.collect_all(
            [
                table.select("c2", "c3", "c12").gather_every(every),
                table.group_by("c12").len(),
            ]
        ),
        "outliers": lambda: pl.collect_all(
            [
                table.filter(far).select(pl.len()),
                table.filter(far).select("_row", "c2").top_k(50, by="c2"),
                table.filter(~far).select(value.min(), high=value.max()),
            ]
        ),
    }


if __name__ == "__main__":
    main()
