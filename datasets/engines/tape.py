"""A lazy frame that notes what is asked of it, to ask the same of other frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl


class TapeError(RuntimeError):
    """A step used an operation that the tape does not note."""


@dataclass(frozen=True)
class Recording:
    """The operations of a chain of steps, with their expressions ready made."""

    calls: tuple[tuple[str, tuple[Any, ...], dict[str, Any]], ...]

    def play(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Do to `frame` what was done to the tape."""
        for method, arguments, options in self.calls:
            frame = getattr(frame, method)(*arguments, **options)
        return frame


class Tape(pl.LazyFrame):
    """A frame without rows whose operations are noted instead of computed.

    What is not noted here gives a frame without a recording, and `end` refuses
    it: a chain is replayed whole or not at all.
    """

    _calls: tuple[tuple[str, tuple[Any, ...], dict[str, Any]], ...] | None

    @classmethod
    def start(cls, dtypes: dict[str, Any]) -> Tape:
        tape = cls(schema=dtypes)
        tape._calls = ()
        return tape

    @staticmethod
    def end(frame: pl.LazyFrame) -> Recording:
        calls = getattr(frame, "_calls", None)
        if calls is None:
            message = f"{type(frame).__name__} holds an operation that is not noted."
            raise TapeError(message)
        return Recording(calls)

    def with_columns(self, *arguments: Any, **options: Any) -> pl.LazyFrame:
        return self._noted("with_columns", arguments, options)

    def select(self, *arguments: Any, **options: Any) -> pl.LazyFrame:
        return self._noted("select", arguments, options)

    def filter(self, *arguments: Any, **options: Any) -> pl.LazyFrame:
        return self._noted("filter", arguments, options)

    def drop(self, *arguments: Any, **options: Any) -> pl.LazyFrame:
        return self._noted("drop", arguments, options)

    def rename(self, *arguments: Any, **options: Any) -> pl.LazyFrame:
        return self._noted("rename", arguments, options)

    def _noted(
        self, method: str, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> pl.LazyFrame:
        given = tuple(_lasting(argument) for argument in arguments)
        result: pl.LazyFrame = getattr(super(), method)(*given, **options)
        before = getattr(self, "_calls", None)
        if before is not None and isinstance(result, Tape):
            result._calls = (*before, (method, given, options))
        return result


def _lasting(argument: Any) -> Any:
    """Return an argument that can be used twice."""
    return list(argument) if _is_iterator(argument) else argument


def _is_iterator(argument: Any) -> bool:
    return hasattr(argument, "__next__")
