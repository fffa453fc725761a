"""Log lines that belong together carry the same request or the same job."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_request: ContextVar[str] = ContextVar("request", default="-")
_job: ContextVar[str] = ContextVar("job", default="-")


#: Signs that move a terminal's cursor or colour what follows, and how they are shown.
UNSEEN = {
    code: f"\\x{code:02x}"
    for code in (*range(32), 127, *range(128, 160))
    if code not in (9, 10)
}


class Line(logging.Formatter):
    """Writes a record so that nothing in it can pass for another one.

    What somebody wrote may hold line breaks: further lines are set in.
    """

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record).translate(UNSEEN)
        return text.replace("\n", "\n    ")


class Context(logging.Filter):
    """Adds `request` and `job` to every record; "-" where there is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request = _request.get()
        record.job = _job.get()
        return True


class Named(logging.Filter):
    """Leaves out remarks of libraries that do not even say whose they are.

    They are about what is not installed; warnings of that kind are written.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return record.name != "root" or record.levelno > logging.INFO


@contextmanager
def during_request(name: str) -> Iterator[None]:
    token = _request.set(name)
    try:
        yield
    finally:
        _request.reset(token)


@contextmanager
def during_job(label: str, pk: int) -> Iterator[None]:
    """Mark what is logged as said of a row: "experiments.TrainingSession 12"."""
    token = _job.set(f"{label} {pk}")
    try:
        yield
    finally:
        _job.reset(token)
