"""Runs every benchmark in a process of its own and writes what they found down.

Run: python -m benchmarks [--quick]

`--quick` only shows that they run: little work, and nothing is written down.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks import figures
from experiments.evaluation.processor import processor

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "benchmarks.md"
#: Each benchmark, and how little it does when only tried.
BENCHMARKS = {
    "import_csv": "20000",
    "import_arff": "5000",
    "recipe": "20000",
    "flat_memory": "5000",
    "profile_table": "2000",
    "session": "1",
    "predict_api": "100",
    "list_experiments": "100",
    "registry_pages": "30",
    "big_pages": "20000",
    "big_charts": "20000",
    "program": "1",
    "train_algorithms": "150",
    "grow_trees": "500",
}
LIBRARIES = ("Django", "scikit-learn", "polars", "duckdb", "numpy")


def main() -> None:
    """Run all, then write the document."""
    quick = sys.argv[1:] == ["--quick"]
    found = {
        name: run(name, [few] if quick else []) for name, few in BENCHMARKS.items()
    }
    if not quick:
        DOCUMENT.write_text(document(found))
        print(f"Written to {DOCUMENT.relative_to(ROOT)}.")


def run(name: str, arguments: list[str]) -> tuple[list[figures.Figure], str]:
    """Return the figures one benchmark tells, and all it prints."""
    print(f"== {name}", flush=True)
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "figures")
        told.touch()
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {figures.VARIABLE: str(told)},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        print(done.stdout, flush=True)
        return figures.told(told), done.stdout.strip()


def document(found: dict[str, tuple[list[figures.Figure], str]]) -> str:
    """Return the document: a table of all figures, then what each run printed."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`; nothing here is typed by hand. Each benchmark ran in",
        "a process of its own, the bare library beside it in the same run.",
        "",
        machine(),
        "",
        "| what | measured | beside it | times as long | asked for | again with |",
        "|---|---|---|---|---|---|",
    ]
    for name, (told, _) in found.items():
        lines += [
            f"| {one.what} | {one.measured} | {one.beside} | {times(one.ratio)} "
            f"| {one.asked} | `python -m benchmarks.{name}` |"
            for one in told
        ]
    for name, (_, printed) in found.items():
        lines += ["", f"## {name}", "", printed]
    return "\n".join(lines) + "\n"


def times(ratio: float | None) -> str:
    """Write how many times as long as the bare library something took."""
    return "–" if ratio is None else f"{ratio:.{0 if ratio >= 10 else 2}f} ×"


def machine() -> str:
    """Say when and on what was measured, and how busy it was with other things."""
    moment = f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC"
    memory = psutil.virtual_memory().total / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"Measured on {moment}: {os.cpu_count()} cores ({processor()}), "
        f"{memory:.0f} GiB of memory, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {libraries}. Load at the end: "
        f"{os.getloadavg()[1]:.1f} over five minutes."
    )


if __name__ == "__main__":
    main()
