"""How gunicorn serves the site: `gunicorn --config python:datamine.server`."""

from __future__ import annotations

import ctypes
import resource
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from datamine import env
from datamine.garbage import keep_what_is_here

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter
    from gunicorn.workers.base import Worker

M_ARENA_MAX = -8  # of glibc's malloc.h
ARENAS = 2

wsgi_app = "datamine.wsgi"
bind = "127.0.0.1:8000"
worker_class = "gthread"
workers = env.WEB_WORKERS
threads = env.WEB_THREADS
keepalive = 5
# Of the files a process may have open half are left for what it works with; whoever
# comes when all are taken waits, and ends nobody's request.
MAY_OPEN, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
worker_connections = 1000 if MAY_OPEN < 0 else min(1000, MAY_OPEN // 2)  # below 0: any
graceful_timeout = 3
loglevel = "warning"
# The heartbeat is a file; in memory it never waits for a busy disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 -- a heartbeat only
# Nothing here is steered through a socket in somebody's home folder.
control_socket_disable = True


def post_fork(arbiter: Arbiter, worker: Worker) -> None:
    """Let all threads share two heaps.

    One for each thread would keep what a busy moment took, a third of the memory of a
    process that serves models.
    """
    with suppress(AttributeError):  # a C library without such heaps
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def post_worker_init(worker: Worker) -> None:
    """Have the models that come into service opened before somebody asks them."""
    from registry.readiness import start  # noqa: PLC0415 -- app ready

    keep_what_is_here()
    start()
