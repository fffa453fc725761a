"""Lists of experiments: sorted by what is shown, on every database alike."""

from __future__ import annotations

import pytest
from django.db import connection

from experiments.metrics import INDEXED, METRICS
from experiments.models import Experiment
from experiments.querysets import Figure
from tests.factories.experiments import ExperimentFactory, SessionFactory


@pytest.fixture
def three(project):
    """One good, one bad and one untrained experiment, in that order of making."""
    made = [
        ExperimentFactory(
            version__dataset__project=project, name=name, headline=headline
        )
        for name, headline in (
            ("a good one", {"accuracy": 0.9, "log_loss": 0.1}),
            ("bad", {"accuracy": 0.25, "log_loss": 10.5}),
            ("cold", {}),
        )
    ]
    for experiment, seconds in zip(made[:2], (2.0, 1.0), strict=True):
        SessionFactory(
            experiment=experiment, latest=True, training_time_seconds=seconds
        )
    return made


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("order", "places"),
    [
        ("-accuracy", [0, 1, 2]),
        ("accuracy", [1, 0, 2]),
        ("log_loss", [0, 1, 2]),
        ("-log_loss", [1, 0, 2]),
        ("-roc_auc", [2, 1, 0]),
        ("name", [0, 1, 2]),
        ("-name", [2, 1, 0]),
        ("time", [1, 0, 2]),
        ("created", [0, 1, 2]),
        ("-created", [2, 1, 0]),
        ("project__memberships__user__password", [2, 1, 0]),
        ("", [2, 1, 0]),
    ],
)
def test_experiments_come_in_the_order_asked_for(three, order, places):
    found = list(Experiment.objects.in_order(order))

    assert found == [three[place] for place in places]


@pytest.mark.django_db
def test_line_of_a_list_is_plain_values_by_one_query(three, django_assert_num_queries):
    with django_assert_num_queries(1):
        good, _, cold = Experiment.objects.in_order("name").for_list()

    assert (good["dataset_name"], good["version_number"]) == (
        three[0].dataset.name,
        three[0].version.number,
    )
    assert good["headline"] == {"accuracy": 0.9, "log_loss": 0.1}
    assert (good["status"], good["seconds"]) == ("pending", 2.0)
    assert (cold["status"], cold["seconds"]) == (None, None)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*INDEXED, "by_name", "by_time"])
def test_sqlite_sorts_with_an_index(project, name):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL chooses by what it knows of the rows")
    order = name.removeprefix("by_")
    plan = project.experiments.in_order(f"-{order}").values("pk")[:50].explain()

    assert f"experiments_{name}" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("order", "index"),
    [
        *((f"-{n}", f"best_{n}"[:18]) for n in INDEXED if METRICS[n].higher),
        *((n, n) for n in INDEXED if not METRICS[n].higher),
        ("name", "by_name"),
        ("-name", "by_name"),
        ("-created", "recent"),
        ("time", "by_time"),
    ],
)
def test_postgres_reads_the_best_first_by_an_index(project, order, index):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is told above")
    with connection.cursor() as cursor:
        # A few rows are sorted more quickly; this shows whether the index would fit.
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off")

    plan = project.experiments.in_order(order).values("pk")[:50].explain()

    assert f"experiments_{index} " in plan
    assert plan.count("Sort  (") == plan.count("Incremental Sort  (")


def test_figure_is_one_of_the_catalogue():
    with pytest.raises(ValueError, match="There is no metric"):
        Figure("accuracy') --")
