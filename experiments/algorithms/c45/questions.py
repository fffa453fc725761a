"""What a column may ask, and what each question is worth, for many nodes at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import xlogy

from experiments.algorithms.c45.tree import LEAF, NEGLIGIBLE, weigh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.algorithms.c45.tree import Floats, Ints

    Booleans = np.ndarray[Any, np.dtype[np.bool_]]

#: A branch of numbers needs a tenth of the mean class, but no more weight than this.
MOST_NEEDED = 25
#: How far below the mean gain a question may lie.
SLACK = 1e-3


@dataclass(frozen=True)
class Column:
    """The values of one column.

    Parameters
    ----------
    codes : array of int, shape (n_rows,)
        Of a category, or the place of a number among `values`; -1 is missing.
    values : array of float
        The different numbers, smallest first.
    size : int
        How many categories there are; 0 for numbers.
    """

    codes: np.ndarray[Any, np.dtype[np.int32]]
    values: Floats
    size: int

    @classmethod
    def of(cls, numbers: Floats, size: int) -> Column:
        """Return the column of these values, NaN where there is none."""
        is_known = ~np.isnan(numbers)
        codes = np.full(len(numbers), -1, np.int32)
        if size:
            codes[is_known] = numbers[is_known]
            return cls(codes, numbers[:0], size)
        values, codes[is_known] = np.unique(numbers[is_known], return_inverse=True)
        return cls(codes, values, 0)


@dataclass(frozen=True)
class Asked:
    """The training entries at some nodes, which are numbered from 0 on here."""

    rows: Ints
    nodes: Ints
    classes: Ints
    weights: Floats
    n_nodes: int
    n_classes: int

    @property
    def total(self) -> Floats:
        """The weight at each node."""
        return weigh(self.nodes, self.weights, self.n_nodes)


@dataclass(frozen=True)
class Question:
    """The best question of one column for each node.

    Parameters
    ----------
    gain, ratio : array of float, shape (n_nodes,)
        In bits a row; and as a share of what the branches themselves tell.
    threshold : array of float, shape (n_nodes,)
        NaN for categories.
    is_possible : array of bool, shape (n_nodes,)
    """

    gain: Floats
    ratio: Floats
    threshold: Floats
    is_possible: Booleans


def table(places: Ints, classes: Ints, weights: Floats, n: int, k: int) -> Floats:
    """Return the weight by place and class, shape (n, k)."""
    return weigh(places * k + classes, weights, n * k).reshape(n, k)


def disorder(counts: Floats) -> Floats:
    """Return weight times entropy in nats, over the last axis."""
    total = counts.sum(axis=-1)
    found: Floats = xlogy(total, total) - xlogy(counts, counts).sum(axis=-1)
    return found


def choose(questions: Sequence[Question], is_telling: Booleans) -> Ints:
    """Return the column each node asks for, `LEAF` where none is worth it.

    It is the best ratio among the gains that are not below the mean.
    """
    gain = np.array([question.gain for question in questions])
    is_possible = np.array([question.is_possible for question in questions])
    counted = is_possible & is_telling[:, None]
    number = counted.sum(axis=0)
    mean = np.where(counted, gain, 0).sum(axis=0) / np.maximum(number, 1)
    is_good = is_possible & (gain >= mean - SLACK) & (number > 0)
    best = np.zeros(gain.shape[1])
    chosen = np.full(gain.shape[1], LEAF)
    for place, question in enumerate(questions):
        is_better = is_good[place] & (question.ratio > best + NEGLIGIBLE)
        chosen[is_better] = place
        best[is_better] = question.ratio[is_better]
    return chosen


def best_of_categories(column: Column, asked: Asked, min_leaf: float) -> Question:
    """Return what dividing by every category is worth."""
    codes = column.codes[asked.rows]
    known = codes >= 0
    counts = table(
        (asked.nodes * column.size + codes)[known],
        asked.classes[known],
        asked.weights[known],
        asked.n_nodes * column.size,
        asked.n_classes,
    ).reshape(asked.n_nodes, column.size, asked.n_classes)
    branches, total = counts.sum(axis=2), asked.total
    nats = disorder(counts.sum(axis=1)) - disorder(counts).sum(axis=1)
    gain = nats / total / np.log(2)
    return Question(
        gain,
        gain / _told_by_branches(branches, total),
        np.full(asked.n_nodes, np.nan),
        (branches > min_leaf - NEGLIGIBLE).sum(axis=1) > 1,
    )


def best_of_numbers(column: Column, asked: Asked, min_leaf: float) -> Question:
    """Return the best place to divide at, and what it is worth.

    That a place could be chosen is paid for (Quinlan 1996): the gain is less by the
    bits that name the place.
    """
    node, code, left, known = _divided(column, asked)
    right = known[node] - left
    below, above = left.sum(axis=1), right.sum(axis=1)
    fair = np.minimum(0.1 * known.sum(axis=1) / asked.n_classes, MOST_NEEDED)
    needed = np.maximum(min_leaf, fair)[node] - NEGLIGIBLE
    places = np.flatnonzero((below >= needed) & (above >= needed))
    total = asked.total
    node_of = node[places]
    nats = disorder(known)[node_of] - disorder(left[places]) - disorder(right[places])
    gains = nats / total[node_of] / np.log(2)
    best, tried = _first_best(gains, node_of, asked.n_nodes)
    nodes = node_of[best]
    gain, told = np.zeros(asked.n_nodes), np.ones(asked.n_nodes)
    threshold = np.full(asked.n_nodes, np.nan)
    gain[nodes] = gains[best] - np.log2(tried[nodes]) / total[nodes]
    at = places[best]
    branches = np.stack([below[at], above[at]], axis=1)
    told[nodes] = _told_by_branches(branches, total[nodes])
    threshold[nodes] = _value_between(column.values, code[at], code[at + 1])
    return Question(gain, gain / told, threshold, gain > NEGLIGIBLE)


def _divided(column: Column, asked: Asked) -> tuple[Ints, Ints, Floats, Floats]:
    """Return every different number at every node, and what is not larger than it.

    Returns
    -------
    node, code : array of int, shape (n_places,)
        By node, then by number.
    left : array of float, shape (n_places, n_classes)
        The weight up to and with the number.
    known : array of float, shape (n_nodes, n_classes)
        The weight of all numbers.
    """
    codes = column.codes[asked.rows]
    is_known = codes >= 0
    span = max(1, len(column.values))
    keys, place = np.unique(
        asked.nodes[is_known] * span + codes[is_known], return_inverse=True
    )
    classes, weights = asked.classes[is_known], asked.weights[is_known]
    counts = table(place, classes, weights, len(keys), asked.n_classes)
    node, code = keys // span, keys % span
    left = np.cumsum(counts, axis=0)
    start = np.searchsorted(node, np.arange(asked.n_nodes + 1))
    before = np.concatenate([np.zeros((1, asked.n_classes)), left])[start]
    return node, code, left - before[node], np.diff(before, axis=0)


def _first_best(gains: Floats, nodes: Ints, n_nodes: int) -> tuple[Ints, Ints]:
    """Return where the first of each node's best gains is, and how many it had."""
    highest = np.zeros(n_nodes)
    np.maximum.at(highest, nodes, gains)
    good = np.flatnonzero(gains >= highest[nodes] - NEGLIGIBLE)
    _, first = np.unique(nodes[good], return_index=True)
    return good[first], np.bincount(nodes, minlength=n_nodes)


def _told_by_branches(branches: Floats, total: Floats) -> Floats:
    """Return the bits a row that knowing the branch tells; infinite for one branch.

    Rows whose value is missing are a branch of their own.
    """
    missing = np.maximum(total - branches.sum(axis=1), 0)
    every = np.concatenate([branches, missing[:, None]], axis=1)
    nats = xlogy(total, total) - xlogy(every, every).sum(axis=1)
    bits: Floats = nats / total / np.log(2)
    return np.where(bits > NEGLIGIBLE, bits, np.inf)


def _value_between(values: Floats, below: Ints, above: Ints) -> Floats:
    """Return the largest number of the data in the lower half between two of them."""
    middle = values[below] / 2 + values[above] / 2
    return values[np.searchsorted(values, middle, side="right") - 1]
