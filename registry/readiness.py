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


def look(seen: int | None) -> int:
    """Open what came into service after the line `seen`; return the newest line.

    The first look only finds where the ledger ends: a process that nobody asks for a
    prediction needs no library of models, which are a hundred MiB.
    """
    newest = Activation.objects.order_by("-pk").values_list("pk", flat=True).first()
    if seen is not None and newest not in (None, seen):
        lines = Activation.objects.filter(pk__gt=seen).order_by("-pk")
        lines = lines.select_related("model__active_version__session__result")
        for line in lines[: serving.CACHED_MODELS]:
            serving.warm(line.model)
    return newest or 0
