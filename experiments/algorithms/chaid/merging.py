"""Which categories of a column may stand together: the heart of CHAID (Kass 1980).

Categories that do not differ in the target are merged, the most alike first, until all
that are left differ. Categories with an order merge with their neighbours only; the
missing one floats and may merge with any. What was found by looking at many groupings
is less surprising than it seems, so its p is multiplied by their number (Bonferroni).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import comb, factorial, log
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from experiments.algorithms.chaid.associations import Association, Floats

    Booleans = np.ndarray[Any, np.dtype[np.bool_]]

#: In a table of log p: this pair may not merge.
NEVER = -np.inf


@dataclass(frozen=True)
class Rules:
    """When groups merge, are divided again, and are taken.

    Parameters
    ----------
    association : Association
    alpha_merge : float
        Groups that differ with a larger p are merged.
    alpha_resplit : float or None
        A merged group is divided where its parts differ with a smaller p; None never.
    min_leaf : float
        The weight every group must have.
    bonferroni, exhaustive : bool
        Whether p is multiplied; whether groups are merged down to two, and the best
        grouping on the way is taken (Biggs 1991).
    """

    association: Association
    alpha_merge: float
    alpha_resplit: float | None
    min_leaf: float
    bonferroni: bool
    exhaustive: bool


@dataclass(frozen=True)
class Grouping:
    """Categories in groups, and how strongly the groups differ.

    Parameters
    ----------
    groups : tuple of tuple of int
        By their first category.
    statistic, log_p : float
        Log p counts the groupings that were possible.
    """

    groups: tuple[tuple[int, ...], ...]
    statistic: float
    log_p: float


@cache
def groupings(n_categories: int, n_groups: int, kind: str) -> int:
    """Return in how many ways categories may be merged to so many groups."""
    n, r = n_categories, n_groups
    if kind == "ordinal":
        return comb(n - 1, r - 1)
    if kind == "floating":
        return comb(n - 2, r - 2) + r * comb(n - 2, r - 1)
    signed = ((-1) ** v * comb(r, v) * (r - v) ** n for v in range(r))
    return sum(signed) // factorial(r)


def merges_tried(n_categories: int, kind: str) -> int:
    """Return how many merges are tried on the way down to two groups."""
    n = n_categories
    return n * (n - 1) // 2 if kind != "nominal" else n * (n**2 - 1) // 6


class Merger:
    """The groups of one column at one node, while they are merged.

    Parameters
    ----------
    sums : array of float, shape (n_categories, n_sums)
        Every category has some weight.
    kind : {"nominal", "ordinal", "floating"}
        Floating are ordered categories the last of which is the missing one.
    rules : Rules
    """

    def __init__(self, sums: Floats, kind: str, rules: Rules) -> None:
        self.categories, self.kind, self.rules = sums, kind, rules
        self.groups = [[place] for place in range(len(sums))]
        self._refresh()

    def grouping(self) -> Grouping | None:
        """Return the groups that are left when all differ; None if one is."""
        if self.rules.exhaustive:
            return self._best_on_the_way()
        seen = set()
        while len(self.groups) > 1:
            one, other, log_p = self._closest()
            if log_p <= log(self.rules.alpha_merge):
                break
            merged = self._merge(one, other)
            before = frozenset(map(tuple, self.groups))
            if before not in seen:  # a grouping that comes back stays as it is
                seen.add(before)
                self._divide(merged)
        self._merge_small()
        return self._found() if len(self.groups) > 1 else None

    def _best_on_the_way(self) -> Grouping | None:
        best: Grouping | None = None
        while len(self.groups) > 1:
            if self._weights().min() >= self.rules.min_leaf:
                found = self._found()
                if best is None or found.log_p < best.log_p:
                    best = found
            self._merge(*self._closest()[:2])
        return best

    def _found(self) -> Grouping:
        strength = self.rules.association.compare(self.sums[None])
        log_p = float(strength.log_p[0])
        if self.rules.bonferroni:
            log_p = min(0.0, log_p + log(self._tries()))
        groups = tuple(sorted(tuple(sorted(group)) for group in self.groups))
        return Grouping(groups, float(strength.statistic[0]), log_p)

    def _tries(self) -> int:
        n = len(self.categories)
        if self.rules.exhaustive:
            return merges_tried(n, self.kind)
        return groupings(n, len(self.groups), self.kind)

    def _weights(self) -> Floats:
        return self.rules.association.weight(self.sums)

    def _refresh(self) -> None:
        """Compare all pairs anew."""
        self.sums = np.array([self.categories[g].sum(axis=0) for g in self.groups])
        self.log_p = np.full((len(self.groups),) * 2, NEVER)
        self._compare(*np.nonzero(np.triu(self._mergeable(), 1)))

    def _compare(self, ones: Any, others: Any) -> None:
        pairs = np.empty((len(others), 2, self.sums.shape[1]))
        pairs[:, 0], pairs[:, 1] = self.sums[ones], self.sums[others]
        found = self.rules.association.compare(pairs).log_p
        self.log_p[ones, others] = self.log_p[others, ones] = found

    def _mergeable(self) -> Booleans:
        """Return which groups may stand together, shape (n_groups, n_groups)."""
        n = len(self.groups)
        if self.kind == "nominal":
            return ~np.eye(n, dtype=bool)
        missing = len(self.categories) - 1 if self.kind == "floating" else -1
        is_missing = np.array([group == [missing] for group in self.groups])
        first = np.array([min(group) for group in self.groups])
        rank = np.argsort(np.argsort(np.where(is_missing, n + first, first)))
        is_next = np.abs(rank[:, None] - rank) == 1
        return is_next | ((is_missing[:, None] | is_missing) & ~np.eye(n, dtype=bool))

    def _closest(self) -> tuple[int, int, float]:
        """Return the pair that differs least, and its log p."""
        one, other = divmod(int(self.log_p.argmax()), len(self.groups))
        return min(one, other), max(one, other), float(self.log_p[one, other])

    def _merge(self, one: int, other: int) -> int:
        """Put `other` into `one`, which comes before it; return where they are."""
        self.groups[one] = sorted(self.groups[one] + self.groups.pop(other))
        self.sums[one] += self.sums[other]
        kept = [*range(other), *range(other + 1, len(self.sums))]
        self.sums = self.sums[kept]
        self.log_p = self.log_p[kept][:, kept]
        self.log_p[one] = self.log_p[:, one] = NEVER
        others = np.flatnonzero(self._mergeable()[one])
        if len(others):
            self._compare(one, others)
        return one

    def _merge_small(self) -> None:
        """Merge groups that are too small with those they differ least from."""
        while len(self.groups) > 1:
            weights = self._weights()
            small = int(weights.argmin())
            if weights[small] >= self.rules.min_leaf:
                return
            other = int(self.log_p[small].argmax())
            self._merge(min(small, other), max(small, other))

    def _divide(self, place: int) -> None:
        """Divide a merged group of three or more where its parts differ most."""
        group, alpha = self.groups[place], self.rules.alpha_resplit
        if alpha is None or len(group) < 3:
            return
        parts = self._parts(group)
        sums = self.categories[group]
        inside = np.array([[part, ~part] for part in parts]) @ sums
        log_p = self.rules.association.compare(inside).log_p
        best = int(log_p.argmin())
        if log_p[best] <= log(alpha):
            members = np.array(group)
            self.groups[place] = members[parts[best]].tolist()
            self.groups.append(members[~parts[best]].tolist())
            self._refresh()

    def _parts(self, group: list[int]) -> Booleans:
        """Return the ways to divide a group in two that are tried.

        Those with an order are cut between neighbours. Others are put in order first,
        by the share of each class or the mean: for two classes and for numbers the
        best of all ways is among them.
        """
        missing = len(self.categories) - 1
        answers = self.rules.association.answer(self.categories[group])
        orders = [np.arange(len(group))]
        if self.kind == "nominal":
            orders = [np.argsort(column, kind="stable") for column in answers.T]
        cuts = np.tri(len(group), dtype=bool)[:-1]
        parts = np.concatenate([cuts[:, np.argsort(order)] for order in orders])
        if self.kind == "floating" and group[-1] == missing:
            moved = parts.copy()
            moved[:, -1] = True
            parts = np.concatenate([parts, moved[:-1]])
        return parts
