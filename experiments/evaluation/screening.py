"""What some rows say about columns as features, before anything is trained.

Training looks for the same signs in the rows it learns from; here a sample of a version
is looked at once for each target, whatever features are chosen of it later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.algorithms.catalogue import algorithm
from experiments.evaluation.leaks import Learned, telling_features
from experiments.learning.problems import Problem, TrainingError
from experiments.learning.samples import read_samples

if TYPE_CHECKING:
    from collections.abc import Collection

    from datasets.tables import Table
    from experiments.learning.plans import Plan

    Array = np.ndarray[Any, np.dtype[np.float64]]

#: From this share of repeated rows on, one should know before training.
MANY_REPEATS = 0.01


@dataclass(frozen=True)
class Screening:
    """What was found in a sample of rows.

    Parameters
    ----------
    telling : tuple of Problem
        Each about a feature that gives the target away.
    columns : dict of str to array, shape (n_samples,)
        The features as numbers, by name.
    y : array, shape (n_samples,)
    is_whole : bool
        Whether the sample is the whole table, so that repeated rows can be counted.
    """

    telling: tuple[Problem, ...] = ()
    columns: dict[str, Array] | None = None
    y: Array | None = None
    is_whole: bool = False

    def about(self, plan: Plan) -> list[Problem]:
        """Return what one should know of the features that a plan takes."""
        found = [problem for problem in self.telling if problem.column in plan.features]
        if not plan.split.keep_duplicates_together:
            found += self._repeated(plan.features)
        return found

    def _repeated(self, features: Collection[str]) -> list[Problem]:
        if not self.is_whole or self.columns is None or self.y is None:
            return []
        known = [self.columns[name] for name in features if name in self.columns]
        if len(known) < len(features):
            return []
        # As bytes, in which a missing value is equal to another.
        rows = np.ascontiguousarray(np.column_stack([*known, self.y]))
        different = len(np.unique(rows.view(f"V{rows.itemsize * rows.shape[1]}")))
        repeated = len(rows) - different
        if repeated < MANY_REPEATS * len(rows):
            return []
        return [
            Problem(
                None,
                "repeated_rows",
                f"{repeated} of {len(rows)} rows are equal to an earlier one in these "
                "features and the target: what is learned from would also be tested "
                "on. Switch on “Keep duplicates together”, or drop duplicates.",
            )
        ]


def screen(plan: Plan, table: Table, *, is_whole: bool) -> Screening:
    """Look at the rows of a table.

    Parameters
    ----------
    plan : Plan
        With all columns that may be features, and an algorithm that takes any.
    table : Table
        Few enough rows to be held in memory.
    is_whole : bool
        Whether they are all there are.

    Returns
    -------
    Screening
        An empty one where nothing can be learned from these rows at all.
    """
    try:
        samples = read_samples(plan, table)
        entry, everyone = algorithm(plan.algorithm), np.arange(len(samples.y))
        preparation, X, _ = samples.prepare(everyone, plan.features, entry)
    except TrainingError:
        return Screening()
    encoder = preparation.encoder
    learned = Learned(X, samples.y, encoder, samples.labels)
    columns = {
        feature.name: X[:, place.start]
        for feature, place in zip(encoder.features, encoder.groups, strict=True)
    }
    telling = telling_features(learned, plan.target, plan.random_seed)
    return Screening(tuple(telling), columns, samples.y.astype(float), is_whole)
