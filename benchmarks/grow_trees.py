"""How fast our own trees grow, and how well they answer: CHAID and C4.5 on adult.

CHAID is held against the package of that name, on the same table and with the same
settings, so that both grow the same tree; the package comes into an environment that is
thrown away. C4.5 is held against what Weka's J48 is known to answer. The tables are
looked for in the folder named by DATAMINE_TEST_DATA; without them rows of the same
shape are made, and no accuracy is told.

Run: python -m benchmarks.grow_trees [rows]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold, cross_val_score

from benchmarks.figures import repeats, tell
from experiments.algorithms.c45.estimator import C45Classifier
from experiments.algorithms.chaid.estimator import ChaidClassifier

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 32_561
NUMBERS = 6
#: How many values the eight nominal columns of adult have.
NOMINAL = (8, 16, 7, 14, 6, 5, 2, 41)
SEED = 7
REPEATS = repeats(3)
FOLDS = 10
PEER = "CHAID==5.5.1"
#: Times as fast as the package, seconds of C4.5, points off J48's accuracy.
REACH = (10, 3.0, 0.005)
J48 = {"adult": 0.864, "KOI": 0.742}
SETTINGS = {"max_depth": 2, "min_samples_split": 30, "min_samples_leaf": 1}
#: What the package is asked, of codes in a file; it prints seconds, leaves, χ².
ASK = """
import sys, time, warnings
warnings.simplefilter("ignore")
import pandas as pd
from CHAID import Tree
table = pd.read_csv(sys.argv[1])
kinds = {name: "nominal" for name in table.columns[:-1]}
start = time.process_time()
tree = Tree.from_pandas_df(
    table, kinds, "y", alpha_merge=0.05, max_depth=2, min_parent_node_size=30,
    min_child_node_size=1, split_threshold=0,
)
asking = [node for node in tree.tree_store if not node.is_terminal]
seconds = time.process_time() - start
chi2 = sum(node.split.score for node in asking)
print(seconds, len(tree.tree_store) - len(asking), chi2)
"""


@dataclass(frozen=True)
class Rows:
    """A table as estimators take it; `nominal` are the places of codes."""

    X: np.ndarray[Any, Any]
    y: np.ndarray[Any, Any]
    nominal: list[int]
    is_real: bool


def main() -> None:
    """Measure both, and print a table in Markdown."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    table = adult(rows)
    where = "adult" if table.is_real else "made rows"
    print(f"{where}, {len(table.y):,} × {table.X.shape[1]}\n")
    print("| what | CPU s | leaves | χ² of all questions | accuracy in ten folds |")
    print("|---|---|---|---|---|")
    against_package(table, where, with_package=rows == ROWS)
    against_j48(table, where)


def against_package(table: Rows, where: str, *, with_package: bool) -> None:
    """Grow CHAID on the nominal columns, beside the package if it is wanted."""
    X = table.X[:, table.nominal]
    model = ChaidClassifier(
        **SETTINGS,
        alpha_split=1,
        bonferroni=False,
        categorical_features=list(range(X.shape[1])),
    )
    seconds = least(lambda: model.fit(X, table.y))
    asked = [node.question for node in model.nodes_ if node.question]
    leaves = len(model.nodes_) - len(asked)
    chi2 = sum(question.statistic for question in asked)
    print(f"| CHAID, nominal columns | {seconds:.3f} | {leaves} | {chi2:.3f} | – |")
    found = package(X, table.y) if with_package else None
    if found:
        print("| the package CHAID | {:.3f} | {:.0f} | {:.3f} | – |".format(*found))
    tell(
        f"CHAID on {where}, {len(table.y):,} × {X.shape[1]} nominal",
        f"{seconds:.3f} CPU s, {leaves} leaves",
        beside=f"{PEER}: {found[0]:.2f} CPU s, {found[1]:.0f} leaves" if found else "–",
        asked=f"≤ 1/{REACH[0]} of the package's time",
        ratio=seconds / found[0] if found else None,
    )


