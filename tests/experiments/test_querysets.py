"""Lists of experiments: sorted by what is shown, on every database alike."""

from __future__ import annotations

import pytest

from experiments.models import Experiment
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
def test_line_of_a_list_needs_no_further_query(three, django_assert_num_queries):
    found = list(Experiment.objects.for_list().in_order("name"))

    with django_assert_num_queries(0):
        for experiment in found:
            assert experiment.dataset.name
            assert experiment.version.number
            assert experiment.headline is not None
            if experiment.latest_session:
                assert experiment.latest_session.status == "pending"
