"""Pruning a grown tree by the errors it would make on new rows, as C4.5 does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from experiments.algorithms.c45.questions import table
from experiments.algorithms.c45.tree import LEAF, NEGLIGIBLE, Entries, descend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from experiments.algorithms.c45.growing import Grown
    from experiments.algorithms.c45.tree import Floats, Ints

#: So many more errors are taken for a smaller tree.
BARGAIN = 0.1
#: Training errors closer than this are the same.
SAME = 1e-3


def errors_of(counts: Floats) -> Floats:
    """Return the training errors of leaves with these weights by class."""
    found: Floats = counts.sum(axis=-1) - counts.max(axis=-1)
    return found


def expected_errors(counts: Floats, confidence: float) -> Floats:
    """Return the errors to expect of leaves: the upper limit of the share of errors.

    Parameters
    ----------
    counts : array of float, shape (n_leaves, n_classes)
    confidence : float
        How likely the true share is above the limit; at most 0.5.
    """
    total, errors = counts.sum(axis=-1), errors_of(counts)
    weight = np.maximum(total, NEGLIGIBLE)
    none = weight * (1 - confidence ** (1 / weight))
    one = _normal_limit(weight, np.ones_like(errors), confidence)
    added = np.where(
        errors < 1,
        none + errors * (one - none),
        _normal_limit(weight, errors, confidence),
    )
    return np.where(total > NEGLIGIBLE, errors + added, 0)


def _normal_limit(weight: Floats, errors: Floats, confidence: float) -> Floats:
    """Return what is added to whole errors, by the normal approximation."""
    z = ndtri(1 - confidence)
    share = (errors + 0.5) / weight
    spread = np.sqrt(
        np.maximum(share / weight - share**2 / weight + z**2 / (4 * weight**2), 0)
    )
    limit = (share + z**2 / (2 * weight) + z * spread) / (1 + z**2 / weight)
    nearly_all = errors + 0.5 >= weight
    return np.where(nearly_all, np.maximum(weight - errors, 0), limit * weight - errors)


class Pruner:
    """Makes a grown tree smaller, in place.

    Parameters
    ----------
    grown : Grown
    X, y : array
        What it was grown on.
    confidence : float
        Smaller prunes more.
    """

    def __init__(self, grown: Grown, X: Floats, y: Ints, confidence: float) -> None:
        self.tree, self.entries = grown.tree, grown.entries
        self.X, self.y, self.confidence = X, y, confidence

    def collapse(self) -> None:
        """Take away what makes no fewer errors on the training rows themselves."""
        tree = self.tree
        errors = errors_of(tree.counts)
        below = errors.copy()
        for node in reversed(range(len(tree.feature))):
            if tree.feature[node] != LEAF:
                below[node] = sum(below[child] for child in tree.children(node))
        for node in np.flatnonzero(tree.feature != LEAF).tolist():
            if below[node] >= errors[node] - SAME:
                tree.make_leaf(node)

    def prune(self, *, raising: bool) -> None:
        """Take away what promises no fewer errors on new rows.

        Parameters
        ----------
        raising : bool
            Whether a node may also be replaced by its heaviest branch.
        """
        tree = self.tree
        self.expected = expected_errors(tree.counts, self.confidence)
        self.below = self.expected.copy()
        waiting = tree.below(0)
        while waiting:
            node = waiting.pop()
            if tree.feature[node] != LEAF and self._settle(node, raising):
                waiting += tree.below(node)

    def _settle(self, node: int, raising: bool) -> bool:
        """Decide on a node below which all is settled; return whether it was raised."""
        tree = self.tree
        children = np.array(tree.children(node))
        errors = self.below[children].sum()
        as_leaf = self.expected[node]
        weight = tree.counts[children].sum(axis=1)
        heaviest = children[np.flatnonzero(weight >= weight.max() - NEGLIGIBLE)[-1]]
        raised = self._errors_if_raised(node, heaviest) if raising else np.inf
        if as_leaf <= min(errors, raised) + BARGAIN:
            tree.make_leaf(node)
            self.below[node] = as_leaf
            return False
        self.below[node] = errors
        if raised > errors + BARGAIN:
            return False
        self._raise(node, heaviest)
        return True

    def _errors_if_raised(self, node: int, branch: int) -> float:
        if self.tree.feature[branch] == LEAF:
            return float(self.expected[node])
        here = self.entries[node]
        ended = [
            level[self.tree.feature[level.nodes] == LEAF]
            for level in self._levels(Entries.at(branch, here.rows, here.weights))
        ]
        leaves = Entries(
            np.concatenate([entries.rows for entries in ended]),
            np.concatenate([entries.weights for entries in ended]),
            np.concatenate([entries.nodes for entries in ended]),
        )
        nodes, places = np.unique(leaves.nodes, return_inverse=True)
        counts = self._counts(leaves, places, len(nodes))
        return float(expected_errors(counts, self.confidence).sum())

    def _raise(self, node: int, branch: int) -> None:
        """Put a branch in the place of its node, and send all rows down it."""
        tree, here = self.tree, self.entries[node]
        for column in (tree.feature, tree.threshold, tree.first, tree.width):
            column[node] = column[branch]
        changed = np.array(tree.below(node))
        tree.counts[changed] = 0
        for below in changed:
            self.entries[below] = here[:0]
        for level in self._levels(here):
            order = np.argsort(level.nodes, kind="stable")
            nodes, starts = np.unique(level.nodes[order], return_index=True)
            ends = [*starts[1:], len(order)]
            for found, start, end in zip(nodes, starts, ends, strict=True):
                self.entries[found] = level[order[start:end]]
            places = np.searchsorted(nodes, level.nodes)
            tree.counts[nodes] = self._counts(level, places, len(nodes))
        self.expected[changed] = expected_errors(tree.counts[changed], self.confidence)
        self.below[changed] = self.expected[changed]

    def _levels(self, entries: Entries) -> Iterator[Entries]:
        """Yield entries on their way down; missing values go by the entries alone."""
        while len(entries):
            yield entries
            asking = entries[self.tree.feature[entries.nodes] != LEAF]
            entries = descend(self.tree, self.X, asking, None)

    def _counts(self, entries: Entries, places: Ints, n: int) -> Floats:
        classes = self.tree.counts.shape[1]
        return table(places, self.y[entries.rows], entries.weights, n, classes)
