"""What only a real cluster shows: parts, two workers, a Java of our own, its end."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import polars as pl
import psutil
import pytest

from benchmarks.made_tables import mixed
from datasets.engines import EngineError, engine
from datasets.recipes import StepSpec, fit_recipe
from datasets.tables import ROW, Table
from tests.datasets.comparison import assert_close
from tests.program import PATIENCE, ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from datasets.tables import Schema

ROWS = 210_000
PARTS = 3


def spec(step: str, *columns: str, **parameters: Any) -> StepSpec:
    return StepSpec(step=step, columns=columns, parameters=parameters)


#: Every step of the catalogue but those that read text, on twenty columns.
RECIPE = [
    spec("drop_missing", "c1"),
    spec("mark_missing", "c12", "c1", markers=["value 3", "40"]),
    spec("drop_duplicates", "c1", "c12", "c13"),
    spec("fill_missing", "c2", "c4", strategy="mean"),
    spec("fill_missing", "c6", "c12", strategy="mode"),
    spec("forward_fill", "c17", "c18", "c19"),
    spec("outliers", "c2", method="zscore", action="drop"),
    spec("scale", "c2", "c4"),
    spec("scale", "c8", method="minmax"),
    spec("cast", "c10", type="category"),
    spec("tidy_text", "c15", case="upper"),
    spec("encode", "c14", method="onehot"),
    spec("encode", "c17", method="label"),
    spec("filter_rows", column="c18", operator=">=", value="2000-01-01"),
    spec("drop_columns", "c16"),
    spec("rename", names={"c0": "key"}),
]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Schema]:
    path = tmp_path_factory.mktemp("table") / "table.parquet"
    return path, mixed(path, ROWS)


def test_table_comes_in_parts_to_two_workers(
    master: str, table: tuple[Path, Schema]
) -> None:
    frame = engine(master).scan(table[0]).to_native()
    context = frame.sparkSession.sparkContext

    assert frame.rdd.getNumPartitions() >= PARTS
    assert context._jsc.sc().getExecutorMemoryStatus().size() == 1 + 2


def written(
    name: str, table: tuple[Path, Schema], target: Path
) -> tuple[list[dict[str, Any]], pl.DataFrame]:
    """Return what a recipe learned, and the table it wrote."""
    chosen, (path, schema) = engine(name), table
    fitted, after = fit_recipe(RECIPE, Table(chosen.scan(path), schema), chosen)
    chosen.write(after.frame, target)
    return [step.state for step in fitted.steps], pl.read_parquet(target)


def test_recipe_writes_the_very_same_file(
    master: str, table: tuple[Path, Schema], tmp_path: Path
) -> None:
    one, other = tmp_path / "polars.parquet", tmp_path / "spark.parquet"
    learned, expected = written("polars", table, one)

    again, found = written(master, table, other)

    assert_close(again, learned)
    assert found[ROW].is_sorted()
    assert found.schema == expected.schema
    assert found.height == expected.height > ROWS / 4
    assert found.equals(expected)
    assert digest(one) == digest(other)
    assert set(tmp_path.iterdir()) == {one, other}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_file_that_is_gone_is_a_sentence(
    master: str, table: tuple[Path, Schema], tmp_path: Path
) -> None:
    chosen, path = engine(master), tmp_path / "table.parquet"
    path.write_bytes(table[0].read_bytes())
    frame = chosen.scan(path)
    path.unlink()

    with pytest.raises(EngineError, match="Spark could not finish this work"):
        chosen.rows(frame)


WORK = """
import django, sys
django.setup()
from datamine.work.children import limit_memory
limit_memory(2048)
from datasets.engines import engine
chosen = engine(sys.argv[1])
from pathlib import Path
path = Path(sys.argv[2])
print(len(chosen.rows(chosen.scan(path).select("c0"))), flush=True)
sys.stdin.read()
"""


def test_java_fits_the_memory_of_a_job_and_ends_with_it(
    master: str, table: tuple[Path, Schema]
) -> None:
    engine(master).scan(table[0]).to_native().sparkSession.stop()  # it has all cores
    job = subprocess.Popen(
        [sys.executable, "-c", WORK, master, str(table[0])],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "datamine.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    assert job.stdout.readline() == f"{ROWS}\n"
    started = psutil.Process(job.pid).children(recursive=True)
    assert any("java" in process.name() for process in started)
    job.kill()
    job.communicate()

    end = time.monotonic() + PATIENCE
    while any(process.is_running() for process in started):
        assert time.monotonic() < end
        time.sleep(0.1)
