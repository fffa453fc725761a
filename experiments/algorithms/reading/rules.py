"""A tree in words: one line a question, deeper ones further in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from experiments.algorithms.reading.view import Branch, TreeView, ViewNode

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMES = {"date": ("days", "%Y-%m-%d"), "datetime": ("seconds", "%Y-%m-%d %H:%M:%S")}


def rules(view: TreeView) -> str:
    """Return the whole tree as lines of text."""
    return "\n".join(_lines(view)) + "\n"


def _lines(view: TreeView) -> Iterator[str]:
    root = view.nodes[0]
    if not root.branches:
        yield leaf_in_words(view, root)
    waiting = [(root, branch, 0) for branch in reversed(root.branches)]
    while waiting:
        node, branch, depth = waiting.pop()
        child = view.nodes[branch.child]
        said = "" if child.branches else f": {leaf_in_words(view, child)}"
        yield f"{'|   ' * depth}{condition(view, node, branch)}{said}"
        waiting += [(child, one, depth + 1) for one in reversed(child.branches)]


def condition(view: TreeView, node: ViewNode, branch: Branch) -> str:
    """Return in words what a branch takes."""
    feature = _one_line(node.feature or "")
    if branch.low is not None and branch.high is not None:
        low, high = _ends(view, node, branch)
        return _or_missing(view, node, branch, f"{low} < {feature} ≤ {high}")
    return f"{feature} {taken_in_words(view, node, branch)}"


def taken_in_words(view: TreeView, node: ViewNode, branch: Branch) -> str:
    """Return what a branch takes of the feature its node asks about."""
    if branch.kind == "missing":
        return "is missing"
    if branch.kind == "rest":
        taken = [name for other in node.branches for name in other.among]
        said = f"≠ {', '.join(map(_one_line, taken))}"
    elif branch.kind == "among":
        said = f"= {', '.join(map(_one_line, branch.among))}"
    else:
        low, high = _ends(view, node, branch)
        ends = [*([f"> {low}"] if low else []), *([f"≤ {high}"] if high else [])]
        said = " and ".join(ends) or "is known"
    return _or_missing(view, node, branch, said)


def _ends(
    view: TreeView, node: ViewNode, branch: Branch
) -> tuple[str | None, str | None]:
    kind = view.types.get(node.feature or "", "")
    low, high = (
        None if end is None else value_in_words(end, kind)
        for end in (branch.low, branch.high)
    )
    return low, high


def _or_missing(view: TreeView, node: ViewNode, branch: Branch, said: str) -> str:
    is_told = branch.with_missing and node.feature not in view.complete
    return f"{said} or missing" if is_told else said


def value_in_words(value: float, kind: str) -> str:
    """Return a number; days and seconds since 1970 as the day or moment they are."""
    if kind not in _TIMES:
        return f"{value:.6g}"
    unit, form = _TIMES[kind]
    return (_EPOCH + timedelta(**{unit: value})).strftime(form)


def leaf_in_words(view: TreeView, node: ViewNode) -> str:
    """Return what a node says, and of how many training rows."""
    right = f", {max(node.answer):.1%}" if view.labels is not None else ""
    more = f" … {node.below} nodes further down" if node.below else ""
    return f"{answer_in_words(view, node)} ({node.weight:.6g}{right}){more}"


def answer_in_words(view: TreeView, node: ViewNode) -> str:
    """Return the class or the number that a node answers."""
    said = view.said(node)
    return f"{said:.6g}" if view.labels is None else _one_line(str(said))


def _one_line(text: str) -> str:
    """Return text that cannot be taken for another line."""
    return " ".join(text.split())