def against_j48(table: Rows, where: str) -> None:
    """Grow C4.5 on all columns, and try it in folds where the rows are real."""
    model = C45Classifier(categorical_features=table.nominal)
    seconds = least(lambda: model.fit(table.X, table.y))
    leaves = int((model.tree_.feature < 0).sum())
    reached = {"adult": accuracy(table)} if table.is_real else {}
    koi = stars()
    if koi is not None:
        reached["KOI"] = accuracy(koi)
    shown = f"{reached['adult']:.4f}" if "adult" in reached else "–"
    print(f"| C4.5, all columns | {seconds:.3f} | {leaves} | – | {shown} |")
    if "KOI" in reached:
        print(f"| C4.5, KOI | – | – | – | {reached['KOI']:.4f} |")
    tell(
        f"C4.5 on {where}, {len(table.y):,} × {table.X.shape[1]}",
        f"{seconds:.2f} CPU s",
        asked=f"≤ {REACH[1]:.0f} s",
    )
    for name, found in reached.items():
        tell(
            f"C4.5 on {name}, accuracy in ten folds",
            f"{found:.4f}",
            beside=f"Weka's J48: {J48[name]}",
            asked=f"within {REACH[2]}",
        )


def accuracy(table: Rows) -> float:
    """Return the share of rows that ten folds answer rightly."""
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=1)
    model = C45Classifier(categorical_features=table.nominal)
    return float(cross_val_score(model, table.X, table.y, cv=folds).mean())


def least(work: Callable[[], Any]) -> float:
    """Return the least CPU seconds of all repeats."""
    found = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def adult(rows: int) -> Rows:
    """Return adult's training rows, or as many rows of its shape."""
    path = folder() / "tabular" / "adult_train_noheader.csv"
    if not path.exists() or rows != ROWS:
        return made(rows)
    table = pd.read_csv(path, header=None, skipinitialspace=True, na_values="?")
    nominal = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    for name in nominal:
        codes = table[name].astype("category").cat.codes.astype(float)
        table[name] = codes.where(codes >= 0)
    values = table.to_numpy(float)
    return Rows(values[:, :-1], values[:, -1].astype(int), nominal[:-1], is_real=True)


def made(rows: int) -> Rows:
    """Make numbers and codes of which some decide, from a fixed seed."""
    rng = np.random.default_rng(SEED)
    numbers = rng.normal(size=(rows, NUMBERS))
    codes = np.column_stack([rng.integers(0, size, rows) for size in NOMINAL])
    decided = numbers[:, 0] + (codes[:, 0] % 3) + rng.normal(size=rows)
    X = np.column_stack([numbers, codes.astype(float)])
    return Rows(X, (decided > 1).astype(int), list(range(NUMBERS, X.shape[1])), False)


def stars() -> Rows | None:
    """Return the objects of Kepler by nine measurements, None where they are not."""
    path = folder() / "exoplanets" / "koi_converted.csv"
    if not path.exists():
        return None
    values = pd.read_csv(path).to_numpy(float)
    return Rows(values[:, :-1], values[:, -1].astype(int), [], is_real=True)


def folder() -> Path:
    return Path(os.environ.get("DATAMINE_TEST_DATA", "."))


def package(X: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> list[float] | None:
    """Return seconds, leaves and χ² of the package; None where it cannot be had."""
    with tempfile.TemporaryDirectory() as place:
        table = pd.DataFrame(X.astype(object)).where(~np.isnan(X), None).assign(y=y)
        table.to_csv(f"{place}/table.csv", index=False)
        venv.create(f"{place}/peer", with_pip=True)
        python = f"{place}/peer/bin/python"
        got = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", PEER], check=False
        )
        if got.returncode:
            return None
        done = subprocess.run(
            [python, "-c", ASK, f"{place}/table.csv"],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return [float(value) for value in done.stdout.split()]


if __name__ == "__main__":
    main()
