"""What comes into service is opened in every web process before somebody asks it.

Each process looks at the end of the ledger once a second: the switch may have been made
by another process, or on another host.
"""

from __future__ import annotations

import logging
import time
from threading import Thread

from django.db import DatabaseError, InterfaceError, connection

from registry import serving
from registry.models import Activation

logger = logging.getLogger(__name__)

REST = 5.0  # seconds after the start, which belong to the first pages
PAUSE = 1.0  # seconds between two looks


def start() -> None:
    """Look after what serves as long as this process lives."""
    Thread(target=keep_ready, name="looking at the ledger", daemon=True).start()


def keep_ready() -> None:
    time.sleep(REST)
    seen = None
    while True:
        try:
            seen = look(seen)
        except (DatabaseError, InterfaceError):
            logger.warning("The ledger cannot be read; looking again.", exc_info=True)
            connection.close()
        time.sleep(PAUSE)


def look(seen: int | None) -> int:
    """Open what came into service after the line `seen`; return the newest line.

    The first look opens what came into service last: with it come the libraries, and
    any other model is then opened within a second.
    """
    newest = Activation.objects.order_by("-pk").values_list("pk", flat=True).first()
    if newest is None or newest == seen:
        return newest or 0
    lines = Activation.objects.order_by("-pk").select_related(
        "model__active_version__session__result"
    )
    lines = lines.filter(pk=newest) if seen is None else lines.filter(pk__gt=seen)
    for line in lines[: serving.CACHED_MODELS]:
        serving.warm(line.model)
    return newest
