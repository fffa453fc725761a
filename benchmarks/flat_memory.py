"""How much more memory four times the rows take: an import, and a recipe of steps.

The CSV file is that of `benchmarks.import_csv`, table and steps are those of
`benchmarks.recipe`; each runs in a fresh process.

Run: python -m benchmarks.flat_memory [rows]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks import import_csv, importing, recipe
from benchmarks.figures import tell

ROWS = 5_000_000
TIMES = 4
#: Flat is what grows by no more than chance lets two runs differ.
REACH = 1.25


def main() -> None:
    """Measure both at both sizes, and print a table in Markdown."""
    few = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    many = few * TIMES
    print(f"{few:,} and {many:,} rows × 20; reach {REACH} times the memory\n")
    print("| what | peak, MB | of four times the rows, MB | times |")
    print("|---|---|---|---|")
    for what, measure in (("import of a CSV", _import), ("recipe", _recipe)):
        small, large = measure(few) / 1e6, measure(many) / 1e6
        print(f"| {what} | {small:.0f} | {large:.0f} | {large / small:.2f} |")
        tell(
            f"peak memory, {what}, {few:,} → {many:,} rows",
            f"{small:.0f} → {large:.0f} MB",
            asked=f"≤ {REACH} × as much",
        )


def _import(rows: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "table.csv")
        import_csv.make(source, rows)
        run = importing.run(
            "benchmarks.import_csv", "datamine", source, source.with_suffix(".parquet")
        )
        return float(run["peak"])


def _recipe(rows: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.parquet")
        recipe.run("make", path, rows)
        return float(recipe.run("datamine", path, rows)["peak"])


if __name__ == "__main__":
    main()
