"""`Prefer: wait=60`: a client that would rather wait than poll."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from rest_framework import status

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request
    from rest_framework.response import Response

LONGEST = 60
EVERY = 0.1
WAIT = re.compile(r"(?:^|[,;\s])wait=(\d{1,6})(?:$|[,;\s])")


def preferred_wait(request: Request) -> int:
    """Return the seconds a client prefers to wait, at most a minute."""
    found = WAIT.search(request.headers.get("Prefer", ""))
    return min(int(found.group(1)), LONGEST) if found else 0


def wait_until(is_done: Callable[[], bool], seconds: float) -> bool:
    """Ask `is_done` until it is, or until the time is up; never in a transaction."""
    end = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() >= end:
            return False
        time.sleep(EVERY)
    return True


def when_done(
    request: Request,
    response: Response,
    is_done: Callable[[], bool],
    show: Callable[[], Any],
) -> Response:
    """Wait as long as the client prefers; if the work has ended, 200 and what came."""
    seconds = preferred_wait(request)
    if seconds and wait_until(is_done, seconds):
        response.status_code, response.data = status.HTTP_200_OK, show()
    return response
