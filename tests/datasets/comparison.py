"""The same work on Polars and on a second engine, which must agree.

The second one is DuckDB, or the Spark cluster that `make spark` starts.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from datasets.engines import engine
from datasets.engines.polars_engine import DTYPES
from datasets.recipes import FittedRecipe, StepSpec, fit_recipe
from datasets.tables import ROW, Column, ColumnType, Schema, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

EXACT = 1e-9
SECOND = os.environ.get("DATAMINE_TEST_ENGINE", "duckdb")
BOTH = ("polars", SECOND)


def schema_of(types: Mapping[str, ColumnType]) -> Schema:
    """Make a schema: names as given, ids c0, c1 …"""
    columns = (Column(f"c{i}", n, t) for i, (n, t) in enumerate(types.items()))
    return Schema(tuple(columns))


def store(path: Path, schema: Schema, values: Mapping[str, Sequence[Any]]) -> Path:
    """Write a typed Parquet file of these values, by column name."""
    series = [
        pl.Series(column.id, values[column.name], dtype=DTYPES[column.type])
        for column in schema
    ]
    rows = pl.Series(ROW, range(len(series[0])), dtype=pl.Int64)
    pl.DataFrame([rows, *series]).write_parquet(path)
    return path


def fit_on_both(
    path: Path, schema: Schema, specs: Sequence[StepSpec]
) -> tuple[FittedRecipe, list[tuple[Any, ...]]]:
    """Fit on both engines, compare all that comes out, return what Polars gave."""
    recipes, tables = [], []
    for name in BOTH:
        chosen = engine(name)
        fitted, table = fit_recipe(specs, Table(chosen.scan(path), schema), chosen)
        recipes.append(fitted)
        tables.append(chosen.rows(table.frame.sort(ROW)))
    assert_close(
        [s.state for s in recipes[0].steps], [s.state for s in recipes[1].steps]
    )
    assert_close(tables[0], tables[1])
    return recipes[0], tables[0]


def column_of(
    path: Path, schema: Schema, specs: Sequence[StepSpec], name: str
) -> list[Any]:
    """Do steps on both engines and return the values of one column afterwards."""
    _, rows = fit_on_both(path, schema, specs)
    after = after_on_polars(path, schema, specs)
    place = 1 + after.schema.names.index(name)
    return [row[place] for row in rows]


def after_on_polars(path: Path, schema: Schema, specs: Sequence[StepSpec]) -> Table:
    """Return the table after the steps."""
    polars = engine("polars")
    return fit_recipe(specs, Table(polars.scan(path), schema), polars)[1]


def assert_close(left: Any, right: Any) -> None:
    """Compare nested values: numbers to 1e-9, all else exactly, types included."""
    assert type(left) is type(right)
    if isinstance(left, dict):
        assert list(left) == list(right)
        left, right = list(left.values()), list(right.values())
    if isinstance(left, list | tuple):
        assert len(left) == len(right)
        for one, other in zip(left, right, strict=True):
            assert_close(one, other)
    elif isinstance(left, float):
        assert left == pytest.approx(right, rel=EXACT, abs=EXACT)
    else:
        assert left == right
