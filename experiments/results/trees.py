"""The tree of a result, where it has one, as files for people and programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from experiments.algorithms.reading.drawing import draw
from experiments.algorithms.reading.programs import python, sql
from experiments.algorithms.reading.rules import rules
from experiments.algorithms.reading.view import TreeView

if TYPE_CHECKING:
    from collections.abc import Callable

    from experiments.models import Result


def tree_of(result: Result) -> TreeView | None:
    """Return the tree a session grew; None for other models."""
    stored = result.details.get("tree")
    return TreeView.model_validate(stored) if stored else None


def as_json(view: TreeView) -> str:
    """Return the whole tree as JSON."""
    return json.dumps(view.to_json(), indent=1, ensure_ascii=False) + "\n"


def as_svg(view: TreeView) -> str:
    """Return the drawing of the whole tree, as a file that needs no page."""
    style = Path(str(finders.find("css/tree.css"))).read_text()
    drawing = draw(view, whole=True)
    return render_to_string(
        "experiments/_tree.svg", {"drawing": drawing, "style": style}
    )


class Writer(NamedTuple):
    """One kind of file: its name, what it is to a browser, and what writes it.

    A program is of no use without all of the tree.
    """

    title: str
    media_type: str
    write: Callable[[TreeView], str]
    is_program: bool = False


#: By how the file's name ends.
WRITERS = {
    "svg": Writer("Drawing, SVG", "image/svg+xml", as_svg),
    "txt": Writer("Rules, text", "text/plain", rules),
    "json": Writer("JSON", "application/json", as_json),
    "sql": Writer("SQL", "application/sql", sql, is_program=True),
    "py": Writer("Python", "text/x-python", python, is_program=True),
}


def writers_of(view: TreeView | None) -> dict[str, Writer]:
    """Return the files there are of a tree, by how their names end."""
    if view is None:
        return {}
    return {
        ending: writer
        for ending, writer in WRITERS.items()
        if not (view.left_out and writer.is_program)
    }
