"""How often the API may be called: per token, and per address whoever asks.

Each web process counts for itself, in memory: what is meant is a program gone wild,
and to ask a database about every call would cost more than most calls do.
"""

from __future__ import annotations

import hashlib
import math
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.throttling import BaseThrottle

from datamine.errors import API, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

MINUTE = 60.0
MOST = 10_000


class Meter:
    """Lets `per_minute` calls of each caller pass, at once or spread; 0: all.

    All that is kept of a caller is when their calls so far would have been over, had
    they come evenly. It may lie a minute ahead, never more.
    """

    def __init__(self, per_minute: int) -> None:
        self.each = MINUTE / per_minute if per_minute else 0.0
        self._over: dict[bytes, float] = {}
        self._lock = Lock()

    def wait(self, caller: bytes) -> float:
        """Count a call; return the seconds to wait before it may come again, or 0."""
        if not self.each:
            return 0.0
        now = monotonic()
        with self._lock:
            over = max(self._over.get(caller, now), now) + self.each
            if over > now + MINUTE:
                return over - now - MINUTE
            if len(self._over) >= MOST:
                self._make_room(now)
            self._over[caller] = over
        return 0.0

    def _make_room(self, now: float) -> None:
        """Forget who is quiet; in a flood of callers, everybody."""
        busy = {caller: over for caller, over in self._over.items() if over > now}
        self._over = busy if len(busy) < MOST else {}


class ApiRateMiddleware:
    """Answers 429 to whoever calls the API too often, before anything is looked up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.per_token = Meter(settings.LIMITS.calls_per_token)
        self.per_address = Meter(settings.LIMITS.calls_per_address)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(API) and (seconds := self.wait(request)):
            return too_often(request, seconds)
        return self.get_response(request)

    def wait(self, request: HttpRequest) -> float:
        address = BaseThrottle().get_ident(request)  # META only
        waits = self.per_address.wait((address or "").encode(errors="replace"))
        token = request.headers.get("Authorization", "")
        if token and not waits:
            digest = hashlib.sha256(token.encode(errors="replace")).digest()
            waits = self.per_token.wait(digest)
        return waits


def too_often(request: HttpRequest, seconds: float) -> HttpResponse:
    whole = math.ceil(seconds)
    answer = refuse(
        request,
        429,
        f"More calls than this server takes in a minute. Wait {whole} s, then go on; "
        "many rows fit into one call.",
    )
    answer["Retry-After"] = str(whole)
    return answer
