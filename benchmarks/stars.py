"""How good and how fast the star network is, beside boosted trees and bare peaks.

Synthetic stars of medium difficulty by default, a fifth of them tested; seeds fixed,
one thread. With a folder, the stars of EROS1 in it are learned instead, in five folds
(from `eros1_lightcurves.csv` and `eros1_labels.csv`, which are not part of this
program).
`docs/models.md` says what was found.

Run: python -m benchmarks.stars [STARS OF EACH CLASS] [EPOCHS] [FOLDER]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from benchmarks.families import FOLDS, Told, figure, table_of
from datasets.generators.stars.generator import generate
from datasets.generators.stars.parameters import StarsParameters
from experiments.algorithms.catalogue import algorithm
from experiments.families.stars.assembling import CANDIDATES
from experiments.learning.plans import Plan, SplitSettings
from experiments.metrics import headline_of
from experiments.training import train

if TYPE_CHECKING:
    from experiments.learning.outcomes import Outcome
    from experiments.learning.pipelines import FittedPipeline

SEED = 42
BATCH = 64
ALL_IN_FOLDS = {"train_ratio": 1.0, "cv_folds": FOLDS}
SHOWN = ("accuracy", "f1_macro", "ece")
PERIODS = ("period_within_1", "period_within_5", "period_mae_dex", "period2_mae_dex")


def main() -> None:
    """Train on synthetic stars, or those of a folder; print tables in Markdown."""
    n_per_class, epochs = (int(word) for word in [*sys.argv[1:3], "200", "20"][:2])
    folder = Path(sys.argv[3]) if len(sys.argv) > 3 else None
    rows = eros(folder) if folder else synthetic(n_per_class)
    names = rows.columns
    entry = algorithm("stars")
    assert entry.family is not None
    plan = Plan(
        algorithm="stars",
        hyperparameters={
            "epochs": epochs,
            "batch_size": 16,
            "longest_period": 2000 if folder else 500,
        },
        target=entry.family.target(names),
        features=entry.family.features(names),
        task=entry.task,
        split=SplitSettings(random_seed=SEED, **(ALL_IN_FOLDS if folder else {})),
        random_seed=SEED,
    )
    timed = Told()
    outcome = train(plan, table_of(rows), timed)
    show(outcome, rows, timed)


def synthetic(n_per_class: int) -> pl.DataFrame:
    """Return the rows of synthetic stars of medium difficulty."""
    parameters = StarsParameters(n_per_class=n_per_class, seed=SEED)
    return pl.concat(list(generate(parameters)))


def eros(folder: Path) -> pl.DataFrame:
    """Return the rows of the stars of EROS1, with class and period."""
    labels = pl.read_csv(folder / "eros1_labels.csv")
    return pl.read_csv(folder / "eros1_lightcurves.csv").join(labels, on="star_id")


def show(outcome: Outcome, rows: pl.DataFrame, timed: Told) -> None:
    """Print how good the network is beside its rival, then how fast."""
    found, ours = headline_of(outcome.metrics), outcome.rivals[0]["model_metrics"]
    stars = rows["star_id"].n_unique()
    print(f"\n{stars} stars, {len(timed.ends)} epochs\n")
    print(f"| model | {' | '.join((*SHOWN, *PERIODS))} |")
    print("|---" * (len(SHOWN) + len(PERIODS) + 1) + "|")
    known = " | ".join(figure(ours, outcome, name) for name in SHOWN)
    print(f"| network | {known} | {told([found.get(name) for name in PERIODS])} |")
    for rival in outcome.rivals:
        figures = told([rival["metrics"][name] for name in SHOWN])
        print(f"| {rival['title']} | {figures} |" + " |" * len(PERIODS))
    some = rows.filter(pl.col("star_id").rank("dense") <= 4 * BATCH)
    inputs, asked = latency(outcome.pipeline, some)
    print("\n| CPU, one thread | seconds |\n|---|---|")
    print(f"| one epoch | {timed.seconds:.1f} |")
    print(f"| inputs of a star | {inputs:.4f} |")
    print(f"| answer to a star, {BATCH} at a time | {asked:.4f} |")
    print(f"| top peak within 5 % | {top_peak(outcome.pipeline, some):.3f} |")


def told(figures: list[Any]) -> str:
    """Return figures as the cells of a row."""
    return " | ".join("" if value is None else f"{value:.3f}" for value in figures)


def latency(pipeline: FittedPipeline, rows: pl.DataFrame) -> tuple[float, float]:
    """Return the seconds a star takes: its inputs, and the network's answer."""
    started = time.process_time()
    X = matrix(pipeline, rows)
    inputs = (time.process_time() - started) / len(X)
    pipeline.estimator.outputs(X[:BATCH])
    started = time.process_time()
    for start in range(0, len(X), BATCH):
        pipeline.estimator.outputs(X[start : start + BATCH])
    return inputs, (time.process_time() - started) / len(X)


def matrix(pipeline: FittedPipeline, rows: pl.DataFrame) -> np.ndarray[Any, Any]:
    """Return the numbers of some stars as the network is given them."""
    from experiments.learning.preparation import Frame  # noqa: PLC0415 -- heavy import

    assert pipeline.assembler is not None
    frame = Frame.collect(table_of(rows))
    return pipeline.assembler.assemble(frame, learning=False).X


def top_peak(pipeline: FittedPipeline, rows: pl.DataFrame) -> float:
    """Return for how many stars the highest peak alone is the period, within 5 %."""
    stars = rows.group_by(pl.col("star_id")).first().sort("star_id")
    known = stars["period"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    found = 10 ** matrix(pipeline, rows)[:, CANDIDATES][:, 0]
    return float((np.abs(found / known - 1) <= 0.05)[~np.isnan(known)].mean())


if __name__ == "__main__":
    main()
