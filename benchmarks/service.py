"""DataMine as it runs for people, with a client of its API that bears a token."""

from __future__ import annotations

import csv
import http.client
import io
import json
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from tests.program import PASSWORD, Program

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = "flowers"
BOUNDARY = "benchmark-7f3a"
PATIENCE = 60.0


@contextmanager
def program() -> Iterator[Program]:
    """Start DataMine on an empty folder, and end it."""
    with tempfile.TemporaryDirectory() as folder:
        started = Program(Path(folder))
        try:
            yield started.start()
            started.stop()
        finally:
            started.kill()  # does nothing after a stop


class Api:
    """Calls as a program makes them; `send` keeps the connection."""

    def __init__(self, program: Program) -> None:
        self.connection = http.client.HTTPConnection("localhost", program.port)
        self.headers = {"Content-Type": "application/json"}
        said = {"username": "demo", "password": PASSWORD, "scope": "admin"}
        token = self.call("POST", "/api/auth/login/", said)["token"]
        self.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, said: object = None, **more: str) -> Any:
        """Return the answer's JSON, asked over a connection of its own.

        One that rests is closed by the server after some seconds.
        """
        body = None if said is None else json.dumps(said).encode()
        self.connection.close()
        return json.loads(self.send(method, path, body, self.headers | more))

    def send(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> bytes:
        """Return the answer's body; whatever is no success ends the benchmark."""
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {content.decode()}")
        return content

    def upload(self, name: str, content: bytes) -> int:
        """Import a table into the project and return the dataset's id."""
        self.call("POST", "/api/projects/", {"name": PROJECT, "key": PROJECT})
        head = 'Content-Disposition: form-data; name="{}"'.format
        parts = [
            f"{head('project')}\r\n\r\n{PROJECT}\r\n".encode(),
            f'{head("file")}; filename="{name}"\r\n\r\n'.encode() + content + b"\r\n",
        ]
        start = f"--{BOUNDARY}\r\n".encode()
        body = b"".join(start + part for part in parts) + f"--{BOUNDARY}--".encode()
        form = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        headers = self.headers | form | {"Prefer": "wait=60"}
        made = json.loads(self.send("POST", "/api/datasets/", body, headers))
        assert made["processing_status"] == "ready", made
        return int(made["id"])

    def describe(self, dataset: int, algorithm: str = "decision_tree") -> int:
        """Describe an experiment on the flowers and return its id."""
        columns, _ = iris()
        draft = {
            "project": PROJECT,
            "name": algorithm,
            "dataset": dataset,
            "algorithm": algorithm,
            "target_column": columns[-1],
            "feature_columns": columns[:-1],
        }
        return int(self.call("POST", "/api/experiments/", draft)["id"])


def iris() -> tuple[list[str], list[list[Any]]]:
    """Return the columns and the 150 rows of the flowers, species at the end."""
    from sklearn.datasets import load_iris  # noqa: PLC0415 -- heavy import

    bunch = load_iris()
    columns = [name.removesuffix(" (cm)") for name in bunch.feature_names]
    species = bunch.target_names[bunch.target].tolist()
    rows = [[*v, s] for v, s in zip(bunch.data.tolist(), species, strict=True)]
    return [*columns, "species"], rows


def iris_csv() -> bytes:
    """Return the flowers as a file."""
    columns, rows = iris()
    text = io.StringIO()
    csv.writer(text).writerows([columns, *rows])
    return text.getvalue().encode()


def _is_child(process: psutil.Process) -> bool:
    with suppress(psutil.Error):  # it may just have ended
        return process.cmdline()[2:3] == ["child"]
    return False


def await_rest(started: Program) -> None:
    """Wait until a child process has its imports done and waits for work."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        waiting = [p for p in started.processes() if _is_child(p)]
        if len(waiting) == 1 and _rests(waiting[0]):
            return
        time.sleep(0.2)
    raise SystemExit(f"No child process came to rest in {PATIENCE:.0f} s.")


def _rests(process: psutil.Process) -> bool:
    try:
        before = sum(process.cpu_times()[:2])
        time.sleep(1)
        return 1 < before == sum(process.cpu_times()[:2])
    except psutil.NoSuchProcess:
        return False
