"""A tree as programs that run elsewhere: SQL and Python. Names are text to both."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.algorithms.reading.view import Branch, Label, TreeView, ViewNode

#: How the kinds of columns that are not compared as they are become numbers in SQL.
_IN_SQL = {
    "boolean": "CAST({} AS INTEGER)",
    "date": "({} - DATE '1970-01-01')",
    "datetime": "EXTRACT(EPOCH FROM {})",
}


def sql(view: TreeView) -> str:
    """Return the prediction as one `CASE` expression, for DuckDB and PostgreSQL.

    A value that no branch takes ends at its node. That is what the estimators do,
    except that C4.5 shares a missing value out among the branches.
    """
    made: dict[int, str] = {}
    for place in reversed(range(len(view.nodes))):
        node = view.nodes[place]
        said = _literal(view.said(node))
        cases = " ".join(
            f"WHEN {_takes(view, node, branch)} THEN {made.pop(branch.child)}"
            for branch in node.branches
        )
        made[place] = f"CASE {cases} ELSE {said} END" if cases else said
    return f"{made[0]} AS {_identifier('predicted ' + view.target)}\n"


def _takes(view: TreeView, node: ViewNode, branch: Branch) -> str:
    name = _identifier(node.feature or "")
    form = _IN_SQL.get(view.types.get(node.feature or "", ""), "{}")
    number = form.format(name)
    if view.is_single:
        number = f"CAST(CAST({number} AS REAL) AS DOUBLE PRECISION)"
    tests = []
    if branch.kind == "among":
        tests.append(f"{name} IN ({_list(branch.among)})")
    elif branch.kind == "rest":
        taken = [text for other in node.branches for text in other.among]
        tests.append(f"{name} NOT IN ({_list(taken)})")
    elif branch.kind == "range":
        low, high = branch.low, branch.high
        ends = [] if low is None else [f"{number} > {_literal(low)}"]
        ends += [] if high is None else [f"{number} <= {_literal(high)}"]
        tests.append(f"({' AND '.join(ends) or name + ' IS NOT NULL'})")
    if branch.with_missing:
        tests.append(f"{name} IS NULL")
    return " OR ".join(tests)


def _list(texts: tuple[str, ...] | list[str]) -> str:
    return ", ".join(_literal(text) for text in texts)


def _literal(value: Label) -> str:
    """Return a value as SQL has it; quotes inside are doubled, numbers not decimal."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, float) and "e" not in repr(value):
        return f"{value!r}e0"
    return repr(value)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def python(view: TreeView) -> str:
    """Return a module with `predict(row)`, for a dict of values by column name."""
    nodes = ",\n    ".join(
        repr((node.feature, node.answer, tuple(map(_branch, node.branches))))
        for node in view.nodes
    )
    return _PROGRAM.format(
        labels=repr(view.labels),
        shares=view.shares_missing,
        single=view.is_single,
        nodes=nodes,
    )


def _branch(branch: Branch) -> tuple[object, ...]:
    return (
        branch.child,
        branch.share,
        branch.kind,
        branch.low,
        branch.high,
        branch.among,
        branch.with_missing,
    )


_PROGRAM = '''\
"""A decision tree: `predict(row)` takes a dict of values by column name."""

import datetime
import struct

#: The classes; None where the answer is a number.
LABELS = {labels}
#: Whether a value that no branch takes goes down all of them by their shares.
SHARES_MISSING = {shares}
#: Whether numbers are compared in single precision.
SINGLE = {single}
#: Feature, answer, and branches: child, share, kind, low, high, among, with_missing.
NODES = (
    {nodes},
)


def predict(row):
    """Return the likeliest class, or the number."""
    answer = shares(row)
    return answer[0] if LABELS is None else LABELS[answer.index(max(answer))]


def shares(row):
    """Return the share of each class, or the number, in a list."""
    found = [0.0] * len(NODES[0][1])
    waiting = [(0, 1.0)]
    while waiting:
        place, weight = waiting.pop()
        feature, answer, branches = NODES[place]
        taken = [b for b in branches if takes(b, row.get(feature), branches)]
        if branches and not taken and SHARES_MISSING:
            waiting += [(b[0], weight * b[1]) for b in branches if b[1] > 1e-6]
        elif taken:
            waiting.append((taken[0][0], weight))
        else:
            found = [f + weight * a for f, a in zip(found, answer)]
    return found


def takes(branch, value, branches):
    """Return whether a branch takes a value."""
    _, _, kind, low, high, among, with_missing = branch
    if value is None or value != value:
        return with_missing
    if kind == "among":
        return value in among
    if kind == "rest":
        return not any(value in other[5] for other in branches)
    if kind == "missing":
        return False
    if low is None and high is None:
        return True
    value = number(value)
    return (low is None or value > low) and (high is None or value <= high)


def number(value):
    """Return a value as it was learned from: days or seconds since 1970, 0 and 1."""
    if isinstance(value, datetime.datetime):
        value = (value - datetime.datetime(1970, 1, 1)).total_seconds()
    elif isinstance(value, datetime.date):
        value = (value - datetime.date(1970, 1, 1)).days
    value = float(value)
    return struct.unpack("f", struct.pack("f", value))[0] if SINGLE else value
'''
