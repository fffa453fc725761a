"""How fast a CSV file is imported with every row checked, beside bare DuckDB.

The file has 20 columns (an id, 11 numbers, 5 texts, a boolean, a date, a moment) and
3.5 % missing values in four spellings; it is made from a fixed seed. Each import runs
in a fresh process that does only this; DuckDB's `read_csv` guesses types from a sample
and writes the same kind of Parquet. CPU seconds tell the truth where others use the
machine.

Run: python -m benchmarks.import_csv [rows]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import tell
from benchmarks.memory import peak_memory

ROWS = 1_000_000
PART = 250_000
SEED = 7
REPEATS = 3
#: Megabytes a second and megabytes of memory to be reached.
REACH = (80, 800)
CORES = 2


def main() -> None:
    """Make the file, measure both, and print a table in Markdown."""
    if len(sys.argv) > 2:
        _child(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "table.csv")
        make(source, rows)
        size = source.stat().st_size / 1e6
        print(f"{rows:,} rows, {size:,.0f} MB; reach {REACH[0]} MB/s, {REACH[1]} MB")
        print()
        print("| what | MB/s | with start | CPU seconds | peak, MB | rows |")
        print("|---|---|---|---|---|---|")
        best = {what: _best(what, source, size) for what in ("datamine", "duckdb")}
    for what, found in best.items():
        print(_line(what, found))
    ours, bare = (
        "{speed:.0f} MB/s, peak {peak:.0f} MB".format(**b) for b in best.values()
    )
    tell(
        f"import of a {rows:,} × 20 CSV ({size:.0f} MB), every row checked",
        ours,
        beside=f"DuckDB without these checks: {bare}",
        asked="≥ {} MB/s, peak ≤ {} MB".format(*REACH),
        ratio=best["datamine"]["seconds"] / best["duckdb"]["seconds"],
    )


def make(path: Path, rows: int) -> None:
    """Write the file, a part at a time."""
    import numpy as np  # noqa: PLC0415 -- heavy import

    random = np.random.default_rng(SEED)
    with path.open("wb") as file:
        for start in range(0, rows, PART):
            frame = _part(random, start, min(PART, rows - start))
            frame.write_csv(file, include_header=not start)


def _part(random: Any, start: int, rows: int) -> Any:
    import numpy as np  # noqa: PLC0415 -- heavy import
    import polars as pl  # noqa: PLC0415 -- heavy import

    def words(*choices: str) -> pl.Series:
        return pl.Series(np.array(choices)[random.integers(0, len(choices), rows)])

    def moments(unit: str, most: int) -> pl.Series:
        passed = random.integers(0, most, rows).astype(f"timedelta64[{unit}]")
        return pl.Series((np.datetime64("2010-01-01", unit) + passed).astype("M8[us]"))

    made = {"id": pl.Series(np.arange(start, start + rows))}
    for place in range(6):
        made[f"real{place}"] = pl.Series(random.normal(50, 20, rows).round(4))
    for place in range(5):
        made[f"whole{place}"] = pl.Series(random.integers(0, 10 ** (place + 2), rows))
    made["city"] = words("Vienna", "Graz", "Linz", "Salzburg", "St. Pölten")
    made["grade"] = words(*"ABCDE")
    made["note"] = words("all fine", "late, but well", "returned", "paid", "said “no”")
    codes, users = random.integers(0, 20_000, rows), random.integers(0, 10**7, rows)
    made["code"] = pl.Series([f"K{code:05}" for code in codes])
    made["user"] = pl.Series([f"user-{user}" for user in users])
    made["active"] = words("true", "false")
    made["day"] = moments("D", 9_000).cast(pl.Date)
    made["at"] = moments("s", 4 * 10**8).dt.strftime("%Y-%m-%d %H:%M:%S")
    spellings = pl.Series(["?", "!!", "NA", None])
    frame = pl.DataFrame(made).cast(pl.String)
    for name in frame.columns[1:]:
        missing = pl.Series(random.random(rows) < 0.035)
        spelt = spellings.gather(random.integers(0, 4, rows))
        frame = frame.with_columns(
            pl.when(missing).then(spelt).otherwise(pl.col(name)).alias(name)
        )
    return frame


def _best(what: str, source: Path, size: float) -> dict[str, float]:
    target = source.with_suffix(".parquet")
    runs = [_run(what, source, target) for _ in range(REPEATS)]
    best = min(runs, key=lambda run: run["seconds"])
    return best | {
        "speed": size / best["seconds"],
        "with_start": size / best["with_start"],
        "peak": best["peak"] / 1e6,
    }


def _line(what: str, found: dict[str, float]) -> str:
    return (
        f"| {what} | {found['speed']:.0f} | {found['with_start']:.0f} | "
        f"{found['cpu']:.1f} | {found['peak']:.0f} | {found['rows']:,} |"
    )


def _run(what: str, source: Path, target: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.import_csv", what, source, target]
    started = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    run: dict[str, Any] = json.loads(done.stdout)
    return run | {"with_start": time.perf_counter() - started}


def _child(what: str, source: Path, target: Path) -> None:
    measured = {"datamine": _datamine, "duckdb": _duckdb}[what]
    print(json.dumps(measured(source, target) | {"peak": peak_memory()}))


def _datamine(source: Path, target: Path) -> dict[str, Any]:
    from datasets.monitor import SilentMonitor  # noqa: PLC0415 -- measured alone
    from datasets.readers import passes  # noqa: F401, PLC0415 -- loaded before
    from datasets.readers.csv import feed  # noqa: F401, PLC0415 -- loaded before
    from datasets.readers.importing import import_table  # noqa: PLC0415
    from datasets.readers.limits import Limits  # noqa: PLC0415
    from datasets.readers.sniff import sniff  # noqa: PLC0415

    started, cpu = time.perf_counter(), time.process_time()
    dialect = sniff(source, source.name).dialect
    report = import_table(source, target, "csv", dialect, SilentMonitor(), Limits())
    return {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - cpu,
        "rows": report.rows_count,
    }


def _duckdb(source: Path, target: Path) -> dict[str, Any]:
    import duckdb  # noqa: PLC0415 -- measured alone

    connection = duckdb.connect(config={"threads": min(CORES, os.cpu_count() or 1)})
    started, cpu = time.perf_counter(), time.process_time()
    table = connection.read_csv(str(source), na_values=["", "?", "!!", "NA"])
    table.write_parquet(str(target), compression="zstd")
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    rows = connection.read_parquet(str(target)).count("*").fetchall()[0][0]
    return {"seconds": seconds, "cpu": cpu, "rows": rows}


if __name__ == "__main__":
    main()
