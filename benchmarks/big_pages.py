"""How long pages of a large version take, and how much the web process grows by them.

The pages are read as the Data page reads them, from a file of 20 columns made from a
fixed seed, in a process that does only this; bare Polars reads the same rows beside
it. The process keeps its database between pages, as a web process does.

Run: python -m benchmarks.big_pages [rows]
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
from datasets.paging import Filter

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 5_000_000
REPEATS = 5
PER_PAGE = 50
COLUMNS = 20
#: Milliseconds a page and megabytes the process may grow by all of them.
REACH = (400, 300)
#: What is asked for: the column sorted by, conditions, and rows passed over.
PAGES: dict[str, dict[str, Any]] = {
    "first page": {},
    "four fifths down": {"offset": 0.8},
    "sorted by a whole number": {"order_by": "c0", "descending": True},
    "sorted by a fraction": {"order_by": "c2"},
    "sorted by a text": {"order_by": "c15"},
    "sorted, a hundredth down": {"order_by": "c2", "offset": 0.01},
    "a category is": {"filters": [Filter("c12", "eq", "value 3")]},
    "a number is more than": {"filters": [Filter("c2", "gt", 80.0)]},
    "a text contains": {"filters": [Filter("c15", "contains", "ff")]},
    "filtered and sorted": {
        "filters": [Filter("c12", "eq", "value 3")],
        "order_by": "c3",
    },
}


def main() -> None:
    """Make the file, read each page, and print a table in Markdown."""
    if len(sys.argv) > 2:
        _child(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.parquet")
        _run("make", path, rows)
        ours, bare = (_run(what, path, rows) for what in ("datamine", "polars"))
    print(f"{rows:,} × {COLUMNS}; reach {REACH[0]} ms a page, {REACH[1]} MB of growth")
    print()
    print("| page | median, ms | CPU, ms | Polars, ms | ratio |")
    print("|---|---|---|---|---|")
    for name, (wall, cpu) in ours["pages"].items():
        beside = bare["pages"][name][0]
        print(
            f"| {name} | {wall:.0f} | {cpu:.0f} | {beside:.0f} | {wall / beside:.1f} |"
        )
    slowest = max(ours["pages"], key=lambda name: ours["pages"][name][0])
    wall, beside = ours["pages"][slowest][0], bare["pages"][slowest][0]
    tell(
        f"pages of {rows:,} × {COLUMNS}, the slowest ({slowest})",
        f"{wall:.0f} ms, grown by {ours['grown']:.0f} MB",
        beside=f"Polars: {beside:.0f} ms, grown by {bare['grown']:.0f} MB",
        asked=f"≤ {REACH[0]} ms, grown by ≤ {REACH[1]} MB",
        ratio=wall / beside,
    )


def _run(what: str, path: Path, rows: int) -> Any:
    command = [sys.executable, "-m", "benchmarks.big_pages", what, path, str(rows)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def _child(what: str, path: Path, rows: int) -> None:
    if what == "make":
        from benchmarks.made_tables import mixed  # noqa: PLC0415 -- heavy import

        mixed(path, rows, COLUMNS)
        print("{}")
        return
    ask = {"datamine": _datamine, "polars": _polars}[what]
    ask(path, {}, rows)  # libraries are loaded and the database is open
    before = peak_memory()
    pages = {
        name: _timed(lambda a=asked: ask(path, a, rows))
        for name, asked in PAGES.items()
    }
    print(json.dumps({"pages": pages, "grown": (peak_memory() - before) / 1e6}))


def _timed(ask: Callable[[], object]) -> tuple[float, float]:
    """Return the median of some times, in milliseconds, and that of CPU times."""
    walls, cpus = [], []
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        ask()
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    return statistics.median(walls), statistics.median(cpus)


def _datamine(path: Path, asked: dict[str, Any], rows: int) -> None:
    from datasets.paging import page  # noqa: PLC0415 -- measured alone

    offset = int(asked.get("offset", 0) * rows)
    ids = ["_row", *(f"c{place}" for place in range(COLUMNS))]
    page(path, ids, **asked | {"offset": offset, "limit": PER_PAGE})


def _polars(path: Path, asked: dict[str, Any], rows: int) -> None:
    import polars as pl  # noqa: PLC0415 -- measured alone

    frame = pl.scan_parquet(path)
    for one in asked.get("filters", ()):
        column = pl.col(one.column)
        frame = frame.filter(
            {
                "eq": lambda c, v: c == v,
                "gt": lambda c, v: c > v,
                "contains": lambda c, v: c.str.contains(v, literal=True),
            }[one.operator](column, one.value)
        )
    total = frame.select(pl.len())
    if order := asked.get("order_by"):
        frame = frame.sort(
            order, descending=asked.get("descending", False), nulls_last=True
        )
    part = frame.slice(int(asked.get("offset", 0) * rows), PER_PAGE)
    pl.collect_all([total, part])


if __name__ == "__main__":
    main()
