"""How fast rows are predicted over HTTP, beside bare scikit-learn in its process.

DataMine runs as a person starts it, with gunicorn and SQLite; a decision tree and a
forest of 100 trees on the 150 flowers are in service. A client asks over one
connection, bearing a token: one row at a time, then ten thousand in one call; then
eight clients, each a process of its own, ask for one row as often as they can. The
first call comes right after the activation, the very first one to a server that has
loaded no model yet. The floor is the same estimator's `predict_proba` without a server.

Run: python -m benchmarks.predict_api [requests]
"""

from __future__ import annotations

import http.client
import json
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.figures import tell
from benchmarks.program import title
from benchmarks.service import PROJECT, Api, await_rest, iris, iris_csv, program

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.program import Program

REQUESTS = 2_000
WARM = 50
CLIENTS = 8
MANY = 10_000
MODELS = {"tree": "decision_tree", "forest of 100": "random_forest"}
#: Milliseconds to be reached: one row (median, 95th percentile), ten thousand rows.
REACH = {"tree": "p50 ≤ 4 ms, p95 ≤ 8 ms", "forest of 100": "p50 ≤ 4.4 ms"}
REACH_MANY = {"tree": "≤ 12 ms", "forest of 100": "≤ 60 ms"}
COLUMNS = (
    "what",
    "one row: p50, ms",
    "p95, ms",
    "10,000 rows, ms",
    "requests/s of 8 clients",
    "first call, ms",
)
#: MiB a process that serves may hold.
REACH_MEMORY = 300


@dataclass(frozen=True)
class Served:
    """What was measured of one model; times in milliseconds."""

    first: float
    one: tuple[float, float]
    many: float
    rate: float


def main() -> None:
    """Measure all, and print a table in Markdown."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    with program() as started:
        client = Api(started)
        dataset = client.upload("iris.csv", iris_csv())
        served = {
            name: serve(started, client, dataset, name, requests) for name in MODELS
        }
        memory = held(started)
    floor = {name: bare(name, requests) for name in MODELS}
    print(f"{requests:,} times one row; {CLIENTS} clients beside each other\n")
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    for name, found in served.items():
        cells = (*found.one, found.many, found.rate, found.first)
        print(f"| {name} | {' | '.join(f'{cell:,.2f}' for cell in cells)} |")
        one, many = floor[name]
        print(f"| {name}, bare | {one[0]:.2f} | {one[1]:.2f} | {many:.2f} | – | – |")
    print(f"\nThe process that served holds {memory:.0f} MiB.")
    report(served, floor, memory)


def report(
    served: dict[str, Served],
    floor: dict[str, tuple[tuple[float, float], float]],
    memory: float,
) -> None:
    """Tell the figures that something is asked of."""
    for name, found in served.items():
        one, many = floor[name]
        tell(
            f"one row through the predict API, {name}",
            "p50 {:.2f} ms, p95 {:.2f} ms".format(*found.one),
            beside="scikit-learn in-process: p50 {:.2f} ms, p95 {:.2f} ms".format(*one),
            asked=REACH[name],
            ratio=found.one[0] / one[0],
        )
        tell(
            f"10,000 rows in one call, {name}",
            f"{found.many:.0f} ms",
            beside=f"scikit-learn in-process: {many:.1f} ms",
            asked=REACH_MANY[name],
            ratio=found.many / many,
        )
    tell(
        "a web process that serves", f"{memory:.0f} MiB", asked=f"≤ {REACH_MEMORY} MiB"
    )


def serve(
    started: Program, client: Api, dataset: int, name: str, requests: int
) -> Served:
    """Put a model in service and measure it."""
    await_rest(started)
    address = put_in_service(client, dataset, MODELS[name])
    start = time.perf_counter()
    one = asked(client, address, 1)
    first = (time.perf_counter() - start) * 1000
    await_rest(started)
    client.connection.close()  # the server ends one that rests
    return Served(
        first,
        measured(one, requests),
        measured(asked(client, address, MANY), max(requests // 100, 3))[0],
        rate(started, client, address, requests),
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


def rows(count: int) -> bytes:
    """Return a request for so many rows, the flowers again and again."""
    columns, flowers = iris()
    asked = [flowers[place % len(flowers)][:-1] for place in range(count)]
    named = [dict(zip(columns[:-1], row, strict=True)) for row in asked]
    return json.dumps({"rows": named}).encode()


def asked(client: Api, path: str, count: int) -> Callable[[], Any]:
    """Return what asks the service once, after looking at its answer."""
    body = rows(count)
    answer = json.loads(client.send("POST", path, body, client.headers))
    assert len(answer["predictions"]) == count, answer
    return lambda: client.send("POST", path, body, client.headers)


def rate(started: Program, client: Api, path: str, requests: int) -> float:
    """Return how many rows a second clients get that ask for one at a time."""
    call = (started.port, path, client.headers, rows(1), max(requests // CLIENTS, 10))
    with ProcessPoolExecutor(CLIENTS) as pool:
        times = [
            done.result() for done in [pool.submit(busy, *call) for _ in range(CLIENTS)]
        ]
    start, end = min(t[0] for t in times), max(t[1] for t in times)
    return CLIENTS * call[-1] / (end - start)


def busy(
    port: int, path: str, headers: dict[str, str], body: bytes, requests: int
) -> tuple[float, float]:
    """Ask so often over one connection; return when it began and ended."""
    connection = http.client.HTTPConnection("localhost", port)
    start = time.time()
    for _ in range(requests):
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()
    return start, time.time()


def held(started: Program) -> float:
    """Return the memory of the process that serves, in MiB."""
    serving = [p for p in started.processes() if title(p) == "web server, worker"]
    return max(p.memory_full_info().pss for p in serving) / 2**20


def bare(name: str, requests: int) -> tuple[tuple[float, float], float]:
    """Return the times of the estimator alone, for one row and for many."""
    from sklearn.ensemble import RandomForestClassifier  # noqa: PLC0415 -- heavy import
    from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415 -- heavy import

    _, flowers = iris()
    values = [row[:-1] for row in flowers]
    kind = DecisionTreeClassifier if name == "tree" else RandomForestClassifier
    fitted = kind().fit(values, [row[-1] for row in flowers])
    many = (values * (MANY // len(values) + 1))[:MANY]
    one = measured(lambda: fitted.predict_proba(values[:1]), requests)
    return one, measured(lambda: fitted.predict_proba(many), max(requests // 100, 3))[0]


def measured(ask: Callable[[], Any], requests: int) -> tuple[float, float]:
    """Return the median and the 95th percentile, in milliseconds."""
    times = []
    warm = min(WARM, requests)
    for _ in range(warm + requests):
        start = time.perf_counter()
        ask()
        times.append((time.perf_counter() - start) * 1000)
    kept = times[warm:]
    return statistics.median(kept), statistics.quantiles(kept, n=20)[-1]


if __name__ == "__main__":
    main()
