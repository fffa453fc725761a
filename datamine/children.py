"""What happens inside a child process: one attempt at the work of one row.

`run_inline` does the same without a process, for tests and commands.
"""

from __future__ import annotations

import logging
import os
import socket
from importlib import import_module
from typing import TYPE_CHECKING

from django.db import transaction

from datamine.faults import fault_point
from datamine.leases import Lease, LeasedJob, LeaseLostError, claim
from datasets.monitor import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)


def run_inline(row: LeasedJob) -> None:
    """Do a pending row's work here and now, then read the row again.

    The same path as in a child process, without its limits and its supervisor.
    """
    lease = claim(type(row), row.pk, worker=f"{socket.gethostname()}:{os.getpid()}")
    if lease:
        perform(lease)
    row.refresh_from_db()


def perform(lease: Lease) -> None:
    """Call the row's work; whatever it does, the row is ended or another's."""
    try:
        fault_point("work.before")
        function(lease.job.WORK)(lease.pk, lease)
        fault_point("work.after")
        end_if_open(lease)
    except LeaseLostError as lost:
        logger.warning("%s", lost)
    except Cancelled:
        close(lease.cancel)
    except MemoryError:
        close(lambda: lease.fail("The work needed more memory than it may have."))
    except Exception as error:  # the row must end, whatever it was
        logger.exception("%s %s failed", lease.job.__name__, lease.pk)
        sentence = f"Something went wrong that should not: {type(error).__name__}."
        close(lambda: lease.fail(f"{sentence} The worker's log says more."))


def close(end: Callable[[], None]) -> None:
    try:
        end()
    except LeaseLostError as lost:
        logger.warning("%s", lost)


def end_if_open(lease: Lease) -> None:
    """Fail a row whose work came back without an end."""
    with transaction.atomic():
        if lease.rows.exists():
            lease.fail("The work ended without a result.")


def function(name: str) -> Callable[[int, Lease], None]:
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)
