"""Which sources of ours a script needs beside it, found by reading their imports."""

from __future__ import annotations

import ast
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[2]
OURS = ("projects", "datasets", "experiments")


def sources(modules: Iterable[str]) -> dict[str, str]:
    """Return modules of ours, and all they import of ours, as text by path."""
    found: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        path = _path(waiting.pop())
        if path is None or path in found:
            continue
        found[path], needed = _read(path)
        waiting += needed
        waiting += [".".join(parent.parts) for parent in Path(path).parents[:-1]]
    return dict(sorted(found.items()))


@cache
def _read(path: str) -> tuple[str, tuple[str, ...]]:
    """Return a source of ours and what it imports of ours; neither changes."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return text, tuple(name for name in imported(text) if _is_ours(name))


def modules_in(*packages: str) -> list[str]:
    """Return every module of some packages of ours."""
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for package in packages
        for path in (ROOT / package.replace(".", "/")).rglob("*.py")
    ]


def imported(source: str) -> Iterator[str]:
    """Yield the modules a source imports when it runs; those of types are left out."""
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        waiting += ast.iter_child_nodes(node)


def pinned(names: Iterable[str]) -> list[str]:
    """Return distributions with the versions in use here."""
    return [f"{name}=={version(name)}" for name in sorted(set(names))]


def _is_ours(module: str) -> bool:
    return module.split(".")[0] in OURS


def _path(module: str) -> str | None:
    """Return where a module of ours lies; None for a name inside a module."""
    place = module.replace(".", "/")
    paths = (f"{place}.py", f"{place}/__init__.py")
    return next((path for path in paths if (ROOT / path).is_file()), None)
