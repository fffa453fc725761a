"""A client of the API in one file, on the standard library alone; copy it anywhere.

    client = Client("http://127.0.0.1:8000", token)
    dataset = client.upload("iris.csv", project="demo")
    session = client.train(dataset, "random_forest", target="species")
    client.activate(client.register(session, "iris"))
    answers = client.predict("demo", "iris", [{"petal_length": 1.4}])

Everything that is not asked for by name is a call away: `client.call("GET", …)`.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Body = tuple[dict[str, str], Any]

TRIES = 4
#: Answers of a server that is busy or not there, not of one that refuses.
PASSING = {429, 502, 503, 504}
PIECE = 1024**2
LONGEST_PAUSE = 30.0


class ClientError(Exception):
    """What went wrong, in a sentence."""


class UnreachableError(ClientError):
    """No answer came: no server there, or none in time."""


class WorkFailedError(ClientError):
    """An import or a session ended without what was asked for."""


class ApiError(ClientError):
    """The API refused; `problems` are its errors: code, detail, attr."""

    def __init__(self, status: int, problems: list[dict[str, Any]]) -> None:
        said = (f"{p['attr']}: {p['detail']}" if p["attr"] else p["detail"]
                for p in problems)  # fmt: skip
        super().__init__(f"{status}: {' '.join(said)}")
        self.status, self.problems = status, problems


class InvalidError(ApiError):
    """400: a field is wrong; `problems` name it."""


class NotSignedInError(ApiError):
    """401: the token is wrong, or has ended."""


class NotAllowedError(ApiError):
    """403: role or token do not allow this."""


class NotFoundError(ApiError):
    """404: not there, or not for you."""


class ConflictError(ApiError):
    """409 or 412: as things are now, this cannot be done."""


class TooOftenError(ApiError):
    """429: still too many calls, after all the waiting."""


ERRORS: dict[int, type[ApiError]] = {
    400: InvalidError,
    401: NotSignedInError,
    403: NotAllowedError,
    404: NotFoundError,
    409: ConflictError,
    412: ConflictError,
    429: TooOftenError,
}


@dataclass(frozen=True)
class Dataset:
    """A table that has been read."""

    id: int
    project: str
    name: str
    columns: tuple[str, ...]
    answer: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Session:
    """A training session that is completed."""

    id: int
    project: str
    experiment: int
    metrics: Mapping[str, Any]
    answer: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Version:
    """A version of a registered model."""

    project: str
    model: str
    version: str


class Client:
    """Calls one DataMine with one token; `timeout` is for each call, in seconds.

    A call is made again after a lost connection or a busy server only where that does
    no harm: when it reads, or bears an `Idempotency-Key`, as all that make things do.
    """

    def __init__(self, address: str, token: str, *, timeout: float = 30) -> None:
        if urllib.parse.urlsplit(address).scheme not in {"http", "https"}:
            raise ValueError(f"{address!r} is no http or https address.")
        self.address, self.token, self.timeout = address.rstrip("/"), token, timeout
        self._opener = urllib.request.build_opener(_NoRedirects)

    def upload(
        self, file: str | Path, *, project: str, name: str = "", wait: float = 600
    ) -> Dataset:
        """Upload a table and wait until every row of it has been checked."""
        path, fields = Path(file), {"project": project}
        if name:
            fields["name"] = name
        made = self._send("POST", "/api/datasets/", lambda: _form(fields, path), "new")
        where = f"/api/datasets/{made['id']}/"
        shown = self._wait(where, "processing_status", wait)
        if shown["processing_status"] != "ready":
            raise WorkFailedError(f"{path.name}: {shown['processing_error']}")
        columns = tuple(column["name"] for column in shown["columns"])
        return Dataset(shown["id"], shown["project"], shown["name"], columns, shown)

    def train(
        self,
        dataset: Dataset,
        algorithm: str,
        *,
        target: str,
        features: Sequence[str] = (),
        wait: float = 3600,
        **settings: Any,
    ) -> Session:
        """Train on all other columns, or on `features`, and wait for the end.

        `settings` are the other fields of an experiment: `name`, `split`,
        `hyperparameters`, `search` …
        """
        others = [column for column in dataset.columns if column != target]
        wanted = {
            "name": f"{algorithm} for {target}",
            "project": dataset.project,
            "dataset": dataset.id,
            "algorithm": algorithm,
            "target_column": target,
            "feature_columns": list(features) or others,
            **settings,
        }
        experiment = self.call("POST", "/api/experiments/", wanted)["id"]
        started = self.call("POST", f"/api/experiments/{experiment}/train/")
        shown = self._wait(f"/api/sessions/{started['id']}/", "status", wait)
        if shown["status"] != "completed":
            reason = shown["error_message"] or f"it is {shown['status']}."
            raise WorkFailedError(f"Session {shown['id']}: {reason}")
        return Session(
            shown["id"], dataset.project, experiment, shown["metrics"], shown
        )

    def register(self, session: Session, name: str) -> Version:
        """Register what a session learned, as a new version of the model `name`."""
        body = {"name": name, "session": session.id}
        made = self.call("POST", f"/api/projects/{session.project}/models/", body)
        return Version(session.project, name, made["version"])

    def activate(self, version: Version, *, reason: str = "") -> None:
        """Put a version in service."""
        body = {"version": version.version, "reason": reason}
        self.call("POST", f"{_model(version.project, version.model)}activate/", body)

    def predict(
        self, project: str, model: str, rows: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """Ask the version in service; see `predictions` and `quarantined`."""
        where = f"{_model(project, model)}predict/"
        # Nothing is kept, so to ask again does no harm.
        return self._send("POST", where, lambda: _json({"rows": list(rows)}), "safe")

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Make any call, JSON in and out; a POST bears a key and may be repeated."""
        kind = {"GET": "safe", "POST": "new"}.get(method, "once")
        return self._send(method, path, lambda: _json(body), kind)

    def _wait(self, path: str, name: str, seconds: float) -> dict[str, Any]:
        """Ask until the state under `name` is an end, first soon, then seldom."""
        end, pause = time.monotonic() + seconds, 0.1
        while True:
            shown: dict[str, Any] = self.call("GET", path)
            if shown[name] not in {"pending", "processing", "training"}:
                return shown
            if time.monotonic() > end:
                raise WorkFailedError(f"{path} was not ready after {seconds:.0f} s.")
            time.sleep(pause)
            pause = min(pause * 1.5, 3.0)

    def _send(self, method: str, path: str, make_body: Any, kind: str) -> Any:
        """Send a call, again where that does no harm; return the JSON answer."""
        key = {"Idempotency-Key": uuid.uuid4().hex} if kind == "new" else {}
        for attempt in range(1, TRIES + 1):
            headers, data = make_body()
            headers |= {"Authorization": f"Bearer {self.token}", **key}
            request = urllib.request.Request(  # noqa: S310 -- http(s), see __init__
                self.address + path, data, headers, method=method
            )
            is_last = attempt == TRIES or kind == "once"
            try:
                with self._opener.open(request, timeout=self.timeout) as answer:
                    return _read(answer)
            except urllib.error.HTTPError as error:
                with error:
                    if is_last or error.code not in PASSING:
                        raise _refusal(error) from None
                    time.sleep(_pause(error.headers.get("Retry-After"), attempt))
            except (OSError, http.client.HTTPException) as error:
                if is_last:
                    raise UnreachableError(f"{self.address}: {error}") from error
                time.sleep(_pause(None, attempt))
        raise AssertionError("unreachable")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The token goes to the address it was given for, and to no other."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _model(project: str, model: str) -> str:
    return f"/api/projects/{project}/models/{model}/"


