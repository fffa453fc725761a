"""How fast one row is predicted over HTTP, beside bare scikit-learn in its process.

DataMine runs as a person starts it, with gunicorn and SQLite; a decision tree on the
150 flowers is in service. A client asks for one row at a time over one connection,
bearing a token that is looked up, as the rights are, at every call. The floor is the
same tree's `predict_proba` of the same row, without a server.

Run: python -m benchmarks.predict_api [requests]
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

from benchmarks.figures import tell
from benchmarks.service import PROJECT, Api, await_rest, iris, iris_csv, program

if TYPE_CHECKING:
    from collections.abc import Callable

REQUESTS = 2_000
WARM = 50
#: Milliseconds to be reached: median, 95th percentile.
REACH = (4, 8)


def main() -> None:
    """Measure both, and print a table in Markdown."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    with program() as started:
        client = Api(started)
        address = put_in_service(client)
        await_rest(started)
        served = measured(asked(client, address), requests)
    floor = measured(bare(), requests)
    print(f"{requests:,} times one row; reach p50 {REACH[0]} ms, p95 {REACH[1]} ms")
    print("\n| what | p50, ms | p95, ms |\n|---|---|---|")
    for what, (middle, high) in (("over HTTP", served), ("bare", floor)):
        print(f"| {what} | {middle:.2f} | {high:.2f} |")
    tell(
        "one row through the predict API, tree",
        "p50 {:.2f} ms, p95 {:.2f} ms".format(*served),
        beside="scikit-learn in-process: p50 {:.2f} ms, p95 {:.2f} ms".format(*floor),
        asked="p50 ≤ {} ms, p95 ≤ {} ms".format(*REACH),
        ratio=served[0] / floor[0],
    )


def put_in_service(client: Api) -> str:
    """Train and register a tree, activate it, and return where it predicts."""
    experiment = client.tree(client.upload("iris.csv", iris_csv()))
    train = f"/api/experiments/{experiment}/train/"
    session = client.call("POST", train, {}, Prefer="wait=60")
    models = f"/api/projects/{PROJECT}/models/"
    kept = {"name": "tree", "session": session["id"]}
    version = client.call("POST", models, kept)["version"]
    client.call("POST", f"{models}tree/activate/", {"version": version})
    return f"{models}tree/predict/"


def asked(client: Api, path: str) -> Callable[[], Any]:
    """Return what asks the service once, after looking at its answer."""
    columns, rows = iris()
    row = dict(zip(columns[:-1], rows[0][:-1], strict=True))
    body = json.dumps({"rows": [row]}).encode()
    answer = json.loads(client.send("POST", path, body, client.headers))
    assert answer["predictions"][0]["prediction"] == rows[0][-1], answer
    return lambda: client.send("POST", path, body, client.headers)


def bare() -> Callable[[], Any]:
    """Return what asks a fitted tree once."""
    from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415 -- heavy import

    _, rows = iris()
    values = [row[:-1] for row in rows]
    tree = DecisionTreeClassifier().fit(values, [row[-1] for row in rows])
    return lambda: tree.predict_proba(values[:1])


def measured(ask: Callable[[], Any], requests: int) -> tuple[float, float]:
    """Return the median and the 95th percentile, in milliseconds."""
    times = []
    for _ in range(WARM + requests):
        start = time.perf_counter()
        ask()
        times.append((time.perf_counter() - start) * 1000)
    kept = times[WARM:]
    return statistics.median(kept), statistics.quantiles(kept, n=20)[-1]


if __name__ == "__main__":
    main()
