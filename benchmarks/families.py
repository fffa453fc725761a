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
import numpy as np
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
    """Prints where the training is, and notes how long epochs take."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def log(self, message: str) -> None:
        """Print one line of the log."""
        print(f"  {message}", file=sys.stderr, flush=True)

    def epoch(self, metrics: dict[str, float]) -> None:
        """Note the end of an epoch of the model that is kept."""
        self.ends.append(time.process_time())

    @property
    def seconds(self) -> float:
        """The usual time of an epoch, in seconds of CPU."""
        return float(np.median(np.diff(self.ends))) if len(self.ends) > 1 else np.nan


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
        started, told = time.process_time(), Told()
        outcome = train(plan, table, told)
        print(f"\n{name}: {time.process_time() - started:.0f} s of CPU")
        show(outcome, told)


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


def show(outcome: Outcome, told: Told) -> None:
    """Print the figures of all tested rows, and those of its rivals below."""
    rows = sum(outcome.rows.values())
    print(
        f"{rows} rows; an epoch of the kept model takes {told.seconds:.1f} s of CPU\n"
    )
    print(f"| model | {' | '.join(SHOWN)} |")
    print("|---" * (len(SHOWN) + 1) + "|")
    ours = outcome.rivals[0]["model_metrics"]
    print(f"| network | {' | '.join(figure(ours, outcome, m) for m in SHOWN)} |")
    for rival in outcome.rivals:
        cells = [f"{rival['metrics'][m]:.3f}" for m in SHOWN]
        print(f"| {rival['title']} | {' | '.join(cells)} |")


def figure(metrics: dict[str, Any], outcome: Outcome, name: str) -> str:
    """Return a figure with its interval, where one is known."""
    ends = outcome.intervals.get(name)
    told = f" ({ends['low']:.3f} to {ends['high']:.3f})" if ends else ""
    return f"{metrics[name]:.3f}{told}"


TABLES: dict[str, Callable[[Path], tuple[Table, dict[str, Any]]]] = {
    "diabetes": diabetes,
    "exoplanet": exoplanet,
}


if __name__ == "__main__":
    main()
