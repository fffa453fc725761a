"""What a request carries with it, kept by its thread and by nothing finer."""

from __future__ import annotations

import threading

from django.urls import base
from django.utils.translation import trans_real

#: Django asks these a thousand times for a page: the language, the prefix of addresses.
CARRIED = ((trans_real, "_active"), (base, "_prefixes"), (base, "_urlconfs"))


def carry_by_thread() -> None:
    """Let a thread look up what its request carries without waiting for others.

    Django keeps it so that coroutines could share a thread, behind one lock for all
    threads: a fifth of the work of a page, and a line of waiting threads wherever one
    loses the interpreter inside. Here a request is one thread from start to end.
    """
    for module, name in CARRIED:
        setattr(module, name, threading.local())
