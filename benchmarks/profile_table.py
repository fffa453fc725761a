"""How long the exact profile takes and what it holds, beside Polars' `describe`.

Each figure comes from a fresh process that does only this, on the same file made
from a fixed seed. `describe` says less (no distinct values, no repeated rows) and is
left out of the wide table, where it takes a minute. CPU seconds tell the truth where
others use the machine.

Run: python -m benchmarks.profile_table [most rows]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import repeats, tell
from benchmarks.memory import peak_memory
from datasets.tables import Schema

#: Rows, columns, and the seconds and megabytes that must not be passed.
CASES = (
    (1_000_000, 20, 2.5, 800),
    (1_000_000, 70, 8.0, 800),
    (54_000, 10, 0.3, 800),
    (1_000, 1_200, 5.0, 800),
)
REPEATS = repeats(3)
WIDE = 1_000


def main(most: int = CASES[0][0]) -> None:
    """Measure every case and print a table in Markdown."""
    print("| table | what | seconds | CPU seconds | peak, MB | reach |")
    print("|---|---|---|---|---|---|")
    for wanted, columns, seconds, megabytes in CASES:
        rows = min(wanted, most)
        table = f"{rows:,} × {columns:,}"
        both = compare(rows, columns)
        for what, found in both.items():
            figures = (
                f"{found['seconds']:.2f} | {found['cpu']:.2f} | {found['peak']:.0f}"
            )
            reach = f"{seconds} s, {megabytes} MB" if what == "profile" else ""
            print(f"| {table} | {what} | {figures} | {reach} |")
        say = "{seconds:.2f} s, peak {peak:.0f} MB".format
        bare = both.get("describe")
        tell(
            f"exact profile of {table}",
            say(**both["profile"]),
            beside=f"Polars' describe: {say(**bare)}" if bare else "–",
            asked=f"≤ {seconds} s, peak ≤ {megabytes} MB",
            ratio=both["profile"]["seconds"] / bare["seconds"] if bare else None,
        )


def compare(rows: int, columns: int) -> dict[str, dict[str, float]]:
    """Return the best of some runs of the profile, and of `describe`."""
    names = ["profile", "describe"] if columns < WIDE else ["profile"]
    with tempfile.TemporaryDirectory() as folder:
        _child("make", folder, str(rows), str(columns))
        runs = [
            {what: _figures(what, folder) for what in names} for _ in range(REPEATS)
        ]
    return {what: _best([run[what] for run in runs]) for what in names}


def _best(runs: list[dict[str, float]]) -> dict[str, float]:
    return {key: min(run[key] for run in runs) for key in runs[0]}


def _figures(what: str, folder: str) -> dict[str, float]:
    figures: dict[str, float] = json.loads(_child(what, folder))
    return figures


def _child(*arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks.profile_table", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def make(folder: Path, rows: int, columns: int) -> None:
    """Write the table and its columns into `folder`."""
    from benchmarks.made_tables import mixed  # noqa: PLC0415 -- heavy import

    schema = mixed(folder / "table.parquet", rows, columns)
    (folder / "schema.json").write_text(json.dumps(schema.to_json()))


def measure(what: str, folder: Path) -> None:
    """Do one thing in this process; print its seconds and the peak memory."""
    path = folder / "table.parquet"
    schema = Schema.from_json(json.loads((folder / "schema.json").read_text()))
    work = _profile(path, schema) if what == "profile" else _describe(path)
    start, cpu = time.perf_counter(), time.process_time()
    work()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = peak_memory() / 1e6
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak}))


def _profile(path: Path, schema: Schema) -> Any:
    from datasets.profiling import profile  # noqa: PLC0415 -- heavy import

    return lambda: profile(path, schema)


def _describe(path: Path) -> Any:
    import polars as pl  # noqa: PLC0415 -- heavy import

    return lambda: pl.scan_parquet(path).drop("_row").describe()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", folder, rows, columns]:
            make(Path(folder), int(rows), int(columns))
        case [what, folder]:
            measure(what, Path(folder))
        case [most]:
            main(int(most))
        case _:
            main()
