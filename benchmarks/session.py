"""How long a session on 150 rows takes, from the click to the result and its report.

DataMine runs as a person starts it. The clock runs from the POST that starts a session
to the first GET that answers `completed`, with all its figures; it is asked every 20
ms. Before each session a child process has its imports done and waits, as one does for
people. Bare is what must be done at least: divide the same rows, fit and score a tree.

Run: python -m benchmarks.session [sessions]
"""

from __future__ import annotations

import statistics
import sys
import time

from benchmarks.figures import tell
from benchmarks.service import Api, await_rest, iris, iris_csv, program

SESSIONS = 10
EVERY = 0.02
#: Seconds from click to result, and of a report.
REACH = 1
REPORTS = 5


def main() -> None:
    """Measure both, and print a table in Markdown."""
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS
    runs = []
    with program() as started:
        client = Api(started)
        experiment = client.describe(client.upload("iris.csv", iris_csv()))
        for _ in range(sessions):
            await_rest(started)
            runs.append(trained(client, experiment))
        reports = [reported(client, experiment) for _ in range(REPORTS)]
    seen, inside = ([run[place] for run in runs] for place in (0, 1))
    floor = [bare() for _ in range(sessions)]
    print(f"{sessions} sessions on 150 rows, a tree; reach {REACH} s from click\n")
    print("| what | median, s | least, s | most, s |\n|---|---|---|---|")
    lines = {
        "click → result": seen,
        "of it training": inside,
        "report as PDF": reports,
        "bare": floor,
    }
    for what, found in lines.items():
        middle = statistics.median(found)
        print(f"| {what} | {middle:.3f} | {min(found):.3f} | {max(found):.3f} |")
    tell(
        "150-row session, click → result shown",
        f"{statistics.median(seen):.2f} s (median of {sessions})",
        beside=f"scikit-learn split, fit and score: {statistics.median(floor):.3f} s",
        asked=f"≤ {REACH} s",
        ratio=statistics.median(seen) / statistics.median(floor),
    )
    tell(
        "report of it as PDF",
        f"{statistics.median(reports):.2f} s (median of {REPORTS})",
        asked=f"≤ {REACH} s",
    )


def trained(client: Api, experiment: int) -> tuple[float, float]:
    """Return the seconds until a session was seen completed, and those of training."""
    start = time.perf_counter()
    session = client.call("POST", f"/api/experiments/{experiment}/train/", {})
    while session["status"] != "completed":
        assert session["status"] in {"pending", "training"}, session["error_message"]
        time.sleep(EVERY)
        session = client.call("GET", f"/api/sessions/{session['id']}/")
    seconds = time.perf_counter() - start
    assert session["metrics"]["test"]["accuracy"] > 0.8
    return seconds, session["training_time_seconds"]


def reported(client: Api, experiment: int) -> float:
    """Return the seconds until the report has come."""
    start = time.perf_counter()
    path = f"/api/experiments/{experiment}/report/"
    client.connection.close()
    content = client.send("GET", path, None, client.headers)
    assert content.startswith(b"%PDF")
    return time.perf_counter() - start


def bare() -> float:
    """Return the seconds scikit-learn alone takes, imports done."""
    from sklearn.model_selection import train_test_split  # noqa: PLC0415 -- heavy import
    from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415 -- heavy import

    _, rows = iris()
    values, species = [row[:-1] for row in rows], [row[-1] for row in rows]
    start = time.perf_counter()
    kept, held, known, wanted = train_test_split(
        values, species, test_size=0.2, stratify=species, random_state=42
    )
    DecisionTreeClassifier().fit(kept, known).score(held, wanted)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
