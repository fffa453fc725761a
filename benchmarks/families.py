"""How good the families are on public tables, beside their plain models.

Five folds over all rows, seeds fixed, one thread. The tables are not part of this
program; `docs/models.md` says where they come from and what was found.

Run: python -m benchmarks.families FOLDER [diabetes | exoplanet …]

FOLDER holds `dataset_of_diabetes.csv` (Mendeley Data wj9rwkp9c2) and
`koi_cumulative.csv` (NASA Exoplanet Archive), as they are published.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import polars as pl

from datasets.monitor import SilentMonitor
from datasets.tables import ROW, Column, ColumnType, Schema, Table
from experiments.algorithms.catalogue import algorithm
from experiments.learning.plans import Plan, SplitSettings
from experiments.training import train

if TYPE_CHECKING:
    from collections.abc import Callable

    from experiments.learning.outcomes import Outcome

FOLDS = 5
SEED = 42
SHOWN = ("accuracy", "balanced_accuracy", "f1_macro", "ece")
#: What the archive calls the columns of the contract, and the star of a row.
KOI = {
    "koi_period": "period",
    "koi_duration": "duration",
    "koi_depth": "depth",
    "koi_impact": "impact",
    "koi_model_snr": "snr",
    "koi_steff": "steff",
    "koi_srad": "srad",
    "koi_slogg": "slogg",
    "koi_kepmag": "tmag",
    "koi_disposition": "label",
    "kepid": "star",
}
TYPES = {
    pl.Float64: ColumnType.NUMBER,
    pl.Int64: ColumnType.INTEGER,
    pl.String: ColumnType.CATEGORY,
    pl.Date: ColumnType.DATE,
}


class Told(SilentMonitor):
    """Prints where the training is."""

    def log(self, message: str) -> None:
        """Print one line of the log."""
        print(f"  {message}", file=sys.stderr, flush=True)


def main() -> None:
    """Train the named families, or all, and print tables in Markdown."""
    folder, wanted = Path(sys.argv[1]), sys.argv[2:] or list(TABLES)
    for name in wanted:
        table, split = TABLES[name](folder)
        names = table.schema.names
        family = algorithm(name).family
        assert family is not None
        plan = Plan(
            algorithm=name,
            target=family.target(names),
            features=family.features(names),
            task=algorithm(name).task,
            split=SplitSettings(
                train_ratio=1.0, cv_folds=FOLDS, random_seed=SEED, **split
            ),
            random_seed=SEED,
        )
        started = time.process_time()
        outcome = train(plan, table, Told())
        show(name, outcome, time.process_time() - started)


def diabetes(folder: Path) -> tuple[Table, dict[str, Any]]:
    """Return the patients, equal rows kept together."""
    frame = pl.read_csv(folder / "dataset_of_diabetes.csv")
    kept = frame.select("HbA1c", "AGE", "BMI", "Gender", "CLASS")
    return table_of(kept.cast({"AGE": pl.Int64})), {"keep_duplicates_together": True}


def exoplanet(folder: Path) -> tuple[Table, dict[str, Any]]:
    """Return the objects of interest without missing values, stars kept together."""
    frame = pl.read_csv(folder / "koi_cumulative.csv", comment_prefix="#")
    kept = frame.select(list(KOI)).rename(KOI).drop_nulls()
    kept = kept.filter(pl.col("depth") > 0)
    numbers = [name for name in kept.columns if name not in {"label", "star"}]
    typed = kept.with_columns(pl.col(numbers).cast(pl.Float64))
    return table_of(typed), {"method": "group", "group_column": "star"}


def table_of(frame: pl.DataFrame) -> Table:
    """Return a frame as an import would have made it."""
    schema = Schema(
        tuple(
            Column(f"c{place}", name, TYPES[type(frame.schema[name])])
            for place, name in enumerate(frame.columns)
        )
    )
    ids = {column.name: column.id for column in schema}
    rows = frame.rename(ids).with_row_index(ROW).cast({ROW: pl.Int64})
    return Table(nw.from_native(rows.lazy()), schema)


def show(name: str, outcome: Outcome, seconds: float) -> None:
    """Print the figures of a family, and those of its rivals below."""
    found = outcome.metrics["cross_validation"]
    print(f"\n{name}, {FOLDS} folds, {seconds:.0f} s of CPU\n")
    print(f"| model | {' | '.join(SHOWN)} |")
    print("|---" * (len(SHOWN) + 1) + "|")
    told = [f"{found[m]['mean']:.3f} ± {found[m]['std']:.3f}" for m in SHOWN]
    print(f"| network | {' | '.join(told)} |")
    for rival in outcome.rivals:
        told = [f"{rival['metrics'][m]:.3f}" for m in SHOWN]
        print(f"| {rival['title']} | {' | '.join(told)} |")


TABLES: dict[str, Callable[[Path], tuple[Table, dict[str, Any]]]] = {
    "diabetes": diabetes,
    "exoplanet": exoplanet,
}


if __name__ == "__main__":
    main()
