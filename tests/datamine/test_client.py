"""The client against a server that answers what a test tells it to."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from datamine import client as module
from datamine.client import (
    ApiError,
    Client,
    ConflictError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooOftenError,
    UnreachableError,
    WorkFailedError,
)

ROOT = Path(__file__).resolve().parent.parent.parent


class Server(ThreadingHTTPServer):
    """Gives its `answers` one after the other, and keeps what was `asked`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, dict[str, str], object]] = []
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.address = f"http://127.0.0.1:{self.server_port}"

    def will(self, status: int, body: object = None, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((status, named, body))


class Handler(BaseHTTPRequestHandler):
    server: Server

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        asked = (
            f"{self.command} {self.path}",
            dict(self.headers),
            self.rfile.read(length),
        )
        self.server.asked.append(asked)
        status, headers, told = self.server.answers.pop(0)
        text = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = do_DELETE = answer

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def pauses(monkeypatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr(module.time, "sleep", slept.append)
    return slept


@pytest.fixture
def client(server, pauses) -> Client:
    return Client(server.address, "dm_secret", timeout=5)


def refusal(detail="Name it.", attr="name"):
    problem = {"code": "required", "detail": detail, "attr": attr}
    return {"type": "validation_error", "errors": [problem]}


def test_call_bears_the_token_and_gives_the_answer(client, server):
    server.will(200, {"username": "ada"})

    assert client.call("GET", "/api/me/") == {"username": "ada"}
    assert server.asked[0][1]["Authorization"] == "Bearer dm_secret"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, InvalidError),
        (401, NotSignedInError),
        (404, NotFoundError),
        (412, ConflictError),
        (507, ApiError),
    ],
)
def test_refusal_is_an_error_with_its_sentence(client, server, status, error):
    server.will(status, refusal())

    with pytest.raises(error, match=f"^{status}: name: Name it.$") as raised:
        client.call("PATCH", "/api/me/", {})

    assert type(raised.value) is error
    assert raised.value.problems == refusal()["errors"]


def test_refusal_that_is_no_json_is_an_error_too(client, server):
    server.will(413, b"<html>nginx</html>")

    with pytest.raises(ApiError, match=r"^413: Request Entity Too Large$"):
        client.call("PATCH", "/api/me/", {})


def test_busy_server_is_asked_again_with_the_same_key(client, server, pauses):
    server.will(503)
    server.will(429, Retry_After="7")
    server.will(201, {"id": 1})

    made = client.call("POST", "/api/projects/", {"name": "Stars"})

    assert made == {"id": 1}
    assert pauses == [0.5, 7.0]
    keys = {headers["Idempotency-Key"] for _, headers, _ in server.asked}
    assert (len(server.asked), len(keys)) == (3, 1)
    assert {body for _, _, body in server.asked} == {b'{"name": "Stars"}'}


def test_change_without_a_key_is_sent_once(client, server):
    server.will(503)

    with pytest.raises(ApiError, match=r"^503"):
        client.call("PATCH", "/api/me/", {})

    assert len(server.asked) == 1


def test_busy_server_is_not_asked_for_ever(client, server, pauses):
    for _ in range(4):
        server.will(429, Retry_After="3600")

    with pytest.raises(TooOftenError, match=r"^429"):
        client.call("GET", "/api/me/")

    assert pauses == [30.0, 30.0, 30.0]


def test_redirect_is_not_followed(client, server):
    server.will(302, Location=f"{server.address}/elsewhere/")

    with pytest.raises(ApiError, match=r"^302"):
        client.call("GET", "/api/me/")

    assert [what for what, _, _ in server.asked] == ["GET /api/me/"]


def test_no_server_is_said(pauses):
    client = Client("http://127.0.0.1:9", "token")

    with pytest.raises(UnreachableError, match=r"^http://127.0.0.1:9: "):
        client.call("GET", "/api/me/")

    assert len(pauses) == 3


@pytest.mark.parametrize("address", ["file:///etc", "localhost:8000", ""])
def test_address_that_is_none_is_refused(address):
    with pytest.raises(ValueError, match="no http or https address"):
        Client(address, "token")


def test_upload_sends_the_file_and_waits_until_it_is_read(client, server, tmp_path):
    file = tmp_path / 'my "iris".csv'
    file.write_bytes(b"petal,species\n1.4,setosa\n")
    ready = {
        "id": 3,
        "project": "demo",
        "name": "Iris",
        "processing_status": "ready",
        "columns": [{"name": "petal"}, {"name": "species"}],
    }
    server.will(202, {"id": 3})
    server.will(200, {"processing_status": "processing"})
    server.will(200, ready)

    dataset = client.upload(file, project="demo", name="Iris")

    assert (dataset.id, dataset.columns) == (3, ("petal", "species"))
    what, headers, body = server.asked[0]
    assert what == "POST /api/datasets/"
    mark = headers["Content-Type"].partition("boundary=")[2].encode()
    assert body.count(b"--" + mark) == 4
    assert b'name="project"\r\n\r\ndemo\r\n' in body
    assert b'filename="my _iris_.csv"\r\n\r\n' + file.read_bytes() + b"\r\n" in body


def test_failed_import_is_an_error(client, server, tmp_path):
    file = tmp_path / "iris.csv"
    file.write_text("")
    failed = {"processing_status": "failed", "processing_error": "The file is empty."}
    server.will(202, {"id": 3})
    server.will(200, failed)

    with pytest.raises(WorkFailedError, match=r"^iris.csv: The file is empty.$"):
        client.upload(file, project="demo")


def test_client_needs_nothing_but_python():
    code = "import sys, datamine.client; print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-S", "-c", code],  # without what a Python's packager adds
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    used = {name.partition(".")[0] for name in told.stdout.split()}
    known = {*sys.stdlib_module_names, "datamine"}
    assert not {name for name in used - known if not name.startswith("_")}
