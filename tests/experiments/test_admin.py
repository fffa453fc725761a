"""The staff's door to experiments: typed rows, searched, changed by services only."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from experiments.models import Experiment, Result, TrainingSession
from tests.factories.experiments import ExperimentFactory, ResultFactory, SessionFactory
from tests.factories.projects import MembershipFactory, UserFactory

MODELS = {
    "experiment": (Experiment, ExperimentFactory),
    "trainingsession": (TrainingSession, SessionFactory),
    "result": (Result, ResultFactory),
}
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def staff(client, db):
    user = UserFactory(username="root", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_and_three(client, staff, name, count):
    for _ in range(count):
        MODELS[name][1]()
    url = reverse(f"admin:experiments_{name}_changelist")
    client.get(url)

    with CaptureQueriesContext(connection) as queries:
        page = client.get(url)

    assert page.context["cl"].result_count == count
    assert len(queries) <= 11


@pytest.mark.parametrize("name", MODELS)
def test_row_opens_and_hostile_names_are_text(client, staff, name):
    row = MODELS[name][1]()
    Experiment.objects.update(name=HOSTILE)

    page = client.get(reverse(f"admin:experiments_{name}_change", args=[row.pk]))
    listed = client.get(
        reverse(f"admin:experiments_{name}_changelist"), {"q": "script"}
    )

    assert HOSTILE not in page.content.decode()
    assert HOSTILE not in listed.content.decode()
    assert listed.context["cl"].result_count == 1


@pytest.mark.parametrize("name", ["trainingsession", "result"])
def test_machine_rows_are_not_made_by_hand(client, staff, name):
    row = MODELS[name][1]()

    added = client.post(reverse(f"admin:experiments_{name}_add"), {})
    deleted = client.post(
        reverse(f"admin:experiments_{name}_delete", args=[row.pk]), {"post": "yes"}
    )

    assert (added.status_code, deleted.status_code) == (403, 403)
    assert MODELS[name][0].objects.count() == 1


def test_only_what_an_experiment_is_called_changes(client, staff):
    experiment = ExperimentFactory()

    client.post(
        reverse("admin:experiments_experiment_change", args=[experiment.pk]),
        {"name": "New", "description": "Why", "algorithm": "decision_tree"},
    )

    experiment.refresh_from_db()
    assert (experiment.name, experiment.description) == ("New", "Why")
    assert experiment.algorithm == "knn"


def test_deleting_goes_through_the_service(client, staff):
    experiment = ExperimentFactory()

    client.post(
        reverse("admin:experiments_experiment_delete", args=[experiment.pk]),
        {"post": "yes"},
    )

    assert not Experiment.objects.exists()
    assert experiment.project.activities.first().action == "deleted"


def test_experiment_goes_with_its_sessions_and_results(client, staff):
    experiment = ResultFactory().session.experiment

    client.post(
        reverse("admin:experiments_experiment_delete", args=[experiment.pk]),
        {"post": "yes"},
    )

    assert not Experiment.objects.exists()
    assert not TrainingSession.objects.exists()


def test_sessions_are_cancelled_one_by_one_with_reasons(client, staff):
    waiting = SessionFactory()
    over = SessionFactory(status="completed")

    page = client.post(
        reverse("admin:experiments_trainingsession_changelist"),
        {"action": "cancel_selected", "_selected_action": [waiting.pk, over.pk]},
        follow=True,
    )

    waiting.refresh_from_db()
    assert waiting.status == "cancelled"
    assert "there is nothing to cancel" in page.content.decode()


def test_training_again_is_refused_in_words_where_it_cannot_be(client, staff):
    session = SessionFactory(status="failed")

    page = client.post(
        reverse("admin:experiments_trainingsession_changelist"),
        {"action": "train_again", "_selected_action": [session.pk]},
        follow=True,
    )

    assert "choose one that is ready" in page.content.decode()
    assert TrainingSession.objects.count() == 1


def test_log_of_a_session_is_read_in_the_admin(client, staff):
    session = SessionFactory(log=f"12:00:00 Fold 1 of 3. {HOSTILE}\n")

    page = client.get(
        reverse("admin:experiments_trainingsession_change", args=[session.pk])
    )

    assert "12:00:00 Fold 1 of 3." in page.text
    assert HOSTILE not in page.text


@pytest.mark.parametrize(
    ("name", "path"),
    [("experiment", "project"), ("trainingsession", "experiment__project")],
)
def test_filter_names_projects_without_a_look_at_all_rows(client, db, name, path):
    clerk = UserFactory(is_staff=True)
    clerk.user_permissions.set(Permission.objects.all())
    client.force_login(clerk)
    MODELS[name][1]()  # in a project that the clerk does not see
    mine = [MembershipFactory(user=clerk).project.name for _ in range(2)]

    page = client.get(reverse(f"admin:experiments_{name}_changelist"))

    filters = page.context["cl"].filter_specs
    [shown] = [row for row in filters if getattr(row, "field_path", "") == path]
    assert sorted(word for _, word in shown.lookup_choices) == sorted(mine)
