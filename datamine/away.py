"""A database that does not answer, told apart from one that refuses."""

from __future__ import annotations

from django.db import DatabaseError, InterfaceError, OperationalError

#: What is raised of a broken connection: a bare `DatabaseError`, too, where it breaks
#: within an answer. The other kinds of `DatabaseError` are refusals.
BROKEN = (DatabaseError, InterfaceError, OperationalError)
#: What PostgreSQL says when it stops, crashes, starts, or takes no more connections.
CODES = ("57P01", "57P02", "57P03", "53300")


def is_away(error: BaseException | None) -> bool:
    """Whether a database was not there; what it was asked to do may be done or not.

    Where a connection is broken there is no code: nobody was left to send one. SQLite,
    a file of this machine, always answers.
    """
    if error is None or type(error) not in BROKEN:
        return False
    code = getattr(error.__cause__, "pgcode", "no PostgreSQL")
    return code is None or code in CODES
