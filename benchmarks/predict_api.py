"""How fast rows are predicted over HTTP, beside `mlflow models serve` and scikit-learn.

DataMine runs as a person starts it, with gunicorn and SQLite; a decision tree and a
forest of 100 trees on the 150 flowers are in service. A client asks over one
connection, bearing a token: one row at a time, then ten thousand in one call; then
eight clients, each a process of its own, ask for one row as often as they can. MLflow
serves the same estimators with one worker, without tokens; both are asked in turns, so
that what else the machine does falls on both alike. The seconds of CPU a request costs
the server say most where a machine is busy. The first call comes right after the
activation, the very first one to a server that has loaded no model yet. The floor is
the estimator's `predict_proba` without a server.

Run: python -m benchmarks.predict_api [requests]
"""

from __future__ import annotations

import http.client
import json
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from benchmarks.figures import tell
from benchmarks.mlflow_server import cpu_seconds, environment, mlflow_serving
from benchmarks.program import title
from benchmarks.service import PROJECT, Api, await_rest, iris, iris_csv, program

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psutil

    from tests.program import Program

REQUESTS = 2_000
ROUNDS = 10
WARM = 50
CLIENTS = 8
MANY = 10_000
RESTED = 1.0  # seconds after which a server may have ended a connection
MODELS = {"tree": "decision_tree", "forest of 100": "random_forest"}
#: Milliseconds to be reached; and how many times as long as MLflow, or as often.
REACH = {
    "tree": "p50 ≤ 1.2 ms, ≤ 1.3 × MLflow",
    "forest of 100": "p50 ≤ 4.4 ms, ≤ 1.0 × MLflow",
}
REACH_MANY = {"tree": "≤ 12 ms", "forest of 100": "≤ 60 ms"}
REACH_RATE = "≥ 1.5 × MLflow"
COLUMNS = (
    "what",
    "one row: p50, ms",
    "p95, ms",
    "CPU of the server, ms",
    "10,000 rows, ms",
    "requests/s of 8 clients",
    "the process holds, MiB",
)
#: MiB a process that serves may hold.
REACH_MEMORY = 300


@dataclass(frozen=True)
class Door:
    """Where a model is asked, and what rows are called there.

    A server that was busy for too long is replaced, so its process is looked up anew.
    """

    process: Callable[[], psutil.Process]
    port: int
    path: str
    rows: str
    headers: dict[str, str]

    def body(self, count: int) -> bytes:
        """Return a request for so many rows, the flowers again and again."""
        columns, flowers = iris()
        asked = [flowers[place % len(flowers)][:-1] for place in range(count)]
        named = [dict(zip(columns[:-1], row, strict=True)) for row in asked]
        return json.dumps({self.rows: named}).encode()

    def asking(self, count: int) -> Callable[[], None]:
        """Return what asks over one connection, after looking at an answer."""
        body = self.body(count)
        connection = http.client.HTTPConnection("localhost", self.port)

        asked_at = 0.0

        def ask() -> bytes:
            nonlocal asked_at
            if time.monotonic() - asked_at > RESTED:
                connection.close()  # it opens again by itself
            asked_at = time.monotonic()
            connection.request("POST", self.path, body, self.headers)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != HTTPStatus.OK:
                raise SystemExit(f"{self.path}: {answer.status} {content[:300]!r}")
            return content

        assert len(json.loads(ask())["predictions"]) == count
        return ask


@dataclass
class Found:
    """What was measured at a door, in milliseconds where nothing else is said."""

    one: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    many: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    memory: float = 0.0

    @property
    def cells(self) -> tuple[float, ...]:
        p95 = statistics.quantiles(self.one, n=20)[-1]
        middle = map(statistics.median, (self.cpu, self.many, self.rates))
        return (statistics.median(self.one), p95, *middle, self.memory)


