"""Work on a large version, in a process that does only this, beside bare Polars.

A benchmark says what is done, by name, once as DataMine does it and once in Polars.
The file of 20 columns comes from a fixed seed; a process keeps its libraries and its
database between two pieces of work, as a web process does.
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

from benchmarks.figures import repeats, tell
from benchmarks.memory import peak_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Work = dict[str, Callable[[], object]]
    #: From the file and how many rows it has to what is done with it, by name.
    Doing = Callable[[Path, int], Work]

ROWS = 5_000_000
COLUMNS = 20
REPEATS = repeats(5)
#: Milliseconds a piece of work, and megabytes the process may grow by all of them.
REACH = (400, 300)


def measure(module: str, what: str, doing: Mapping[str, Doing]) -> None:
    """Make the file, do the work of "datamine" and "polars", and print both.

    Parameters
    ----------
    module : str
        The benchmark's name, which is started again for each part.
    what : str
        What is done, in the plural: "pages".
    doing : mapping
        What each of the two does.
    """
    if len(sys.argv) > 2:
        _part(doing, sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.parquet")
        _run(module, "make", path, rows)
        ours, bare = (_run(module, who, path, rows) for who in ("datamine", "polars"))
    _print(what, rows, ours, bare)


def schema_path(path: Path) -> Path:
    """Return where the columns of the file are told."""
    return path.with_suffix(".json")


def _run(module: str, part: str, path: Path, rows: int) -> Any:
    command = [sys.executable, "-m", module, part, path, str(rows)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def _part(doing: Mapping[str, Doing], part: str, path: Path, rows: int) -> None:
    if part == "make":
        from benchmarks.made_tables import mixed  # noqa: PLC0415 -- heavy import

        schema_path(path).write_text(json.dumps(mixed(path, rows, COLUMNS).to_json()))
        print("{}")
        return
    work = doing[part](path, rows)
    next(iter(work.values()))()  # libraries are loaded and the database is open
    before = peak_memory()
    times = {name: _timed(do) for name, do in work.items()}
    print(json.dumps({"times": times, "grown": (peak_memory() - before) / 1e6}))


def _timed(do: Callable[[], object]) -> tuple[float, float]:
    """Return the median of some times, in milliseconds, and that of CPU times."""
    walls, cpus = [], []
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        do()
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    return statistics.median(walls), statistics.median(cpus)


def _print(what: str, rows: int, ours: dict[str, Any], bare: dict[str, Any]) -> None:
    print(f"{rows:,} × {COLUMNS}; reach {REACH[0]} ms each, {REACH[1]} MB of growth")
    print("\n| what | median, ms | CPU, ms | Polars, ms | ratio |")
    print("|---|---|---|---|---|")
    for name, (wall, cpu) in ours["times"].items():
        beside = bare["times"][name][0]
        print(
            f"| {name} | {wall:.0f} | {cpu:.0f} | {beside:.0f} | {wall / beside:.1f} |"
        )
    slowest = max(ours["times"], key=lambda name: ours["times"][name][0])
    wall, beside = ours["times"][slowest][0], bare["times"][slowest][0]
    tell(
        f"{what} of {rows:,} × {COLUMNS}, the slowest ({slowest})",
        f"{wall:.0f} ms, grown by {ours['grown']:.0f} MB",
        beside=f"Polars: {beside:.0f} ms, grown by {bare['grown']:.0f} MB",
        asked=f"≤ {REACH[0]} ms, grown by ≤ {REACH[1]} MB",
        ratio=wall / beside,
    )
