"""CHAID (Kass 1980), for classes and for numbers, as scikit-learn has estimators."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    validate_data,
)

from experiments.algorithms.chaid.associations import (
    ClassAssociation,
    NumberAssociation,
)
from experiments.algorithms.chaid.columns import UNSEEN, Column
from experiments.algorithms.chaid.growing import Grower, Limits
from experiments.algorithms.chaid.merging import Rules
from experiments.algorithms.chaid.targets import ClassTarget, NumberTarget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn.utils import Tags

    from experiments.algorithms.chaid.associations import Association, Floats
    from experiments.algorithms.chaid.columns import Ints
    from experiments.algorithms.chaid.targets import Target


class _Chaid(BaseEstimator):
    """What both estimators do: merge categories that do not differ, ask, divide.

    A value that no training row of a node had ends there, and the node answers.
    """

    def _grow(self, X: Floats, weights: Floats, target: Target) -> None:
        categorical = set(self.categorical_features or ())
        self.columns_ = [
            Column.of_categories(values)
            if place in categorical
            else Column.of_numbers(values, weights, self.n_bins)
            for place, values in enumerate(X.T)
        ]
        self.association_ = self._association()
        rules = Rules(
            self.association_,
            self.alpha_merge,
            self.alpha_resplit and min(self.alpha_resplit, self.alpha_merge),
            self.min_samples_leaf,
            self.bonferroni,
            self.exhaustive,
        )
        limits = Limits(self.alpha_split, self.min_samples_split, self.max_depth)
        codes = self._codes(X)
        self.nodes_ = Grower(codes, self.columns_, target, rules, limits).grow()
        sums = np.array([node.sums for node in self.nodes_])
        self.answers_ = self.association_.answer(sums)
        self.feature_importances_ = self._importances()

    @abstractmethod
    def _association(self) -> Association: ...

    def _codes(self, X: Floats) -> Ints:
        pairs = zip(self.columns_, X.T, strict=True)
        return np.array([column.codes(values) for column, values in pairs])

    def _checked(self, X: Any) -> Floats:
        check_is_fitted(self)
        return validate_data(
            self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False
        )

    def _answered(self, X: Floats) -> Floats:
        """Return the answers of the nodes where rows end, shape (n_rows, n_answers)."""
        return self.answers_[self._ends(self._codes(X))]

    def _ends(self, codes: Ints) -> Ints:
        """Return the node where each row ends; parents come before their children."""
        ends = np.zeros(codes.shape[1], np.int64)
        waiting = {0: np.arange(codes.shape[1])}
        while waiting:
            place, rows = waiting.popitem()
            ends[rows] = place
            question = self.nodes_[place].question
            if question is None or not len(rows):
                continue
            asked = codes[question.column, rows]
            branches = question.branches(self.columns_[question.column].size)
            branch = np.where(asked == UNSEEN, UNSEEN, branches[asked])
            for number in range(len(question.groups)):
                waiting[question.first + number] = rows[branch == number]
        return ends

    def _importances(self) -> Floats:
        """Return how much rows of a column's questions they explain, as shares."""
        told = np.zeros(len(self.columns_))
        for node in self.nodes_:
            if node.question:
                told[node.question.column] += node.question.statistic
        total = told.sum()
        return told / total if total else told

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


