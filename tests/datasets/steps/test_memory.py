from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest

from benchmarks.memory import STATUS
from datasets.engines import engine
from datasets.recipes import StepSpec, fit_recipe
from datasets.tables import ROW, ColumnType, Table
from tests.datasets.comparison import schema_of, store

if TYPE_CHECKING:
    from pathlib import Path

    from datasets.tables import Schema

SMALL, LARGE = 1_000_000, 4_000_000
NAMES = ["c0", "c1", "c2"]
#: What the additional rows take in memory: a plan that cannot stream holds them all.
GROWTH = (LARGE - SMALL) * (len(NAMES) + 1) * 8

CHILD = """
import json, sys
from pathlib import Path
from benchmarks.memory import peak_memory
from datasets.engines import engine
from datasets.recipes import StepSpec, fit_recipe
from datasets.tables import Column, ColumnType, Schema, Table

source, specs = Path(sys.argv[1]), json.loads(sys.argv[2])
schema = Schema(tuple(Column(i, i, ColumnType.NUMBER) for i in sys.argv[3].split()))
polars = engine("polars")
table = Table(polars.scan(source), schema)
_, after = fit_recipe([StepSpec(**spec) for spec in specs], table, polars)
polars.write(after.frame, source.with_suffix(".out"))
print(peak_memory())
"""


def fill(strategy: str, *columns: str) -> dict[str, object]:
    return {
        "step": "fill_missing",
        "columns": columns,
        "parameters": {"strategy": strategy},
    }


def scale(method: str, *columns: str) -> dict[str, object]:
    return {"step": "scale", "columns": columns, "parameters": {"method": method}}


def outliers(method: str, action: str) -> dict[str, object]:
    return other("outliers", method=method, action=action)


def other(step: str, **parameters: object) -> dict[str, object]:
    return {"step": step, "columns": ["x"], "parameters": parameters}


RECIPE = [
    fill("mean", "c0"),
    fill("median", "c1"),
    fill("max", "c2"),
    scale("zscore", "c0"),
    scale("minmax", "c1"),
    scale("robust", "c2"),
]


def excess(folder: Path, rows: int) -> int:
    """Return how much more memory the steps take than copying the table, in bytes."""
    path = made(folder, rows)
    return peak(path, RECIPE) - peak(path, [])


def made(folder: Path, rows: int) -> Path:
    """Return the path of a table of so many rows."""
    path = folder / f"{rows}.parquet"
    row = pl.int_range(rows, dtype=pl.Int64)
    number = (row * 7919 % 10_007).cast(pl.Float64)
    columns = [pl.when(row % 50 != 0).then(number).alias(name) for name in NAMES]
    pl.select(row.alias(ROW), *columns).write_parquet(path, row_group_size=100_000)
    return path


def peak(path: Path, recipe: list[dict[str, object]]) -> int:
    """Return the peak memory of fitting, applying and writing, in bytes."""
    command = [sys.executable, "-c", CHILD, str(path), json.dumps(recipe)]
    result = subprocess.run(
        [*command, " ".join(NAMES)], capture_output=True, text=True, check=True
    )
    return int(result.stdout)


@pytest.mark.parametrize(
    "spec",
    [fill(s, "x") for s in ("mean", "median", "mode", "min", "max")]
    + [scale(m, "x") for m in ("minmax", "zscore", "robust")]
    + [outliers(m, a) for m in ("iqr", "zscore") for a in ("replace", "clip", "drop")]
    + [
        other("cast", type="integer"),
        other("drop_missing"),
        other("filter_rows", column="x", operator=">", value=1),
        other("mark_missing", markers=["4"]),
        other("rename", names={"x": "y"}),
        other("select_columns"),
    ],
    ids=lambda spec: "-".join([spec["step"], *map(str, spec["parameters"].values())]),
)
def test_step_is_applied_without_holding_rows(
    tmp_path: Path, spec: dict[str, object]
) -> None:
    schema = schema_of({"x": ColumnType.NUMBER})
    path = store(tmp_path / "table.parquet", schema, {"x": [1.0, None, 4.0]})

    assert is_streaming(path, schema, spec)


@pytest.mark.parametrize("name", ["read_amounts", "tidy_text"])
def test_text_is_read_without_holding_rows(tmp_path: Path, name: str) -> None:
    schema = schema_of({"x": ColumnType.TEXT})
    path = store(tmp_path / "table.parquet", schema, {"x": ["$1", None, " B "]})

    assert is_streaming(path, schema, other(name))


@pytest.mark.parametrize("method", ["label", "onehot"])
def test_encoding_is_applied_without_holding_rows(tmp_path: Path, method: str) -> None:
    schema = schema_of({"x": ColumnType.CATEGORY})
    path = store(tmp_path / "table.parquet", schema, {"x": ["a", None, "b"]})

    assert is_streaming(path, schema, other("encode", method=method))


def is_streaming(path: Path, schema: Schema, spec: dict[str, object]) -> bool:
    """Tell whether Polars does the step without holding rows."""
    polars = engine("polars")
    _, after = fit_recipe([StepSpec(**spec)], Table(polars.scan(path), schema), polars)
    plan = after.frame.to_native().show_graph(
        engine="streaming", plan_stage="physical", raw_output=True, show=False
    )
    # Polars fills the nodes that hold rows with a colour.
    return "multi-scan" in plan and "fillcolor" not in plan


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(not STATUS.exists(), reason="Only Linux tells the peak memory.")
def test_steps_hold_no_more_of_a_longer_table(tmp_path: Path) -> None:
    small, large = excess(tmp_path, SMALL), excess(tmp_path, LARGE)

    assert large - small < GROWTH / 2


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(not STATUS.exists(), reason="Only Linux tells the peak memory.")
def test_what_was_read_does_not_wait_for_the_writer(tmp_path: Path) -> None:
    small, large = (peak(made(tmp_path, rows), []) for rows in (SMALL, LARGE))

    assert large - small < GROWTH / 2
