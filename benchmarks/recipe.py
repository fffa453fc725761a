"""How long seven steps take on five million rows, beside the same written in Polars.

Both learn what the steps need and write the table in pieces, each in a fresh process;
DataMine also counts the cells that changed, as it does for each version. It does all
twice and has to come to the same digest.

Run: python -m benchmarks.recipe [rows]
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import tell
from benchmarks.memory import peak_memory

ROWS = 5_000_000
COLUMNS = 20
#: Seconds for fitting, writing and counting.
REACH = 8
STEPS: list[dict[str, Any]] = [
    {"step": "drop_missing", "columns": ("c1",)},
    {"step": "fill_missing", "columns": ("c2", "c3")},
    {"step": "fill_missing", "columns": ("c12",), "parameters": {"strategy": "mode"}},
    {"step": "forward_fill", "columns": ("c18",)},
    {"step": "outliers", "columns": ("c4", "c5"), "parameters": {"action": "clip"}},
    {"step": "encode", "columns": ("c14",), "parameters": {"method": "label"}},
    {"step": "scale", "columns": ("c6", "c7", "c8")},
]


def main() -> None:
    """Make the table, do the steps twice, and print a table in Markdown."""
    if len(sys.argv) > 2:
        _child(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.parquet")
        run("make", path, rows)
        first, second = (run("datamine", path, rows) for _ in range(2))
        if first["digest"] != second["digest"]:
            raise SystemExit("The same steps gave two digests.")
        best = min(first, second, key=lambda run: run["seconds"])
        found = {"datamine": best, "polars": run("polars", path, rows)}
    print(f"{rows:,} × {COLUMNS}, {len(STEPS)} steps; reach {REACH} s\n")
    print("| what | fit and write, s | CPU, s | count changes, s | peak, MB |")
    print("|---|---|---|---|---|")
    for who, one in found.items():
        print(
            f"| {who} | {one['seconds']:.1f} | {one['cpu']:.1f} "
            f"| {one['counting']:.1f} | {one['peak'] / 1e6:.0f} |"
        )
    ours, bare = (
        f"{one['seconds'] + one['counting']:.1f} s, peak {one['peak'] / 1e6:.0f} MB"
        for one in found.values()
    )
    tell(
        f"recipe of {len(STEPS)} steps on {rows:,} × {COLUMNS}: fitted, written, "
        "changes counted",
        ours,
        beside=f"Polars by hand, not counting: {bare}",
        asked=f"≤ {REACH} s",
        ratio=found["datamine"]["seconds"] / found["polars"]["seconds"],
    )


def run(who: str, path: Path, rows: int) -> dict[str, Any]:
    """Do one thing in a fresh process; return what it measured."""
    command = [sys.executable, "-m", "benchmarks.recipe", who, path, str(rows)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _child(who: str, path: Path, rows: int) -> None:
    found = {"make": _make, "datamine": _datamine, "polars": _polars}[who](path, rows)
    print(json.dumps(found | {"peak": peak_memory()}))


def _make(path: Path, rows: int) -> dict[str, float]:
    from benchmarks.made_tables import mixed  # noqa: PLC0415 -- heavy import

    columns = mixed(path, rows, COLUMNS).to_json()
    path.with_suffix(".json").write_text(json.dumps(columns))
    return {}


def _datamine(path: Path, rows: int) -> dict[str, Any]:
    from datasets.changes import count_changes  # noqa: PLC0415 -- measured alone
    from datasets.engines import engine  # noqa: PLC0415
    from datasets.recipes import StepSpec, fit_recipe  # noqa: PLC0415
    from datasets.tables import Schema, Table  # noqa: PLC0415

    polars = engine("polars")
    specs = [StepSpec(**step) for step in STEPS]
    schema = Schema.from_json(json.loads(path.with_suffix(".json").read_text()))
    target = path.with_name("after.parquet")
    before = Table(polars.scan(path), schema)
    started, cpu = time.perf_counter(), time.process_time()
    after = fit_recipe(specs, before, polars)[1]
    polars.write(after.frame, target)
    written = time.perf_counter()
    names = [name for spec in specs for name in spec.columns]
    count_changes(before, Table(polars.scan(target), after.schema), names, polars)
    found: dict[str, Any] = {
        "seconds": written - started,
        "cpu": time.process_time() - cpu,
        "counting": time.perf_counter() - written,
    }
    with target.open("rb") as file:  # in pieces: memory is measured, too
        return found | {"digest": hashlib.file_digest(file, "sha256").hexdigest()}


def _polars(path: Path, rows: int) -> dict[str, float]:
    import polars as pl  # noqa: PLC0415 -- measured alone

    started, cpu = time.perf_counter(), time.process_time()
    frame = pl.scan_parquet(path).drop_nulls("c1")
    counts = frame.group_by("c12").len().drop_nulls("c12")
    figures = frame.select(
        *(pl.col(c).median().alias(c) for c in ("c2", "c3")),
        *(
            pl.col(c).quantile(share, "linear").alias(f"{c}{share}")
            for c in ("c4", "c5")
            for share in (0.25, 0.75)
        ),
        *(pl.col(c).mean().alias(f"{c}mean") for c in ("c6", "c7", "c8")),
        *(pl.col(c).std(ddof=0).alias(f"{c}std") for c in ("c6", "c7", "c8")),
    ).collect(engine="streaming")
    learned = figures.row(0, named=True)
    mode = counts.sort("len", "c12", descending=[True, False]).first().collect()
    words = frame.select(pl.col("c14").drop_nulls().unique().sort()).collect()

    def clipped(column: str) -> pl.Expr:
        low, high = learned[f"{column}0.25"], learned[f"{column}0.75"]
        reach = 1.5 * (high - low)
        return pl.col(column).clip(low - reach, high + reach)

    frame.with_columns(
        *(pl.col(c).fill_null(learned[c]) for c in ("c2", "c3")),
        pl.col("c12").fill_null(mode["c12"][0]),
        pl.col("c18").forward_fill(),
        clipped("c4"),
        clipped("c5"),
        pl.col("c14").cast(pl.Enum(words["c14"])).to_physical().cast(pl.Int64),
        *(
            (pl.col(c) - learned[f"{c}mean"]) / learned[f"{c}std"]
            for c in ("c6", "c7", "c8")
        ),
    ).sink_parquet(path.with_name("bare.parquet"), compression="zstd")
    return {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - cpu,
        "counting": 0.0,
    }


if __name__ == "__main__":
    main()