def _json(body: Any) -> Body:
    if body is None:
        return {}, None
    return {"Content-Type": "application/json"}, json.dumps(body).encode()


def _form(fields: Mapping[str, str], path: Path) -> Body:
    """Return a form with a file, read piece by piece as it is sent."""
    mark = uuid.uuid4().hex
    label = path.name.replace("\\", "_").replace('"', "_")
    parts = [_part(mark, name, f"\r\n\r\n{value}") for name, value in fields.items()]
    parts.append(_part(mark, "file", f'; filename="{label}"\r\n\r\n'))
    head, tail = "\r\n".join(parts).encode(), f"\r\n--{mark}--\r\n".encode()
    length = len(head) + path.stat().st_size + len(tail)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={mark}",
        "Content-Length": str(length),
    }
    return headers, _pieces(head, path, tail)


def _part(mark: str, name: str, rest: str) -> str:
    return f'--{mark}\r\nContent-Disposition: form-data; name="{name}"{rest}'


def _pieces(head: bytes, path: Path, tail: bytes) -> Iterator[bytes]:
    yield head
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
    yield tail


def _read(answer: http.client.HTTPResponse) -> Any:
    body = answer.read()
    return json.loads(body) if body else None


def _refusal(error: urllib.error.HTTPError) -> ApiError:
    """Return the error an answer stands for, whoever on the way gave it."""
    try:
        problems = json.loads(error.read())["errors"]
    except (ValueError, KeyError, TypeError):
        problems = [{"code": "error", "detail": str(error.reason), "attr": None}]
    return ERRORS.get(error.code, ApiError)(error.code, problems)


def _pause(told: str | None, attempt: int) -> float:
    """Return the seconds to wait before the next try: as told, else twice as long."""
    seconds = float(told) if told and told.isdigit() else 0.25 * 2**attempt
    return min(seconds, LONGEST_PAUSE)
