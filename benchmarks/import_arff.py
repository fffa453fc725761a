"""How fast an ARFF file is imported with every row checked, beside liac-arff.

The file has 20 columns (an id, 14 numbers, 5 of a few named values) and 3 % missing
values; it is made from a fixed seed. Each import runs in a fresh process; liac-arff
gives lists of Python values and writes nothing.

Run: python -m benchmarks.import_arff [rows]
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from benchmarks.importing import Contest, measure

if TYPE_CHECKING:
    from pathlib import Path

PART = 100_000
SEED = 8
NUMBERS = 14
WORDS = ("low", "'rather low'", "middle", "high", "'very high'")


def make(path: Path, rows: int) -> None:
    """Write the file, a part at a time."""
    import numpy as np  # noqa: PLC0415 -- heavy import

    random = np.random.default_rng(SEED)
    names = [f"number{place}" for place in range(NUMBERS)]
    header = ["@relation made", "@attribute id integer"]
    header += [f"@attribute {name} numeric" for name in names]
    header += [f"@attribute grade{n} {{{','.join(WORDS)}}}" for n in range(5)]
    with path.open("w") as file:
        file.write("\n".join([*header, "@data", ""]))
        for start in range(0, rows, PART):
            frame = _part(random, start, min(PART, rows - start))
            file.write(
                frame.write_csv(
                    include_header=False, null_value="?", quote_style="never"
                )
            )


def _part(random: Any, start: int, rows: int) -> Any:
    import numpy as np  # noqa: PLC0415 -- heavy import
    import polars as pl  # noqa: PLC0415 -- heavy import

    made = {"id": pl.Series(np.arange(start, start + rows))}
    for place in range(NUMBERS):
        made[f"number{place}"] = pl.Series(random.normal(50, 20, rows).round(4))
    for place in range(5):
        words = np.array(WORDS)[random.integers(0, len(WORDS), rows)]
        made[f"grade{place}"] = pl.Series(words)
    gaps = {name: pl.Series(random.random(rows) < 0.03) for name in list(made)[1:]}
    return pl.DataFrame(made).with_columns(
        pl.when(~gap).then(pl.col(name)).alias(name) for name, gap in gaps.items()
    )


def _liac(source: Path, target: Path) -> dict[str, Any]:
    import arff  # noqa: PLC0415 -- measured alone

    started, cpu = time.perf_counter(), time.process_time()
    with source.open() as file:
        rows = arff.load(file)["data"]
    return {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - cpu,
        "rows": len(rows),
    }


CONTEST = Contest(
    module="benchmarks.import_arff",
    file_format="arff",
    what="import of a {rows:,} × 20 ARFF ({size:.0f} MB), every row checked",
    rows=500_000,
    make=make,
    rival=("liac-arff", "liac-arff"),
    read=_liac,
    reach=(80, 800),
    times=0.23,  # liac-arff read 18 MB/s where 80 were asked for
)

if __name__ == "__main__":
    measure(CONTEST)
