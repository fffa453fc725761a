"""What stands behind `make run`: prepare everything, then start web and workers."""

from __future__ import annotations

import fcntl
import gc
import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import get_resolver
from gunicorn.app import wsgiapp

from datamine import env
from datamine.management.commands import chart_script
from datamine.work.supervisor import SIGNALS, gunicorn_options, spawn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.management.base import CommandParser

LOGIN = "demo"


class Command(BaseCommand):
    help = "Prepare the database and the static files, then start web and workers."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=env.PORT)
        parser.add_argument("--no-demo", action="store_true", help="no demo content")

    def handle(self, *args: object, **options: object) -> None:
        try:
            self.start(int(str(options["port"])), demo=not options["no_demo"])
        except KeyboardInterrupt:
            self.stdout.write("\nStopped; the next start goes on from here.")
            sys.exit(130)

    def start(self, port: int, *, demo: bool) -> None:
        os.umask(0o077)  # the data are nobody else's to read
        lock = take_lock()
        check_port(port)
        self.migrate()
        self.prepare_static_files()
        start_everything(lock, port, demo=demo)

    def migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database.")
            call_command("migrate", verbosity=0, interactive=False)

    def prepare_static_files(self) -> None:
        if not chart_script.is_current():
            # Apart: once it ran, a process can no longer be forked safely.
            subprocess.run(
                [sys.executable, env.BASE_DIR / "manage.py", "chart_script"], check=True
            )
        if settings.DEBUG:
            return  # served as they stand
        stamp = env.HOME / "static-files"
        inputs = digest_static_inputs()
        if stamp.exists() and stamp.read_text() == inputs:
            return
        self.stdout.write("Preparing scripts and styles.")
        call_command(
            "collectstatic",
            verbosity=0,
            interactive=False,
            clear=True,
            ignore_patterns=["redoc"],  # the API page is Swagger's
        )
        stamp.write_text(inputs)


def take_lock() -> IO[str]:
    """Hold the data folder, so that no second start works on the same data."""
    lock = (env.HOME / "run.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with lock:
            lock.seek(0)
            holder = lock.read().strip()
        raise CommandError(
            f"DataMine already runs on {env.HOME} (process {holder}). "
            "Stop it first, or name another folder with DATAMINE_HOME."
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def check_port(port: int) -> None:
    """Fail early, in a sentence, instead of late in the web server's log."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            raise CommandError(
                f"Port {port} is taken or not allowed. Choose another: "
                f"PORT={port + 1 if port < 65535 else 8000} make run"
            ) from None


def digest_static_inputs() -> str:
    """Return what changes exactly when the collected files may change."""
    found = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    found.update((env.BASE_DIR / "constraints.txt").read_bytes())
    for folder in settings.STATICFILES_DIRS:
        for path in sorted(files_below(Path(folder))):
            state = path.stat()
            found.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return found.hexdigest()


def files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def start_everything(lock: IO[str], port: int, *, demo: bool) -> None:
    """Fork the web server, which is up at once, then turn into the supervisor.

    The supervisor keeps this process's id, child and lock, and starts the worker, which
    loads less of Django than the pages need.
    """
    password = demo_password()
    os.environ["DATAMINE_DEMO_PASSWORD"] = password
    os.environ["DATAMINE_LOGIN"] = describe_login(password)
    os.chdir(env.BASE_DIR)
    get_resolver().url_patterns  # noqa: B018 -- imports every view, once
    connection.close()
    sys.stdout.flush()
    gc.freeze()
    # A Ctrl-C between here and the supervisor's first line waits for it.
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    web = spawn(lambda: serve(port))
    command = [sys.executable, "-m", "datamine.work.supervisor", f"--port={port}"]
    command.append(f"--web={web}")
    marker = env.HOME / "demo-made"
    if demo and "demo" in get_commands() and not marker.exists():
        command.append(f"--demo-marker={marker}")
    os.set_inheritable(lock.fileno(), True)
    os.execv(sys.executable, command)  # noqa: S606 -- our own interpreter


def serve(port: int) -> None:
    sys.argv = ["gunicorn", *gunicorn_options(port)]
    wsgiapp.run()


def demo_password() -> str:
    """Return the password of the first account: the setting, or one made once."""
    if env.DEMO_PASSWORD:
        return env.DEMO_PASSWORD
    kept = env.HOME / "demo-password"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(9))
    return kept.read_text()


def describe_login(password: str) -> str:
    """Return what to print; on the very first start, make the account it names.

    Whether the password still holds is told by the stored hash: checking it would
    take most of a second by design.
    """
    users = get_user_model()
    kept = env.HOME / "demo-account"
    if not users.objects.exists():
        made = users.objects.create_superuser(LOGIN, f"{LOGIN}@localhost", password)
        kept.touch(mode=0o600)
        kept.write_text(made.password)
    account = users.objects.filter(username=LOGIN, is_active=True).first()
    if account is None:
        return ""
    if kept.exists() and kept.read_text() == account.password:
        return f"{LOGIN} / {password}"
    return f"{LOGIN}, with the password you gave it"
