"""A database that does not answer, told apart from one that refuses."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError

#: What PostgreSQL says when it stops, crashes, starts, or takes no more connections.
CODES = ("57P01", "57P02", "57P03", "53300")


def is_away(error: BaseException | None) -> bool:
    """Whether a database was not there; what it was asked to do may be done or not.

    Where a connection is broken there is no code: nobody was left to send one. SQLite,
    a file of this machine, always answers.
    """
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    code = getattr(error.__cause__, "pgcode", "no PostgreSQL")
    return code is None or code in CODES