def main() -> None:
    """Measure all, and print a table in Markdown."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    mlflow = environment()
    print(f"{requests:,} times one row; {CLIENTS} clients beside each other\n")
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    firsts = {}
    with program() as started:
        client = Api(started)
        dataset = client.upload("iris.csv", iris_csv())
        for name, algorithm in MODELS.items():
            await_rest(started)
            path = put_in_service(client, dataset, algorithm)
            process = partial(serving_process, started)
            door = Door(process, started.port, path, "rows", client.headers)
            start = time.perf_counter()
            door.asking(1)
            firsts[name] = (time.perf_counter() - start) * 1000
            await_rest(started)
            report(name, *measured_beside(door, mlflow, name, requests), requests)
    for name, first in firsts.items():
        print(f"\nFirst call after the activation, {name}: {first:,.0f} ms.")
        tell(
            f"first call after the activation, {name}",
            f"{first:,.0f} ms",
            asked="≤ 1,000 ms",
        )


def measured_beside(
    door: Door, mlflow: Path | None, name: str, requests: int
) -> tuple[Found, Found | None]:
    """Measure DataMine and, where it can be had, MLflow in turns."""
    with ExitStack() as stack:
        doors = [door]
        if mlflow:
            port, peer = stack.enter_context(mlflow_serving(mlflow, name))
            headers = {"Content-Type": "application/json"}
            path = "/invocations"
            doors.append(Door(lambda: peer, port, path, "dataframe_records", headers))
        found = [(one, one.asking(1), one.asking(MANY), Found()) for one in doors]
        for _ in range(ROUNDS):
            for one, ask, ask_many, figures in found:
                process = one.process()
                before = cpu_seconds(process)
                figures.one += times(ask, requests // ROUNDS)
                spent = cpu_seconds(process) - before
                figures.cpu.append(spent / (WARM + requests // ROUNDS) * 1000)
                figures.many += times(ask_many, max(requests // 1000, 1), warm=1)
                figures.rates.append(rate(one, requests // ROUNDS))
        for one, _, _, figures in found:
            figures.memory = one.process().memory_full_info().pss / 2**20
    return found[0][-1], found[1][-1] if mlflow else None


def report(name: str, ours: Found, theirs: Found | None, requests: int) -> None:
    """Print the lines of a model, and tell the figures something is asked of."""
    one, many = bare(name, requests)
    lines = {f"{name}": ours, f"{name}, MLflow": theirs}
    for title_, found in lines.items():
        if found:
            told = " | ".join(f"{cell:,.2f}" for cell in found.cells)
            print(f"| {title_} | {told} |")
    print(f"| {name}, bare | {one:.2f} | – | – | {many:.2f} | – | – |", flush=True)
    p50, p95, _, ours_many, ours_rate, memory = ours.cells
    beside, ratios = [f"scikit-learn in-process: p50 {one:.2f} ms"], {}
    if theirs:
        peer = theirs.cells
        beside.append(f"MLflow: p50 {peer[0]:.2f} ms, p95 {peer[1]:.2f} ms")
        ratios = {
            "one": p50 / peer[0],
            "many": ours_many / peer[3],
            "rate": ours_rate / peer[4],
        }
    tell(
        f"one row through the predict API, {name}",
        f"p50 {p50:.2f} ms, p95 {p95:.2f} ms",
        beside="; ".join(beside),
        asked=REACH[name],
        ratio=ratios.get("one"),
    )
    tell(
        f"10,000 rows in one call, {name}",
        f"{ours_many:.0f} ms",
        beside=f"scikit-learn in-process: {many:.1f} ms"
        + (f"; MLflow: {theirs.cells[3]:.0f} ms" if theirs else ""),
        asked=REACH_MANY[name],
        ratio=ratios.get("many"),
    )
    tell(
        f"{CLIENTS} clients, one row each, {name}",
        f"{ours_rate:,.0f} requests/s",
        beside=f"MLflow: {theirs.cells[4]:,.0f} requests/s" if theirs else "–",
        asked=REACH_RATE,
        ratio=ratios.get("rate"),
    )
    tell(
        f"a web process that serves, {name}",
        f"{memory:.0f} MiB",
        beside=f"MLflow: {theirs.memory:.0f} MiB" if theirs else "–",
        asked=f"≤ {REACH_MEMORY} MiB",
    )


def put_in_service(client: Api, dataset: int, algorithm: str) -> str:
    """Train and register a model, activate it, and return where it predicts."""
    experiment = client.describe(dataset, algorithm)
    train = f"/api/experiments/{experiment}/train/"
    session = client.call("POST", train, {}, Prefer="wait=60")
    models = f"/api/projects/{PROJECT}/models/"
    kept = {"name": algorithm, "session": session["id"]}
    version = client.call("POST", models, kept)["version"]
    client.call("POST", f"{models}{algorithm}/activate/", {"version": version})
    return f"{models}{algorithm}/predict/"


def rate(door: Door, requests: int) -> float:
    """Return how many rows a second clients get that ask for one at a time."""
    each = max(requests // CLIENTS, 10)
    call = (door.port, door.path, door.headers, door.body(1), each)
    with ProcessPoolExecutor(CLIENTS) as pool:
        done = [pool.submit(busy, *call) for _ in range(CLIENTS)]
        spans = [one.result() for one in done]
    start, end = min(t[0] for t in spans), max(t[1] for t in spans)
    return CLIENTS * each / (end - start)


def busy(
    port: int, path: str, headers: dict[str, str], body: bytes, requests: int
) -> tuple[float, float]:
    """Ask so often over one connection; return when it began and ended."""
    connection = http.client.HTTPConnection("localhost", port)
    start = time.time()
    for _ in range(requests):
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        assert answer.status == HTTPStatus.OK, answer.read()
        answer.read()
    return start, time.time()


def serving_process(started: Program) -> psutil.Process:
    """Return the process that answers."""
    serving = [p for p in started.processes() if title(p) == "web server, worker"]
    return max(serving, key=cpu_seconds)


def bare(name: str, requests: int) -> tuple[float, float]:
    """Return the times of the estimator alone, for one row and for many."""
    from sklearn.ensemble import RandomForestClassifier  # noqa: PLC0415 -- heavy import
    from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415 -- heavy import

    _, flowers = iris()
    values = [row[:-1] for row in flowers]
    kind = DecisionTreeClassifier if name == "tree" else RandomForestClassifier
    fitted = kind().fit(values, [row[-1] for row in flowers])
    many = (values * (MANY // len(values) + 1))[:MANY]
    one = times(lambda: fitted.predict_proba(values[:1]), requests)
    of_many = times(lambda: fitted.predict_proba(many), max(requests // 100, 3), warm=1)
    return statistics.median(one), statistics.median(of_many)


def times(ask: Callable[[], Any], count: int, warm: int = WARM) -> list[float]:
    """Return how many milliseconds each of so many calls took, after some others."""
    found = []
    for _ in range(warm + count):
        start = time.perf_counter()
        ask()
        found.append((time.perf_counter() - start) * 1000)
    return found[warm:]


if __name__ == "__main__":
    main()
