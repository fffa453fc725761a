"""What was just looked up, kept by a server process for less than a second."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

K = TypeVar("K")
V = TypeVar("V")

#: How long a change may stay unseen, in seconds; a second is what is promised.
SECONDS = 0.5
MOST = 1000


class Memory(Generic[K, V]):
    """What was found by key, for half a second; then it is looked up anew.

    For reads that come many times a second. Only what was found is kept, never a
    refusal, and its time runs from before the look-up: whatever changes, a revoked
    token or another version in service, every server sees in less than a second.
    """

    def __init__(self) -> None:
        self._found: dict[K, tuple[float, V]] = {}

    def get(self, key: K, look_up: Callable[[], V]) -> V:
        """Return what was found a moment ago, or what is found now."""
        now = monotonic()
        until, value = self._found.get(key, (now, None))
        if value is not None and now < until:
            return value
        value = look_up()
        if len(self._found) >= MOST:
            self._found.clear()
        self._found[key] = (now + SECONDS, value)
        return value

    def forget(self) -> None:
        """Look everything up anew from now on."""
        self._found.clear()
