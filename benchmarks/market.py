"""How good the market families are on real daily prices, beside their plain models.

Walk-forward: each of five parts is foretold by what was learned from all days before
it, with a gap of what targets look ahead. Seed 42, one thread. The prices are not part
of this program; `docs/models.md` says what was found.

Run: python -m benchmarks.market FILE [regime | volatility …]

FILE holds `date,symbol,open,high,low,close,volume`, a row for each day and symbol.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from benchmarks.families import Told, table_of
from experiments.algorithms.catalogue import algorithm
from experiments.learning.plans import Plan, SplitSettings
from experiments.training import train

if TYPE_CHECKING:
    from experiments.learning.outcomes import Outcome

FOLDS = 5
SEED = 42
ALL = ("BTC", "ETH", "SOL")
#: Which symbols are learned together, and with which settings, by family.
RUNS: dict[str, tuple[tuple[tuple[str, ...], dict[str, Any]], ...]] = {
    "regime": ((ALL, {"days": 1825, "epochs": 20, "batch_size": 128}),),
    "volatility": (
        (("BTC",), {"days": 1825, "epochs": 30, "batch_size": 64}),
        (ALL, {"days": 1825, "epochs": 20, "batch_size": 128}),
    ),
}


def main() -> None:
    """Train the named families, or both, and print a table in Markdown for each run."""
    frame = pl.read_csv(Path(sys.argv[1]), try_parse_dates=True)
    for name in sys.argv[2:] or list(RUNS):
        for symbols, settings in RUNS[name]:
            rows = frame.filter(pl.col("symbol").is_in(symbols)).sort("date", "symbol")
            started = time.process_time()
            outcome = train(plan_for(name, settings), table_of(rows), Told())
            seconds = time.process_time() - started
            show(f"{name}, {', '.join(symbols)}", outcome, seconds)


def plan_for(name: str, settings: dict[str, Any]) -> Plan:
    """Return the plan of a family, all days in folds."""
    entry = algorithm(name)
    family = entry.family
    assert family is not None
    names = [column.name for column in family.contract.role("feature")]
    parameters = entry.parameters_model().parse(settings)
    split = family.usual_split(parameters, names)
    return Plan(
        algorithm=name,
        hyperparameters=settings,
        target=family.target(names),
        features=family.features(names),
        task=entry.task,
        split=SplitSettings(train_ratio=1.0, cv_folds=FOLDS, **split),
        random_seed=SEED,
    )


def show(title: str, outcome: Outcome, seconds: float) -> None:
    """Print the figures of a run, all folds together, and those of its rivals."""
    metric = outcome.rivals[0]["metric"]
    print(f"\n{title}: {seconds:.0f} s of CPU\n")
    print(f"| model | {metric} | p (no better) |\n|---|---|---|")
    print(f"| network | {outcome.rivals[0]['model']:.4f} | |")
    for rival in outcome.rivals:
        chance = rival["p_value"]
        said = "" if chance is None else f"{chance:.3f}"
        print(f"| {rival['title']} | {rival['rival']:.4f} | {said} |")
    print("\n| measure | mean of folds | each fold |\n|---|---|---|")
    for name, found in outcome.metrics["cross_validation"].items():
        if found["mean"] is not None:
            folds = ", ".join(f"{value:.3f}" for value in found["folds"] if value)
            print(f"| {name} | {found['mean']:.3f} | {folds} |")


if __name__ == "__main__":
    main()