class ChaidClassifier(ClassifierMixin, _Chaid):
    """A decision tree that asks for what differs most, in as many groups as differ.

    Parameters
    ----------
    statistic : {"pearson", "likelihood_ratio"}
        Which χ² is computed.
    alpha_merge : float, default=0.05
        Categories that differ with a larger p are merged.
    alpha_split : float, default=0.05
        A node is divided where p is not larger.
    alpha_resplit : float, optional
        A merged group is divided again where p is not larger; no more than
        `alpha_merge` counts.
    bonferroni : bool, default=True
        Whether p is multiplied by the number of groupings that were possible.
    exhaustive : bool, default=False
        Whether categories are merged down to two groups, and the best grouping on the
        way is taken.
    n_bins : int, default=10
        In how many ranges of equal weight numbers are put.
    max_depth : int, optional
    min_samples_split, min_samples_leaf : int
        The weight of a node that is divided, and of every group.
    categorical_features : sequence of int, optional
        The columns that hold codes of categories; the others are ordered.

    Attributes
    ----------
    classes_ : array, shape (n_classes,)
    columns_ : list of Column
    nodes_ : list of Node
    answers_ : array of float, shape (n_nodes, n_classes)
    feature_importances_ : array of float, shape (n_features_in_,)
    """

    def __init__(  # noqa: PLR0913 -- an estimator's parameters
        self,
        *,
        statistic: Literal["pearson", "likelihood_ratio"] = "pearson",
        alpha_merge: float = 0.05,
        alpha_split: float = 0.05,
        alpha_resplit: float | None = None,
        bonferroni: bool = True,
        exhaustive: bool = False,
        n_bins: int = 10,
        max_depth: int | None = None,
        min_samples_split: int = 20,
        min_samples_leaf: int = 7,
        categorical_features: Sequence[int] | None = None,
    ) -> None:
        self.statistic = statistic
        self.alpha_merge = alpha_merge
        self.alpha_split = alpha_split
        self.alpha_resplit = alpha_resplit
        self.bonferroni = bonferroni
        self.exhaustive = exhaustive
        self.n_bins = n_bins
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
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
        self.classes_, codes = np.unique(y, return_inverse=True)
        used = weights > 0
        target = ClassTarget(codes[used], weights[used], len(self.classes_))
        self._grow(X[used], weights[used], target)
        return self

    def predict_proba(self, X: Any) -> Floats:
        """Return the shares of the classes, shape (n_rows, n_classes)."""
        return self._answered(self._checked(X))

    def predict(self, X: Any) -> Any:
        """Return the likeliest class of each row."""
        check_is_fitted(self)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _association(self) -> Association:
        return ClassAssociation(self.statistic)


class ChaidRegressor(RegressorMixin, _Chaid):
    """CHAID for numbers: groups are told apart by the F test of their means.

    Parameters and attributes are those of `ChaidClassifier`, but for `statistic` and
    `classes_`; each node answers the mean of its rows.
    """

    def __init__(  # noqa: PLR0913 -- an estimator's parameters
        self,
        *,
        alpha_merge: float = 0.05,
        alpha_split: float = 0.05,
        alpha_resplit: float | None = None,
        bonferroni: bool = True,
        exhaustive: bool = False,
        n_bins: int = 10,
        max_depth: int | None = None,
        min_samples_split: int = 20,
        min_samples_leaf: int = 7,
        categorical_features: Sequence[int] | None = None,
    ) -> None:
        self.alpha_merge = alpha_merge
        self.alpha_split = alpha_split
        self.alpha_resplit = alpha_resplit
        self.bonferroni = bonferroni
        self.exhaustive = exhaustive
        self.n_bins = n_bins
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.categorical_features = categorical_features

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Learn from rows, shape (n_rows, n_columns), and their numbers."""
        X, y = validate_data(
            self,
            X,
            y,
            dtype=np.float64,
            ensure_all_finite="allow-nan",
            y_numeric=True,
        )
        weights = _check_sample_weight(
            sample_weight, X, dtype=np.float64, ensure_non_negative=True
        )
        used = weights > 0
        y = y[used].astype(np.float64)
        centre = np.average(y, weights=weights[used])
        self._grow(X[used], weights[used], NumberTarget(y - centre, weights[used]))
        self.answers_ = self.answers_ + centre
        return self

    def predict(self, X: Any) -> Floats:
        """Return the mean of the node where each row ends."""
        return self._answered(self._checked(X))[:, 0]

    def _association(self) -> Association:
        return NumberAssociation()
