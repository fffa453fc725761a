"""Growing a tree as Quinlan's C4.5 does, all nodes of a level at a time.

Every column offers its best question to every node of a level in the same few array
operations, so that the cost is that of the rows, not that of the nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.algorithms.c45.questions import (
    Asked,
    Column,
    Question,
    best_of_categories,
    best_of_numbers,
    choose,
    table,
)
from experiments.algorithms.c45.tree import LEAF, NEGLIGIBLE, Entries, Tree, descend

if TYPE_CHECKING:
    from experiments.algorithms.c45.tree import Floats, Ints

#: Cells of one table of weights by node, category and class.
CELLS = 4_000_000
#: Columns with more categories than this share of the rows say nothing of the mean.
MANY = 0.3


@dataclass(frozen=True)
class Limits:
    """How far a tree grows.

    Parameters
    ----------
    min_leaf : float
        The weight that at least two branches of a question must have.
    min_split : float
        The weight below which a node is not divided.
    max_depth : int or None
    """

    min_leaf: float
    min_split: float
    max_depth: int | None


@dataclass(frozen=True)
class Grown:
    """A tree, and the training entries at each of its nodes."""

    tree: Tree
    entries: list[Entries]


class Grower:
    """Grows one tree.

    Parameters
    ----------
    X : array of float, shape (n_rows, n_columns)
        Numbers, and codes of categories from 0 on; NaN is missing.
    y : array of int, shape (n_rows,)
        Codes of classes.
    weights : array of float, shape (n_rows,)
        All above 0.
    sizes : array of int, shape (n_columns,)
        How many categories a column has; 0 for numbers.
    limits : Limits
    """

    def __init__(
        self, X: Floats, y: Ints, weights: Floats, sizes: Ints, limits: Limits
    ) -> None:
        self.X, self.y, self.weights, self.limits = X, y, weights, limits
        self.sizes = sizes
        self.n_classes = int(y.max()) + 1
        self.columns = [
            Column.of(values, int(size))
            for values, size in zip(X.T, sizes, strict=True)
        ]
        is_many = sizes >= MANY * weights.sum()
        self.is_telling = ~is_many | (is_many & (sizes > 0)).all()
        self.tree = _leaves(1, self.n_classes, sizes)
        self.entries: list[Entries] = []

    def grow(self) -> Grown:
        """Return the unpruned tree."""
        level = Entries.at(0, np.arange(len(self.y)), self.weights)
        depth = 0
        while len(level):
            nodes = self._divisible(level, depth)
            level = level[np.isin(level.nodes, nodes)]
            for some in self._portions(nodes):
                self._ask(level, some)
            level = self._next(level)
            depth += 1
        return Grown(self.tree, self.entries)

    def _divisible(self, level: Entries, depth: int) -> Ints:
        """Count the entries at each node of a level; return the nodes worth asking."""
        start = len(self.entries)
        n_nodes = len(self.tree.feature) - start
        places = level.nodes - start
        counts = table(
            places, self.y[level.rows], level.weights, n_nodes, self.n_classes
        )
        self.tree.counts[start:] = counts
        ends = np.cumsum(np.bincount(places, minlength=n_nodes)).tolist()
        begins = [0, *ends[:-1]]
        self.entries += [level[a:b] for a, b in zip(begins, ends, strict=True)]
        if depth == self.limits.max_depth:
            return np.zeros(0, np.int64)
        total = counts.sum(axis=1)
        needed = max(2 * self.limits.min_leaf, self.limits.min_split)
        is_mixed = total - counts.max(axis=1) > NEGLIGIBLE
        return start + np.flatnonzero((total > needed - NEGLIGIBLE) & is_mixed)

    def _portions(self, nodes: Ints) -> list[Ints]:
        """Return the nodes in portions whose tables fit into memory."""
        cells = max(1, int(self.sizes.max(initial=1)) * self.n_classes)
        size = max(1, CELLS // cells)
        return [nodes[at : at + size] for at in range(0, len(nodes), size)]

    def _ask(self, level: Entries, nodes: Ints) -> None:
        """Write the best question of each of these nodes into the tree."""
        here = level[np.isin(level.nodes, nodes)]
        asked = Asked(
            here.rows,
            np.searchsorted(nodes, here.nodes),
            self.y[here.rows],
            here.weights,
            len(nodes),
            self.n_classes,
        )
        found = [self._question(column, asked) for column in self.columns]
        feature = choose(found, self.is_telling)
        answered = np.flatnonzero(feature != LEAF)
        thresholds = np.array([question.threshold for question in found])
        chosen, nodes = feature[answered], nodes[answered]
        self.tree.feature[nodes] = chosen
        self.tree.threshold[nodes] = thresholds[chosen, answered]
        self.tree.width[nodes] = np.where(self.sizes[chosen] > 0, self.sizes[chosen], 2)

    def _question(self, column: Column, asked: Asked) -> Question:
        best = best_of_categories if column.size else best_of_numbers
        return best(column, asked, self.limits.min_leaf)

    def _next(self, level: Entries) -> Entries:
        """Add the children of a level's nodes; return the entries at them."""
        tree = self.tree
        level = level[tree.feature[level.nodes] != LEAF]
        if not len(level):
            return level
        asking = np.unique(level.nodes)
        width = tree.width[asking]
        tree.first[asking] = len(tree.feature) + np.cumsum(width) - width
        self.tree = tree.with_more(_leaves(width.sum(), self.n_classes, self.sizes))
        below = descend(self.tree, self.X, level, None)
        return below[np.argsort(below.nodes, kind="stable")]


def _leaves(n_nodes: int, n_classes: int, sizes: Ints) -> Tree:
    return Tree(
        feature=np.full(n_nodes, LEAF),
        threshold=np.full(n_nodes, np.nan),
        first=np.zeros(n_nodes, np.int64),
        width=np.zeros(n_nodes, np.int64),
        counts=np.zeros((n_nodes, n_classes)),
        sizes=sizes,
    )
