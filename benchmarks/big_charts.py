"""How long charts and outliers of a large version take, beside bare Polars.

They are drawn as the pages draw them, from a file of 20 columns made from a fixed
seed, in a process that does only this and keeps its database, as a web process does.

Run: python -m benchmarks.big_charts [rows]
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.figures import tell
from benchmarks.memory import peak_memory

if TYPE_CHECKING:
    from collections.abc import Callable

    Work = dict[str, Callable[[], object]]

ROWS = 5_000_000
COLUMNS = 20
REPEATS = 5
#: Milliseconds each and megabytes the process may grow by all of them.
REACH = (400, 300)
BOUNDS = (17.6, 82.4)


def main() -> None:
    """Make the file, draw each chart, and print a table in Markdown."""
    if len(sys.argv) > 2:
        _child(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.parquet")
        _run("make", path, rows)
        ours, bare = (_run(what, path, rows) for what in ("datamine", "polars"))
    print(f"{rows:,} × {COLUMNS}; reach {REACH[0]} ms each, {REACH[1]} MB of growth")
    print()
    print("| what | median, ms | CPU, ms | Polars, ms | ratio |")
    print("|---|---|---|---|---|")
    for name, (wall, cpu) in ours["times"].items():
        beside = bare["times"][name][0]
        print(
            f"| {name} | {wall:.0f} | {cpu:.0f} | {beside:.0f} | {wall / beside:.1f} |"
        )
    slowest = max(ours["times"], key=lambda name: ours["times"][name][0])
    wall, beside = ours["times"][slowest][0], bare["times"][slowest][0]
    tell(
        f"charts of {rows:,} × {COLUMNS}, the slowest ({slowest})",
        f"{wall:.0f} ms, grown by {ours['grown']:.0f} MB",
        beside=f"Polars: {beside:.0f} ms, grown by {bare['grown']:.0f} MB",
        asked=f"≤ {REACH[0]} ms, grown by ≤ {REACH[1]} MB",
        ratio=wall / beside,
    )


def _run(what: str, path: Path, rows: int) -> Any:
    command = [sys.executable, "-m", "benchmarks.big_charts", what, path, str(rows)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def _child(what: str, path: Path, rows: int) -> None:
    if what == "make":
        from benchmarks.made_tables import mixed  # noqa: PLC0415 -- heavy import

        schema = mixed(path, rows, COLUMNS)
        path.with_suffix(".json").write_text(json.dumps(schema.to_json()))
        print("{}")
        return
    work = {"datamine": _datamine, "polars": _polars}[what](path, rows)
    next(iter(work.values()))()  # libraries are loaded and the database is open
    before = peak_memory()
    times = {name: _timed(draw) for name, draw in work.items()}
    print(json.dumps({"times": times, "grown": (peak_memory() - before) / 1e6}))


def _timed(draw: Callable[[], object]) -> tuple[float, float]:
    """Return the median of some times, in milliseconds, and that of CPU times."""
    walls, cpus = [], []
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        draw()
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    return statistics.median(walls), statistics.median(cpus)


def _datamine(path: Path, rows: int) -> Work:
    from datasets.charts.catalogue import CHARTS  # noqa: PLC0415 -- measured alone
    from datasets.charts.source import Source  # noqa: PLC0415 -- measured alone
    from datasets.outliers import (  # noqa: PLC0415 -- measured alone
        OutlierRule,
        find_outliers,
    )
    from datasets.tables import Schema  # noqa: PLC0415 -- measured alone

    schema = Schema.from_json(json.loads(path.with_suffix(".json").read_text()))
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
