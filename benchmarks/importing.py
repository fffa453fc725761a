"""A made file imported in fresh processes, beside another library in the same run.

CPU seconds tell the truth where others use the machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.figures import repeats, tell
from benchmarks.memory import peak_memory

if TYPE_CHECKING:
    from collections.abc import Callable

    Measured = dict[str, Any]

REPEATS = repeats(3)


@dataclass(frozen=True)
class Contest:
    """Which file is read, and beside what.

    Parameters
    ----------
    module
        The benchmark's name, which is started again for each import.
    file_format
        The name of our reader, and the ending of the file.
    what
        What is imported, in words; `{rows}` and `{size}` are filled in.
    rows
        How many, unless the command line says otherwise.
    make
        Writes so many rows to a file.
    rival
        The other library's name, and what it does not do.
    read
        Reads the file with it, and may write another; returns `seconds`, `cpu` and
        `rows`.
    reach
        Megabytes a second and megabytes of memory to be reached.
    times
        At most so many times the other library's time: what the speed asked for means
        where it was asked for, which says more on a machine of another speed.
    """

    module: str
    file_format: str
    what: str
    rows: int
    make: Callable[[Path, int], None]
    rival: tuple[str, str]
    read: Callable[[Path, Path], Measured]
    reach: tuple[int, int]
    times: float


def measure(contest: Contest) -> None:
    """Make the file, measure both, and print a table in Markdown."""
    if len(sys.argv) > 2:
        _child(contest, sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else contest.rows
    speed, memory = contest.reach
    name, lacking = contest.rival
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"table.{contest.file_format}")
        contest.make(source, rows)
        size = source.stat().st_size / 1e6
        print(
            f"{rows:,} rows, {size:,.0f} MB; reach {speed} MB/s or "
            f"{contest.times} × the time of {name}, {memory} MB"
        )
        print()
        print("| what | MB/s | with start | CPU seconds | peak, MB | rows |")
        print("|---|---|---|---|---|---|")
        best = {who: _best(contest, who, source, size) for who in ("datamine", name)}
    for who, found in best.items():
        print(_line(who, found))
    ours, other = (
        "{speed:.0f} MB/s, peak {peak:.0f} MB".format(**b) for b in best.values()
    )
    tell(
        contest.what.format(rows=rows, size=size),
        ours,
        beside=f"{lacking}: {other}",
        asked=f"≥ {speed} MB/s or ≤ {contest.times} ×, peak ≤ {memory} MB",
        ratio=best["datamine"]["seconds"] / best[name]["seconds"],
    )


def _best(contest: Contest, who: str, source: Path, size: float) -> Measured:
    target = source.with_suffix(".parquet")
    runs = [run(contest.module, who, source, target) for _ in range(REPEATS)]
    best = min(runs, key=lambda run: run["seconds"])
    return best | {
        "speed": size / best["seconds"],
        "with_start": size / best["with_start"],
        "peak": best["peak"] / 1e6,
    }


def _line(who: str, found: Measured) -> str:
    return (
        f"| {who} | {found['speed']:.0f} | {found['with_start']:.0f} | "
        f"{found['cpu']:.1f} | {found['peak']:.0f} | {found['rows']:,} |"
    )


def run(module: str, who: str, source: Path, target: Path) -> Measured:
    """Import a file in a fresh process; return what was measured."""
    command = [sys.executable, "-m", module, who, source, target]
    started = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    run: Measured = json.loads(done.stdout)
    return run | {"with_start": time.perf_counter() - started}


def _child(contest: Contest, who: str, source: Path, target: Path) -> None:
    if who == "datamine":
        found = _datamine(contest.file_format, source, target)
    else:
        found = contest.read(source, target)
    print(json.dumps(found | {"peak": peak_memory()}))


def _datamine(file_format: str, source: Path, target: Path) -> Measured:
    from datasets.monitor import SilentMonitor  # noqa: PLC0415 -- measured alone
    from datasets.readers import passes  # noqa: F401, PLC0415 -- loaded before
    from datasets.readers.importing import import_table  # noqa: PLC0415
    from datasets.readers.limits import Limits  # noqa: PLC0415
    from datasets.readers.sniff import sniff  # noqa: PLC0415

    import_module(f"datasets.readers.{file_format}.feed")
    started, cpu = time.perf_counter(), time.process_time()
    dialect = sniff(source, source.name).dialect
    report = import_table(
        source, target, file_format, dialect, SilentMonitor(), Limits()
    )
    return {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - cpu,
        "rows": report.rows_count,
    }
