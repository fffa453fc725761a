"""A classifier that is Quinlan's C4.5, release 8, as Weka's J48 does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    validate_data,
)

from experiments.algorithms.c45.growing import Grower, Limits
from experiments.algorithms.c45.pruning import Pruner
from experiments.algorithms.c45.questions import disorder
from experiments.algorithms.c45.tree import (
    LEAF,
    NEGLIGIBLE,
    Entries,
    Tree,
    descend,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn.utils import Tags

    from experiments.algorithms.c45.tree import Floats, Ints


class C45Classifier(ClassifierMixin, BaseEstimator):
    """A decision tree with many branches a node, pruned by expected errors.

    Questions are chosen by gain ratio among those whose gain is not below the mean.
    Categories get a branch each, numbers are divided at a value of the training rows.
    A row whose value is missing goes down every branch by its share, in training and
    in prediction; a category that was not in the training rows counts as missing.

    Parameters
    ----------
    confidence : float, default=0.25
        How cautious pruning is about training errors; smaller prunes more.
    min_samples_leaf : int, default=2
        The weight that at least two branches of a question must have.
    min_samples_split : int, default=2
        A node with less weight is not divided.
    max_depth : int, optional
    unpruned : bool, default=False
        Whether all stays that makes fewer errors on the training rows.
    subtree_raising : bool, default=True
        Whether pruning may replace a node by its heaviest branch.
    categorical_features : sequence of int, optional
        The columns that hold codes of categories.

    Attributes
    ----------
    classes_ : array, shape (n_classes,)
    tree_ : Tree
    categories_ : dict of int to array
        The codes of each such column, in the order of the branches.
    feature_importances_ : array of float, shape (n_features_in_,)
        What the questions of each column tell of the training rows, as shares.
    """

    def __init__(
        self,
        *,
        confidence: float = 0.25,
        min_samples_leaf: int = 2,
        min_samples_split: int = 2,
        max_depth: int | None = None,
        unpruned: bool = False,
        subtree_raising: bool = True,
        categorical_features: Sequence[int] | None = None,
    ) -> None:
        self.confidence = confidence
        self.min_samples_leaf = min_samples_leaf
        self.min_samples_split = min_samples_split
        self.max_depth = max_depth
        self.unpruned = unpruned
        self.subtree_raising = subtree_raising
        self.categorical_features = categorical_features

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Learn from rows, shape (n_rows, n_columns), and their classes."""
        X, y = validate_data(
            self, X, y, dtype=np.float64, ensure_all_finite="allow-nan"
        )
        check_classification_targets(y)
        weights = _check_sample_weight(
            sample_weight, X, dtype=np.float64, ensure_non_negative=True
        )
        self.classes_ = np.unique(y)
        is_used = weights > 0
        codes = np.searchsorted(self.classes_, y[is_used])
        sizes = self._learn_categories(X[is_used])
        rows = self._coded(X[is_used])
        self.tree_ = self._tree(rows, codes, weights[is_used], sizes)
        self.shares_, self.answers_ = self.tree_.shares, _answers_of(self.tree_)
        self.feature_importances_ = _importances(self.tree_)
        return self

    def predict_proba(self, X: Any) -> Floats:
        """Return the shares of the classes, shape (n_rows, n_classes)."""
        check_is_fitted(self)
        X = validate_data(
            self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False
        )
        rows, answers = self._coded(X), np.zeros((len(X), len(self.classes_)))
        entries = Entries.at(0, np.arange(len(X)), np.ones(len(X)))
        while len(entries):
            is_asked = self.tree_.feature[entries.nodes] != LEAF
            ended = entries[~is_asked]
            shares = ended.weights[:, None] * self.answers_[ended.nodes]
            np.add.at(answers, ended.rows, shares)
            entries = descend(self.tree_, rows, entries[is_asked], self.shares_)
        return answers / answers.sum(axis=1, keepdims=True)

    def predict(self, X: Any) -> Any:
        """Return the likeliest class of each row."""
        check_is_fitted(self)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _learn_categories(self, X: Floats) -> Ints:
        """Keep the codes of each categorical column; return how many there are."""
        columns = X.T[list(self.categorical_features or ())]
        self.categories_ = {
            int(place): np.unique(column[~np.isnan(column)])
            for place, column in zip(
                self.categorical_features or (), columns, strict=True
            )
        }
        sizes = np.zeros(X.shape[1], np.int64)
        for place, codes in self.categories_.items():
            sizes[place] = max(1, len(codes))
        return sizes

    def _coded(self, X: Floats) -> Floats:
        """Return rows whose categories are numbered from 0 on, NaN where unknown."""
        rows = X.copy() if self.categories_ else X
        for place, codes in self.categories_.items():
            column = X[:, place]
            found = np.searchsorted(codes, column).clip(max=max(0, len(codes) - 1))
            is_known = codes[found] == column if len(codes) else column != column
            rows[:, place] = np.where(is_known, found, np.nan)
        return rows

    def _tree(self, X: Floats, y: Ints, weights: Floats, sizes: Ints) -> Tree:
        limits = Limits(self.min_samples_leaf, self.min_samples_split, self.max_depth)
        grown = Grower(X, y, weights, sizes, limits).grow()
        pruner = Pruner(grown, X, y, self.confidence)
        pruner.collapse()
        if not self.unpruned:
            pruner.prune(raising=self.subtree_raising)
        return grown.tree.compact()

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _answers_of(tree: Tree) -> Floats:
    """Return the shares of the classes at each node; an empty one says its parent's."""
    answers = tree.counts.copy()
    for node in range(len(answers)):
        children = tree.children(node)
        is_empty = answers[children].sum(axis=1) <= NEGLIGIBLE
        answers[children.start + np.flatnonzero(is_empty)] = answers[node]
    return answers / answers.sum(axis=1, keepdims=True)


def _importances(tree: Tree) -> Floats:
    """Return what the questions of each column tell, as shares of their sum."""
    told = np.zeros(len(tree.sizes))
    nats = disorder(tree.counts)
    for node in np.flatnonzero(tree.feature != LEAF).tolist():
        told[tree.feature[node]] += nats[node] - nats[tree.children(node)].sum()
    return told / max(told.sum(), NEGLIGIBLE)
