"""How gunicorn serves the site: `gunicorn --config python:datamine.server`."""

from __future__ import annotations

from pathlib import Path

from datamine import env

wsgi_app = "datamine.wsgi"
bind = "127.0.0.1:8000"
worker_class = "gthread"
workers = env.WEB_WORKERS
threads = env.WEB_THREADS
keepalive = 5
graceful_timeout = 3
loglevel = "warning"
# The heartbeat is a file; in memory it never waits for a busy disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 -- a heartbeat only
# Nothing here is steered through a socket in somebody's home folder.
control_socket_disable = True
