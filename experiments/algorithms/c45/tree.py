"""A tree with many branches a node, and how rows find their way down.

A node asks for one column. Numbers are divided in two at a value, categories have a
branch each. Children of a node lie next to each other. A row whose value is missing
goes down every branch, with the share of its weight that the branch has of the rows
whose value is known: what travels is therefore an entry, a row with a weight at a node.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Ints = np.ndarray[Any, np.dtype[np.int64]]

#: The feature of a node that asks nothing.
LEAF = -1
#: Smaller shares and gains are taken for rounding.
NEGLIGIBLE = 1e-6


@dataclass
class Tree:
    """Nodes as columns; node 0 is the root, parents come before their children.

    Parameters
    ----------
    feature : array of int, shape (n_nodes,)
        The column asked for, `LEAF` where none is.
    threshold : array of float, shape (n_nodes,)
        Of numbers: the first branch takes what is not larger.
    first, width : array of int, shape (n_nodes,)
        The first child of a node, and how many it has.
    counts : array of float, shape (n_nodes, n_classes)
        The weight of the training rows by class.
    sizes : array of int, shape (n_columns,)
        How many categories a column has; 0 for numbers.
    """

    feature: Ints
    threshold: Floats
    first: Ints
    width: Ints
    counts: Floats
    sizes: Ints

    @property
    def shares(self) -> Floats:
        """What part of the weight at its parent each node has."""
        weight = self.counts.sum(axis=1)
        parents = np.flatnonzero(self.feature != LEAF)
        return shares_of(self, weight, parents)

    def children(self, node: int) -> range:
        """Return the children of a node."""
        return range(self.first[node], self.first[node] + self.width[node])

    def below(self, top: int) -> list[int]:
        """Return `top` and all nodes below it, parents first."""
        found = [top]
        for node in found:
            if self.feature[node] != LEAF:
                found.extend(self.children(node))
        return found

    def with_more(self, other: Tree) -> Tree:
        """Return the tree with the nodes of another one behind its own."""
        columns = ("feature", "threshold", "first", "width", "counts")
        joined = {
            name: np.concatenate([getattr(self, name), getattr(other, name)])
            for name in columns
        }
        return replace(self, **joined)

    def make_leaf(self, node: int) -> None:
        """Let a node ask nothing any more."""
        self.feature[node], self.width[node] = LEAF, 0

    def compact(self) -> Tree:
        """Return the tree without the nodes that no way leads to."""
        kept = np.array(self.below(0))
        width = self.width[kept]
        return Tree(
            self.feature[kept],
            self.threshold[kept],
            np.cumsum(width) - width + 1,
            width,
            self.counts[kept],
            self.sizes,
        )


@dataclass(frozen=True)
class Entries:
    """Rows with their weights at nodes; a row may be at several."""

    rows: Ints
    weights: Floats
    nodes: Ints

    @classmethod
    def at(cls, node: int, rows: Ints, weights: Floats) -> Entries:
        """Return rows that all are at one node."""
        return cls(rows, weights, np.full(len(rows), node))

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, places: Any) -> Entries:
        return Entries(self.rows[places], self.weights[places], self.nodes[places])


def weigh(places: Ints, weights: Floats, n_places: int) -> Floats:
    """Return the weight at each place."""
    found: Any = np.bincount(places, weights, n_places)
    return found


def descend(tree: Tree, X: Floats, entries: Entries, shares: Floats | None) -> Entries:
    """Return the entries one level further down; all are at nodes that ask.

    Parameters
    ----------
    tree : Tree
    X : array of float, shape (n_rows, n_columns)
        Numbers, and codes of categories from 0 on; NaN is missing.
    entries : Entries
    shares : array of float, shape (n_nodes,), optional
        How missing values are shared out; None means by what these entries show.
    """
    values = X[entries.rows, tree.feature[entries.nodes]]
    is_missing = np.isnan(values)
    if not is_missing.any():
        return _step(tree, entries, values)
    known = _step(tree, entries[~is_missing], values[~is_missing])
    unknown = entries[is_missing]
    if shares is None:
        weight = weigh(known.nodes, known.weights, len(tree.feature))
        shares = shares_of(tree, weight, np.unique(unknown.nodes))
    spread = _spread(tree, unknown, shares)
    return Entries(
        np.concatenate([known.rows, spread.rows]),
        np.concatenate([known.weights, spread.weights]),
        np.concatenate([known.nodes, spread.nodes]),
    )


def shares_of(tree: Tree, weight: Floats, parents: Ints) -> Floats:
    """Return the part of the weight below each of `parents` that each child has."""
    children, of = _fanned(tree, parents)
    total = weigh(of, weight[children], len(parents))[of]
    even = 1.0 / tree.width[parents][of]
    shares = np.zeros(len(weight))
    shares[children] = np.divide(weight[children], total, out=even, where=total > 0)
    return shares


def _step(tree: Tree, entries: Entries, values: Floats) -> Entries:
    is_larger = values > tree.threshold[entries.nodes]
    is_category = tree.sizes[tree.feature[entries.nodes]] > 0
    branch = np.where(is_category, values, is_larger).astype(np.int64)
    return Entries(entries.rows, entries.weights, tree.first[entries.nodes] + branch)


def _spread(tree: Tree, entries: Entries, shares: Floats) -> Entries:
    children, of = _fanned(tree, entries.nodes)
    kept = shares[children] > NEGLIGIBLE
    children, of = children[kept], of[kept]
    return Entries(entries.rows[of], entries.weights[of] * shares[children], children)


def _fanned(tree: Tree, nodes: Ints) -> tuple[Ints, Ints]:
    """Return the children of all nodes, and at which place of `nodes` each belongs."""
    width = tree.width[nodes]
    of = np.repeat(np.arange(len(nodes)), width)
    start = np.repeat(np.cumsum(width) - width, width)
    return tree.first[nodes][of] + np.arange(len(of)) - start, of
