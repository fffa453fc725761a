"""No room on a disk, or no storage: told apart from what is broken, in a sentence."""

from __future__ import annotations

import errno
import os
import sqlite3

NO_ROOM = (
    "The disk of this site is full; nothing was stored. Ask the operator to make room, "
    "then try again."
)
AWAY = (
    "The storage of files does not answer; nothing was stored. Try again in a moment."
)


class StorageAwayError(OSError):
    """The storage on another machine fails, or cannot be reached."""


#: No room on the disk, none left to this person, or for a file of this size.
CODES = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
#: SQLite says another word where it is the index of its log that finds no room.
SQLITE_CODES = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
#: PostgreSQL's own number for it.
POSTGRES_DISK_FULL = "53100"


def is_full(error: BaseException) -> bool:
    """Whether something could not be written for want of room.

    Engines that write tables keep the system's words and nothing else of its error.
    """
    if isinstance(error, OSError) and error.errno in CODES:
        return True
    cause = error.__cause__
    if getattr(cause, "sqlite_errorcode", None) in SQLITE_CODES:
        return True
    if getattr(cause, "pgcode", None) == POSTGRES_DISK_FULL:
        return True
    return any(os.strerror(code) in str(error) for code in CODES)
