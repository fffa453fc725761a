"""The tree of a result, where it has one, as text for people and programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from experiments.algorithms.reading.programs import python, sql
from experiments.algorithms.reading.rules import rules
from experiments.algorithms.reading.view import TreeView

if TYPE_CHECKING:
    from collections.abc import Callable

    from experiments.models import Result


def tree_of(result: Result) -> TreeView | None:
    """Return the tree a session grew; None for other models and huge trees."""
    stored = result.details.get("tree")
    return TreeView.model_validate(stored) if stored else None


def as_json(view: TreeView) -> str:
    """Return the whole tree as JSON."""
    return json.dumps(view.to_json(), indent=1, ensure_ascii=False) + "\n"


#: By how the file's name ends.
WRITERS: dict[str, Callable[[TreeView], str]] = {
    "txt": rules,
    "json": as_json,
    "sql": sql,
    "py": python,
}
