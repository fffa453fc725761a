"""What comes into service is opened in every web process before somebody asks it.

Each process looks at the end of the ledger once a second: the switch may have been made
by another process, or on another host.
"""

from __future__ import annotations

import logging
import time
from threading import Thread

from django.db import connection

from registry import serving
from registry.models import Activation

logger = logging.getLogger(__name__)

PAUSE = 1.0  # seconds between two looks
LINES = 100  # of the ledger, among which new ones are looked for


def start() -> None:
    """Look after what serves as long as this process lives."""
    Thread(target=keep_ready, name="looking at the ledger", daemon=True).start()


def keep_ready() -> None:
    seen = None
    while True:
        try:
            seen = look(seen)
        except Exception:  # a thread that ends here would be missed by nobody
            logger.warning("The ledger cannot be read; looking again.", exc_info=True)
            connection.close()
        time.sleep(PAUSE)


def look(seen: frozenset[int] | None) -> frozenset[int]:
    """Open what came into service since the lines `seen`; return the last lines now.

    A line may come to light after others with higher numbers, for its transaction took
    longer: that is why the last lines are compared and not the last one.

    The first look only finds where the ledger ends: a process that nobody asks for a
    prediction needs no library of models, which are a hundred MiB.
    """
    last = Activation.objects.order_by("-pk").values_list("pk", flat=True)
    lines = frozenset(last[:LINES])
    if seen is not None:
        # Where lines were deleted, older ones come into sight that are no news.
        oldest = min(seen) if len(seen) == LINES else 0
        new = [pk for pk in lines - seen if pk > oldest]
        if new:
            open_of(new)
    return lines


def open_of(lines: list[int]) -> None:
    """Open what serves now of the models that these lines of the ledger are about."""
    found = Activation.objects.filter(pk__in=lines).order_by("-pk")
    found = found.select_related("model__active_version__session__result")
    for line in found[: serving.CACHED_MODELS]:
        serving.warm(line.model)
