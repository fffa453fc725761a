"""How fast 5,000 experiments, best by a metric, become a finished page or JSON.

A throw-away database of the configured kind is filled with experiments, each with a
completed session and a result of the size a real one has; then the first page is asked
for through Django's test client, sorted by accuracy, and again in other orders. The
floor is the query alone that finds the names and figures of the first rows.

Run: python -m benchmarks.list_experiments [experiments]
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import django

from benchmarks.figures import tell
from tests import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

    from projects.models import Project

EXPERIMENTS = 5_000
REPEATS, FEW = 60, 10
WARM = 5  # templates and connections
SEED = 7
#: Milliseconds to be reached: median, 95th percentile.
REACH = (30, 80)
BATCH = 500
#: Milliseconds of a comparison, and of as many rows by API.
REACH_COMPARED, REACH_ROWS = 30, 150
COMPARED, API_ROWS, API_PAGE = 5, 1_000, 200
ORDERS = ("-accuracy", "-f1_macro", "log_loss", "name", "-created", "time")


def main() -> None:
    """Fill a database, measure each order, and print a table in Markdown."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else EXPERIMENTS
    with throwaway_database():
        report(count)


@contextmanager
def throwaway_database() -> Iterator[None]:
    """Have a database of the configured kind, empty, until the block ends."""
    environment.prepare()
    django.setup()
    from django.conf import settings  # noqa: PLC0415 -- app ready
    from django.test.utils import (  # noqa: PLC0415 -- app ready
        setup_databases,
        teardown_databases,
    )

    settings.STORAGES["staticfiles"] = {  # names without digests need no build
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    before = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(before, verbosity=0)


def report(count: int) -> None:
    """Print how long each order takes, and how many queries."""
    from django.db import connection  # noqa: PLC0415 -- app ready

    project, client = filled(count)
    print(
        f"{count:,} experiments on {connection.vendor}; reach p50 {REACH[0]} ms, ",
        end="",
    )
    print(f"p95 {REACH[1]} ms")
    print()
    print("| sorted by | p50, ms | p95, ms | queries | kB |")
    print("|---|---|---|---|---|")
    address = f"/projects/{project.key}/experiments/?sort="
    found = {order: page(client, f"{address}{order}") for order in ORDERS}
    for order, line in found.items():
        print("| {} | {:.1f} | {:.1f} | {} | {:.0f} |".format(order, *line))
    found["(comparison of five)"] = page(client, comparison_of(project))
    bare = timed(lambda: list(best(project)))
    by_api = timed(lambda: rows_by_api(client), FEW)
    print("| (1,000 rows by API) | {:.1f} | {:.1f} | | |".format(*by_api))
    print("| (query alone) | {:.1f} | {:.1f} | 1 | |".format(*bare))
    tell(
        f"list of {count:,} experiments, best by a metric, finished HTML",
        "p50 {:.0f} ms, p95 {:.0f} ms, {} queries".format(*found[ORDERS[0]]),
        beside="the query alone: p50 {:.1f} ms, p95 {:.1f} ms".format(*bare),
        asked="p50 ≤ {} ms, p95 ≤ {} ms, constant queries".format(*REACH),
        ratio=found[ORDERS[0]][0] / bare[0],
    )
    tell(
        f"comparison of {COMPARED} among {count:,} experiments, finished HTML",
        "p50 {:.0f} ms, p95 {:.0f} ms, {} queries".format(
            *found["(comparison of five)"]
        ),
        asked=f"p50 ≤ {REACH_COMPARED} ms",
    )
    tell(
        f"{API_ROWS:,} experiments by API, {API_PAGE} a page",
        "p50 {:.0f} ms, p95 {:.0f} ms".format(*by_api),
        asked=f"≤ {REACH_ROWS} ms",
    )


def comparison_of(project: Project) -> str:
    """Return the address of the page that compares the best experiments."""
    pks = best(project).values_list("pk", flat=True)[:COMPARED]
    ids = "&".join(f"ids={pk}" for pk in pks)
    return f"/projects/{project.key}/experiments/compare/?{ids}"


def rows_by_api(client: Client) -> None:
    """Fetch the first rows, page by page."""
    for number in range(1, API_ROWS // API_PAGE + 1):
        url = f"/api/experiments/?page_size={API_PAGE}&page={number}"
        client.get(url)


def page(client: Client, url: str) -> tuple[float, float, int, float]:
    """Return median and 95th percentile in ms, the queries, and the size in kB."""
    from django.db import connection  # noqa: PLC0415 -- app ready
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 -- app ready

    times = timed(lambda: client.get(url))
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200, response.status_code
    return *times, len(queries), len(response.content) / 1000


def best(project: Project) -> Any:
    """Return the query for the first rows by accuracy."""
    from django.db.models import F  # noqa: PLC0415 -- app ready

    order = F("headline__accuracy").desc(nulls_last=True)
    return project.experiments.order_by(order).values("name", "headline")[:25]


def timed(ask: Callable[[], object], repeats: int = REPEATS) -> tuple[float, float]:
    """Return the median and the 95th percentile, in milliseconds."""
    times = []
    for _ in range(WARM + repeats):
        start = time.perf_counter()
        ask()
        times.append((time.perf_counter() - start) * 1000)
    kept = times[WARM:]
    return statistics.median(kept), statistics.quantiles(kept, n=20)[-1]


def filled(count: int) -> tuple[Project, Client]:
    """Return a project with so many experiments, and a client of its owner."""
    from django.test import Client  # noqa: PLC0415 -- app ready

    from datasets.models import Dataset, DatasetVersion  # noqa: PLC0415 -- app ready
    from projects.models import (  # noqa: PLC0415 -- app ready
        Membership,
        Project,
        User,
    )

    owner = User.objects.create(username="owner", email="owner@example.org")
    project = Project.objects.create(key="many", name="Many")
    Membership.objects.create(project=project, user=owner, role="owner")
    versions = []
    for number in range(20):
        dataset = Dataset.objects.create(
            project=project, name=f"Dataset {number}", file_size=1, sha256="0" * 64
        )
        versions.append(
            DatasetVersion.objects.create(
                dataset=dataset, number=1, status="ready", data="versions/0/0.parquet"
            )
        )
    chance = random.Random(SEED)
    for start in range(0, count, BATCH):
        fill(project, versions, range(start, min(start + BATCH, count)), chance)
    client = Client(SERVER_NAME="localhost")
    client.force_login(owner)
    return project, client


def fill(
    project: Project, versions: list, numbers: range, chance: random.Random
) -> None:
    """Add a batch of experiments with their sessions and results."""
    from experiments.models import (  # noqa: PLC0415 -- app ready
        Experiment,
        Result,
        TrainingSession,
    )

    experiments = Experiment.objects.bulk_create(
        Experiment(
            project=project,
            dataset=(version := versions[number % len(versions)]).dataset,
            version=version,
            name=f"Experiment {number}",
            task="classification",
            algorithm=chance.choice(["knn", "decision_tree", "random_forest"]),
            hyperparameters={"n_neighbors": number % 20 + 1},
            target_column="label",
            feature_columns=[f"feature {place}" for place in range(30)],
            split={"method": "random", "train_ratio": 0.8, "random_seed": number},
            headline=(metrics := figures(chance)),
        )
        for number in numbers
    )
    sessions = TrainingSession.objects.bulk_create(
        TrainingSession(
            experiment=experiment,
            number=1,
            base_version_id=experiment.version_id,
            status="completed",
            plan={"features": experiment.feature_columns},
            progress=1,
            training_time_seconds=chance.random() * 60,
            log="10:00:00 Fold 1 of 5.\n" * 20,
        )
        for experiment in experiments
    )
    curve = [chance.random() for _ in range(200)]
    roc = {"label": "a", "auc": 0.5, "fpr": curve, "tpr": curve}
    Result.objects.bulk_create(
        Result(
            session=session,
            metrics={"test": metrics},
            details={"curves": {"roc": [roc]}},
            split_digest="0" * 64,
            artifact="artifacts/0/0-1.zip",
            artifact_sha256="0" * 64,
            artifact_hmac="0" * 64,
            artifact_size=1,
        )
        for session in sessions
    )
    for experiment, session in zip(experiments, sessions, strict=True):
        experiment.latest_session = session
        experiment.training_seconds = session.training_time_seconds
    Experiment.objects.bulk_update(experiments, ["latest_session", "training_seconds"])


def figures(chance: random.Random) -> dict[str, float]:
    """Return metrics like those of a real result."""
    from experiments.metrics import headline_of  # noqa: PLC0415 -- app ready

    names = ("accuracy", "balanced_accuracy", "f1_macro", "roc_auc", "log_loss", "ece")
    return headline_of({"test": {name: chance.random() for name in names}})


if __name__ == "__main__":
    main()
