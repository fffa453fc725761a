"""Growing a CHAID tree: node by node, the question whose groups differ most."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from math import log
from typing import TYPE_CHECKING

import numpy as np

from experiments.algorithms.chaid.merging import Grouping, Merger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.algorithms.chaid.associations import Floats
    from experiments.algorithms.chaid.columns import Column, Ints
    from experiments.algorithms.chaid.merging import Rules
    from experiments.algorithms.chaid.targets import Target


@dataclass(frozen=True)
class Limits:
    """How far a tree grows.

    Parameters
    ----------
    alpha_split : float
        A node is divided where p is not larger.
    min_split : float
        The weight below which a node is not divided.
    max_depth : int or None
    """

    alpha_split: float
    min_split: float
    max_depth: int | None


@dataclass(frozen=True)
class Question:
    """What a node asks, and where each answer leads.

    Parameters
    ----------
    column : int
    groups : tuple of tuple of int
        The codes of each branch.
    statistic, log_p : float
    first : int
        The node of the first branch; those of the others follow.
    """

    column: int
    groups: tuple[tuple[int, ...], ...]
    statistic: float
    log_p: float
    first: int

    def branches(self, size: int) -> Ints:
        """Return the branch of each code, -1 for those the node has no row of."""
        branch = np.full(size, -1)
        for place, group in enumerate(self.groups):
            branch[list(group)] = place
        return branch


@dataclass(frozen=True)
class Node:
    """What is known of the training rows of a node, and what it asks, if anything."""

    sums: Floats
    question: Question | None = None


class Grower:
    """Grows one tree.

    Parameters
    ----------
    codes : array of int, shape (n_columns, n_rows)
    columns : sequence of Column
    target : Target
    rules : Rules
    limits : Limits
    """

    def __init__(
        self,
        codes: Ints,
        columns: Sequence[Column],
        target: Target,
        rules: Rules,
        limits: Limits,
    ) -> None:
        self.codes, self.columns, self.target = codes, columns, target
        self.rules, self.limits = rules, limits

    def grow(self) -> list[Node]:
        """Return the nodes, the root first, the children of a node side by side."""
        nodes: list[Node] = []
        waiting = deque([(np.arange(self.codes.shape[1]), 0)])
        while waiting:
            rows, depth = waiting.popleft()
            sums = self.target.table(np.zeros_like(rows), rows, 1)[0]
            question = None
            if depth != self.limits.max_depth and self._is_divisible(sums):
                question = self._question(rows, len(nodes) + len(waiting) + 1)
            nodes.append(Node(sums, question))
            if question:
                size = self.columns[question.column].size
                branch = question.branches(size)[self.codes[question.column, rows]]
                places = range(len(question.groups))
                waiting += [(rows[branch == place], depth + 1) for place in places]
        return nodes

    def _is_divisible(self, sums: Floats) -> bool:
        association = self.rules.association
        weight = float(association.weight(sums))
        return weight >= self.limits.min_split and not association.is_pure(sums)

    def _question(self, rows: Ints, first: int) -> Question | None:
        """Return the question with the smallest p, if that is small enough."""
        best: tuple[int, Grouping] | None = None
        for place in range(len(self.columns)):
            found = self._grouping(place, rows)
            if found and (best is None or found.log_p < best[1].log_p):
                best = place, found
        if best is None or best[1].log_p > log(self.limits.alpha_split):
            return None
        place, found = best
        return Question(place, found.groups, found.statistic, found.log_p, first)

    def _grouping(self, place: int, rows: Ints) -> Grouping | None:
        column, codes = self.columns[place], self.codes[place, rows]
        table = self.target.table(codes, rows, column.size)
        there = np.flatnonzero(self.rules.association.weight(table) > 0)
        if len(there) < 2:
            return None
        kind = "nominal"
        if not column.is_category:
            kind = "floating" if there[-1] == column.missing else "ordinal"
        found = Merger(table[there], kind, self.rules).grouping()
        return found and _widened(found, there, column)


def _widened(found: Grouping, there: Ints, column: Column) -> Grouping:
    """Return a grouping with the codes of the column.

    A range without rows goes with the one below it, or with the lowest that has some.
    """
    groups = [there[list(group)].tolist() for group in found.groups]
    if not column.is_category:
        of = {code: group for group in groups for code in group}
        ranges = [code for code in sorted(of) if code != column.missing]
        nearest = of[ranges[0]]
        for code in range(column.missing):
            nearest = of.get(code, nearest)
            if code not in of:
                nearest.append(code)
    return replace(found, groups=tuple(tuple(sorted(group)) for group in groups))
