"""How long training takes, beside the same work done with bare scikit-learn.

Bare means: split, fit, predict training and test rows, and the same five folds, with no
metric computed. DataMine adds metrics with intervals, baseline, curves, importances,
checks, signature and self-check. Rows are made from a fixed seed. CPU seconds tell the
truth where others use the machine; the least of all repeats counts.

Run: python -m benchmarks.train_algorithms [rows]
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_iris, make_classification
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split
from threadpoolctl import threadpool_limits

from benchmarks.figures import repeats, tell
from datasets.engines import engine
from datasets.tables import Column, ColumnType, Schema, Table
from experiments.algorithms.catalogue import Task, algorithms
from experiments.algorithms.parameters import Setting
from experiments.learning.plans import Plan, SplitSettings
from experiments.training import train

if TYPE_CHECKING:
    from collections.abc import Callable

    from experiments.algorithms.catalogue import Algorithm

ROWS = 2_000
FEATURES = 10
FOLDS = 5
SEED = 7
REPEATS = repeats(3)
#: Times the bare work from which on a second of it may take, and seconds of a session
#: on 150 rows.
REACH = (1.10, 0.25)


def main() -> None:
    """Measure every algorithm, and print tables in Markdown."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    X, y = make_classification(
        rows, FEATURES, n_informative=6, n_classes=3, random_state=SEED
    )
    X -= X.min(axis=0)  # counts are what one of the algorithms learns from
    print(f"{rows:,} × {FEATURES}, {FOLDS} folds; reach {REACH[0]} × from 1 s on")
    found = _table(X, y, FOLDS)
    long = [ours / bare for bare, ours in found if bare > 1] or [0.0]
    iris = load_iris()
    print(f"\n150 × 4 (iris), no folds; reach {REACH[1]} s")
    small = _table(iris.data, iris.target, None)
    tell(
        f"training {rows:,} × {FEATURES}, {FOLDS} folds, where bare takes over 1 s",
        f"{min(long):.2f} to {max(long):.2f} × the CPU time",
        beside=f"scikit-learn: {sum(bare for bare, _ in found):.1f} CPU s for all",
        asked=f"≤ {REACH[0]} ×",
    )
    tell(
        "training 150 rows, slowest algorithm, without the program around it",
        f"{max(ours for _, ours in small):.2f} CPU s",
        beside=f"scikit-learn: at most {max(bare for bare, _ in small):.2f} CPU s",
        asked=f"≤ {REACH[1]} s",
    )


def _table(
    X: np.ndarray[Any, Any], y: np.ndarray[Any, Any], folds: int | None
) -> list[tuple[float, float]]:
    print("\n| algorithm | bare, CPU s | DataMine, CPU s | times |")
    print("|---|---|---|---|")
    found = []
    for entry in (entry for entry in algorithms() if entry.family is None):
        numeric = entry.task is Task.REGRESSION
        target = X[:, 0] * 2 + y if numeric else y
        table, plan = _table_of(X, target, numeric), _plan(entry, X.shape[1], folds)
        bare, ours = _least(
            lambda e=entry, t=target: _bare(e, X, t, folds),
            lambda p=plan, t=table: train(p, t),
        )
        print(f"| {entry.name} | {bare:.3f} | {ours:.3f} | {ours / bare:.2f} |")
        found.append((bare, ours))
    return found


def _least(*works: Callable[[], Any]) -> list[float]:
    """Return the least CPU seconds of each; they take turns, as machines drift."""
    found: list[list[float]] = [[] for _ in works]
    for _ in range(REPEATS):
        for times, work in zip(found, works, strict=True):
            start = time.process_time()
            work()
            times.append(time.process_time() - start)
    return [min(times) for times in found]


def _bare(
    entry: Algorithm,
    X: np.ndarray[Any, Any],
    y: np.ndarray[Any, Any],
    folds: int | None,
) -> None:
    numeric = entry.task is Task.REGRESSION
    kept, held, y_kept, _ = train_test_split(
        X, y, test_size=0.2, random_state=42, stratify=None if numeric else y
    )
    estimator = entry.build({}, Setting())
    predict = "predict" if numeric else "predict_proba"
    with threadpool_limits(1):
        estimator.fit(kept, y_kept)
        for part in (kept, held):
            getattr(estimator, predict)(part)
        if folds:
            kind = KFold if numeric else StratifiedKFold
            divided = kind(folds, shuffle=True, random_state=42).split(kept, y_kept)
            for learned, tested in divided:
                fold = clone(estimator).fit(kept[learned], y_kept[learned])
                getattr(fold, predict)(kept[tested])


def _plan(entry: Algorithm, n_features: int, folds: int | None) -> Plan:
    return Plan(
        algorithm=entry.name,
        target="target",
        features=[f"feature {place}" for place in range(n_features)],
        task=entry.task,
        split=SplitSettings(cv_folds=folds),
    )


def _table_of(X: np.ndarray[Any, Any], y: np.ndarray[Any, Any], numeric: bool) -> Table:
    names = [*(f"feature {place}" for place in range(X.shape[1])), "target"]
    types = [ColumnType.NUMBER] * X.shape[1]
    types.append(ColumnType.NUMBER if numeric else ColumnType.CATEGORY)
    columns = [
        Column(f"c{place}", name, kind)
        for place, (name, kind) in enumerate(zip(names, types, strict=True))
    ]
    target = y.tolist() if numeric else [f"class {code}" for code in y]
    values = [*(column.tolist() for column in X.T), target]
    schema = Schema(tuple(columns))
    by_id = dict(zip((c.id for c in schema), values, strict=True))
    return engine("polars").table(by_id, schema)


if __name__ == "__main__":
    main()
