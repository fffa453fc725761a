"""What a fitted estimator answers, asked without detours."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.learning.tensors import HoldsTensors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from experiments.learning.encoding import Matrix

    Answers = np.ndarray[Any, np.dtype[np.float64]]
    Ask = Callable[[Any, Matrix], Answers]


def answers(estimator: Any, X: Matrix, labels: Sequence[Any] | None) -> Answers:
    """Return probabilities, a column for every label, or numbers.

    Classes are the codes 0 … n in estimators; one that was never learned gets 0.
    """
    ask = _short_ways().get(type(estimator))
    if ask:
        found = ask(estimator, X)
    else:
        found = _ask_usually(estimator, X, with_shares=labels is not None)
    if labels is None:
        return found
    classes = estimator.classes_
    if len(classes) == len(labels):
        return found
    complete = np.zeros((len(found), len(labels)))
    complete[:, classes] = found
    return complete


def beside(estimator: Any, X: Matrix) -> dict[str, list[Any]]:
    """Return what a network answers beside its prediction, by name, a value a row."""
    return estimator.beside(X) if isinstance(estimator, HoldsTensors) else {}


@cache
def _short_ways() -> dict[type, Ask]:
    """Return how estimators of exactly these classes are asked.

    Trees of scikit-learn check what was checked already, and forests start a pool for
    it: on one row that takes thirty times as long as the answer. The numbers are the
    same, which a test holds.
    """
    from sklearn import ensemble, tree  # noqa: PLC0415 -- heavy import

    return {
        tree.DecisionTreeClassifier: _ask_tree_of_classes,
        tree.DecisionTreeRegressor: _ask_tree_of_numbers,
        ensemble.RandomForestClassifier: _ask_forest_of_classes,
        ensemble.RandomForestRegressor: _ask_forest_of_numbers,
    }


def _ask_usually(estimator: Any, X: Matrix, *, with_shares: bool) -> Answers:
    import sklearn  # noqa: PLC0415 -- heavy import

    with sklearn.config_context(assume_finite=True):
        found: Answers = (
            estimator.predict_proba(X) if with_shares else estimator.predict(X)
        )
    return found


def _ask_tree_of_classes(estimator: Any, X: Matrix) -> Answers:
    found: Answers = estimator.tree_.predict(X.astype(np.float32))
    return found[:, : estimator.n_classes_]


def _ask_tree_of_numbers(estimator: Any, X: Matrix) -> Answers:
    found: Answers = estimator.tree_.predict(X.astype(np.float32))
    return found[:, 0]


def _ask_forest_of_classes(estimator: Any, X: Matrix) -> Answers:
    return _mean_of_trees(estimator, X)[:, : estimator.n_classes_]


def _ask_forest_of_numbers(estimator: Any, X: Matrix) -> Answers:
    return _mean_of_trees(estimator, X)[:, 0]


def _mean_of_trees(forest: Any, X: Matrix) -> Answers:
    rows = X.astype(np.float32)
    trees = [member.tree_ for member in forest.estimators_]
    total: Answers = trees[0].predict(rows)
    for one in trees[1:]:
        total += one.predict(rows)
    total /= len(trees)
    return total
