"""What comes into service is opened in every web process before somebody asks it.

Each process looks at the end of the ledger once a second: the switch may have been made
by another process, or on another host. The libraries, which take seconds to load, come
before that: when a version is registered, which somebody may activate at any moment.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from threading import Thread

from django.db import connection

from registry import serving
from registry.models import Activation, ModelVersion

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


@dataclass(frozen=True)
class Seen:
    """What a look found: the last lines of the ledger, and the newest version or 0."""

    lines: frozenset[int]
    version: int


def look(seen: Seen | None) -> Seen:
    """Open what came into service since the last look; return what there is now.

    A line may come to light after others with higher numbers, for its transaction took
    longer: that is why the last lines are compared and not the last one.

    The first look only finds where the ledger ends: a process that nobody asks for a
    prediction needs no library of models, which are a hundred MiB.
    """
    last = Activation.objects.order_by("-pk").values_list("pk", flat=True)
    newest = ModelVersion.objects.order_by("-pk").values_list("pk", flat=True).first()
    now = Seen(frozenset(last[:LINES]), newest or 0)
    if seen is None:
        return now
    if now.version > seen.version:
        serving.load_libraries()
    # Where lines were deleted, older ones come into sight that are no news.
    oldest = min(seen.lines) if len(seen.lines) == LINES else 0
    new = [pk for pk in now.lines - seen.lines if pk > oldest]
    if new:
        open_of(new)
    return now


def open_of(lines: list[int]) -> None:
    """Open what serves now of the models that these lines of the ledger are about."""
    found = Activation.objects.filter(pk__in=lines).order_by("-pk")
    found = found.select_related("model__active_version__session__result")
    for line in found[: serving.CACHED_MODELS]:
        serving.warm(line.model)
