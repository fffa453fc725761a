"""How work in a child process writes what it is doing into its row."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat

from datamine.away import BROKEN, is_away
from datamine.faults import fault_point
from datasets.monitor import Cancelled

if TYPE_CHECKING:
    from datamine.leases import Lease

logger = logging.getLogger(__name__)

INTERVAL = 1.0  # seconds between two writes: SQLite has one writer at a time
NEARLY = 0.99  # nothing is complete before it has ended
LOG_LENGTH = 100_000


class RowMonitor:
    """A `Monitor` that writes into the row of a lease, at most once a second.

    Progress never falls and never reaches 1 before the end. Work of several parts
    says before each how much of the whole it is: `monitor.share(0.7)`; then the
    part's own `total()` and `advance()` move within that share.
    """

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.values: dict[str, Any] = {}
        self.progress = 0.0
        self.lines: list[str] = []
        self.epochs: list[dict[str, float]] = []
        self.logged = 0
        self.written_at = 0.0
        self.start, self.width = 0.0, NEARLY  # of the part that runs
        self.has_parts = False
        self.units, self.done = 0.0, 0.0

    def share(self, fraction: float) -> None:
        """Begin the next part, which is `fraction` of the whole work."""
        if self.has_parts:
            self.start += self.width
        self.has_parts = True
        self.width = min(fraction * NEARLY, NEARLY - self.start)
        self.units, self.done = 0.0, 0.0

    def phase(self, name: str) -> None:
        self.values["phase"] = name[:100]
        self.check()
        fault_point(f"phase.{name}")

    def total(self, units: float) -> None:
        self.units, self.done = units, 0.0

    def advance(self, units: float = 1) -> None:
        self.done += units
        if self.units:
            part = min(self.done / self.units, 1)
            self.progress = max(self.progress, self.start + self.width * part)
        self.check()

    def taken_up(self) -> None:
        """Note that an earlier attempt made all progress so far, where rows keep it."""
        self.values["progress_found"] = self.progress

    def log(self, message: str) -> None:
        line = f"{time.strftime('%H:%M:%S', time.gmtime())} {message}\n"
        if self.logged < LOG_LENGTH:
            self.lines.append(line)
            self.logged += len(line)
        self.check()

    def epoch(self, metrics: dict[str, float]) -> None:
        """Keep an epoch's metrics: for rows with `history` and `epochs_completed`.

        Training that goes on from a checkpoint tells the epochs it found there again.
        """
        self.epochs.append(metrics)
        self.values["history"] = self.epochs
        self.values["epochs_completed"] = len(self.epochs)
        self.check()

    def check(self) -> None:
        """Write what is new, once a second; raise `Cancelled` if a stop was asked for.

        Raises `LeaseLostError` where the row has been given to someone else.
        """
        if time.monotonic() - self.written_at < INTERVAL or connection.in_atomic_block:
            return
        self.flush()

    def flush(self) -> None:
        """Write what is new; a database that is away hears of it the next time.

        The work goes on meanwhile: its worker ends it when the lease has run out.
        """
        self.written_at = time.monotonic()
        values, lines = self.values, self.lines
        try:
            self.lease.write(progress=self.progress, **self.remaining())
            is_unwanted = self.lease.rows.filter(cancel_requested=True).exists()
        except BROKEN as error:
            if not is_away(error):
                raise
            logger.warning("%s: the database is away.", self.lease, exc_info=True)
            connection.close()
            self.values, self.lines = values, lines
            return
        if is_unwanted:
            raise Cancelled

    def remaining(self) -> dict[str, Any]:
        """Hand over what has not been written yet, apart from the progress."""
        values, self.values = self.values, {}
        if self.lines:
            values["log"] = Concat(F("log"), Value("".join(self.lines)))
            self.lines = []
        return values
