"""When somebody was last seen at each place where they are signed in.

Every request passes here, so a request writes nothing but now and then: the session,
which is read anyway, holds when the row was written last.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from allauth.usersessions.models import UserSession
from django.utils import timezone

if TYPE_CHECKING:
    from django.http import HttpRequest

#: Where a session keeps when its row was written last, in seconds.
SEEN = "seen"
#: So many seconds may pass until that is done again.
EVERY = 300


def begin(request: HttpRequest) -> None:
    """Watch a sign-in from now on; one that began otherwise is not watched."""
    request.session[SEEN] = int(time.time())


def know(request: HttpRequest) -> None:
    """List a sign-in that is not: a new key of the site gives it another name."""
    rows = UserSession.objects.filter(session_key=request.session.session_key)
    if not rows.exists():
        UserSession.objects.create_from_request(request)


def see(request: HttpRequest) -> None:
    """Write down that a person is here, if that is long enough ago."""
    now = int(time.time())
    if now - request.session.get(SEEN, now) < EVERY:
        return
    request.session[SEEN] = now
    rows = UserSession.objects.filter(session_key=request.session.session_key)
    if not rows.update(last_seen_at=timezone.now()):
        know(request)  # or “End all others”, asked elsewhere, would pass it over
