"""Places in a JSON text, written as JSON Pointers (RFC 6901): `/countries/years`.

They name members only: lists on the way are gone through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def path_of(pointer: str) -> tuple[str, ...]:
    """Return the names in a pointer."""
    parts = pointer.removeprefix("/").split("/") if pointer else []
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in parts)


def pointer_to(path: Sequence[str]) -> str:
    """Return the pointer that leads along these names; empty for the whole text."""
    return "".join("/" + n.replace("~", "~0").replace("/", "~1") for n in path)
