"""Which nodes of a tree are drawn, and where: levels to the right, leaves in rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from datasets.words import word
from experiments.algorithms.reading.rules import condition, taken_in_words
from experiments.algorithms.reading.view import ViewNode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.algorithms.reading.view import Branch, TreeView

#: What a page has room for: levels below the root, leaves, and branches of one node.
LEVELS, LEAVES, BRANCHES = 4, 24, 12


@dataclass(frozen=True)
class Place:
    """A node to be drawn, or several light branches of one node together.

    Parameters
    ----------
    level : int
        How many questions lead here.
    parent : int
        The place it hangs from; -1 for the root.
    node : ViewNode
    taken, condition : str
        What it takes of its parent's feature, and the same with the feature's name.
    hidden : int
        How many nodes below it are not drawn.
    row : float
        How far down it is, in rows of leaves.
    """

    level: int
    parent: int
    node: ViewNode
    taken: str
    condition: str
    hidden: int = 0
    row: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether what is below it is drawn."""
        return bool(self.node.branches) and not self.hidden


def lay_out(view: TreeView, *, whole: bool) -> list[Place]:
    """Return what is drawn, from the top down, each before what is below it.

    Not `whole`, it is so many levels as have no more leaves than a page has room for,
    and of a node with very many branches the lightest are one.
    """
    size = len(view.nodes)
    levels, branches = (size, size) if whole else (_levels(view), BRANCHES)
    sizes = _sizes(view)
    places: list[Place] = []
    waiting = [Place(0, -1, view.nodes[0], word("all rows"), word("all rows"))]
    while waiting:
        place = waiting.pop()
        if place.level == levels and place.node.branches:
            place = replace(place, hidden=sizes[id(place.node)] - 1)
        places.append(place)
        if place.is_open:
            below = _below(view, place, branches, sizes)
            waiting += [replace(b, parent=len(places) - 1) for b in reversed(below)]
    return _in_rows(places)


def _below(
    view: TreeView, place: Place, most: int, sizes: dict[int, int]
) -> list[Place]:
    shown, folded = _folded(view, place.node, most)
    found = [
        Place(
            place.level + 1,
            0,
            view.nodes[branch.child],
            taken_in_words(view, place.node, branch),
            condition(view, place.node, branch),
            view.nodes[branch.child].below,
        )
        for branch in shown
    ]
    if folded:
        said = word(f"{len(folded)} other branches")
        nodes = [view.nodes[branch.child] for branch in folded]
        hidden = sum(sizes[id(node)] for node in nodes)
        found.append(Place(place.level + 1, 0, _together(nodes), said, said, hidden))
    return found


def _folded(
    view: TreeView, node: ViewNode, most: int
) -> tuple[Sequence[Branch], Sequence[Branch]]:
    """Return the branches that are drawn each, and the light ones drawn as one."""
    if len(node.branches) <= most:
        return node.branches, ()
    by_weight = sorted(node.branches, key=lambda one: -view.nodes[one.child].weight)
    heavy = {branch.child for branch in by_weight[: most - 1]}
    return (
        [branch for branch in node.branches if branch.child in heavy],
        [branch for branch in node.branches if branch.child not in heavy],
    )


def _together(nodes: Sequence[ViewNode]) -> ViewNode:
    """Return several nodes as one that answers what they answer on average."""
    weight = sum(node.weight for node in nodes)
    parts = [node.weight / weight if weight else 1 / len(nodes) for node in nodes]
    answers = zip(*(node.answer for node in nodes), strict=True)
    answer = tuple(
        sum(part * value for part, value in zip(parts, values, strict=True))
        for values in answers
    )
    return ViewNode(answer=answer, weight=weight)


def _sizes(view: TreeView) -> dict[int, int]:
    """Return of how many nodes each consists with all that is below it."""
    sizes: dict[int, int] = {}
    for node in reversed(view.nodes):
        below = (sizes[id(view.nodes[branch.child])] for branch in node.branches)
        sizes[id(node)] = 1 + node.below + sum(below)
    return sizes


def _levels(view: TreeView) -> int:
    """Return how many levels have no more leaves than a page has room for."""
    at, ended = [view.nodes[0]], 0
    for level in range(LEVELS):
        parts = [_folded(view, node, BRANCHES) for node in at]
        ended += sum(not shown for shown, _ in parts)
        ended += sum(bool(folded) for _, folded in parts)
        at = [view.nodes[branch.child] for shown, _ in parts for branch in shown]
        if level and ended + len(at) > LEAVES:
            return level
    return LEVELS


def _in_rows(places: list[Place]) -> list[Place]:
    """Give each leaf a row of its own, and each other place the middle of its own."""
    ends: dict[int, list[float]] = {}
    found = []
    row = sum(not place.is_open for place in places)
    for number in reversed(range(len(places))):
        place = places[number]
        below = ends.get(number)
        row -= not below
        at = (min(below) + max(below)) / 2 if below else float(row)
        ends.setdefault(place.parent, []).append(at)
        found.append(replace(place, row=at))
    return found[::-1]
