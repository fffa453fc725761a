"""Algorithms as staff offer them: switched off, with other defaults, within limits."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.urls import reverse
from rest_framework.test import APIClient

from experiments.algorithms.catalogue import algorithm, algorithms
from experiments.exceptions import InvalidDraftError, SwitchedOffError
from experiments.models import AlgorithmSetting, Preset
from experiments.offers import all_offered, offered
from experiments.services import create_experiment
from experiments.sessions import start_session
from tests.factories.datasets import imported_dataset
from tests.factories.experiments import flowers, flowers_draft

pytestmark = pytest.mark.django_db


def set_up(name="decision_tree", **values):
    AlgorithmSetting.objects.update_or_create(algorithm=name, defaults=values)


@pytest.fixture
def api(owner):
    client = APIClient()
    client.force_authenticate(owner)
    return client


def test_every_algorithm_is_a_row_and_offered_as_declared():
    names = [entry.name for entry in algorithms()]

    assert list(AlgorithmSetting.objects.values_list("algorithm", flat=True)) == names
    assert [entry.name for entry in all_offered()] == names
    assert offered("knn").defaults == algorithm("knn").defaults


def test_what_is_switched_off_is_nowhere_offered(client, owner, project, api):
    dataset = imported_dataset(project, owner, flowers(), name="Flowers")
    set_up(is_enabled=False)
    client.force_login(owner)

    said = {"dataset": dataset.pk, "target": "c3"}
    page = client.get(reverse("experiments:create", args=[project.key]), said).text
    listed = [entry["name"] for entry in api.get("/api/algorithms/").json()]

    assert "Random forest" in page
    assert "Decision tree (CART)" not in page
    assert "decision_tree" not in listed
    assert api.get("/api/algorithms/decision_tree/params/").status_code == 404
    with pytest.raises(SwitchedOffError, match="switched off on this site"):
        offered("decision_tree")


def test_nothing_new_is_trained_with_what_is_switched_off(project, owner):
    draft = flowers_draft(project, owner)
    kept = create_experiment(draft, actor=owner)
    set_up(is_enabled=False)

    with pytest.raises(InvalidDraftError, match="switched off on this site"):
        create_experiment(draft, actor=owner)
    with pytest.raises(InvalidDraftError, match="switched off on this site"):
        start_session(kept, actor=owner)


def test_every_algorithm_may_be_switched_off(client, owner, project):
    dataset = imported_dataset(project, owner, flowers(), name="Flowers")
    AlgorithmSetting.objects.update(is_enabled=False)
    client.force_login(owner)

    said = {"dataset": dataset.pk, "target": "c3"}
    create = client.get(reverse("experiments:create", args=[project.key]), said)
    train = client.get(reverse("registry:train", args=[project.key]), follow=True)

    assert create.status_code == 200
    assert "Every family is switched off on this site." in train.text


def test_defaults_and_limits_hold_at_every_door(client, owner, project, api):
    draft = flowers_draft(project, owner)
    set_up(defaults={"max_depth": 4}, limits={"max_depth": {"max": 5}})
    client.force_login(owner)

    told = api.get("/api/algorithms/decision_tree/params/").json()
    said = {"dataset": draft.version.dataset_id, "target": "c3"}
    said |= {"algorithm": "decision_tree"}
    page = client.get(reverse("experiments:create", args=[project.key]), said).text
    made = create_experiment(draft, actor=owner)

    assert told["defaults"]["max_depth"] == 4
    assert told["bounds"]["max_depth"]["max"] == 5
    assert 'name="p-max_depth" value="4"' in page
    assert made.hyperparameters["max_depth"] == 4
    deeper = type(draft)(**{**vars(draft), "hyperparameters": {"max_depth": 6}})
    with pytest.raises(InvalidDraftError, match="max_depth must be between 1 and 5"):
        create_experiment(deeper, actor=owner)


def test_presets_beyond_the_limits_are_not_offered():
    set_up("regime", limits={"days": {"max": 800}})

    names = [preset.name for preset in Preset.objects.of(offered("regime"))]

    assert names == ["quick", "standard", "full"]


def test_more_rows_than_allowed_are_refused(project, owner):
    draft = flowers_draft(project, owner)
    set_up(max_rows=89)

    with pytest.raises(InvalidDraftError, match="takes at most 89 rows on this site"):
        create_experiment(draft, actor=owner)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"algorithm": "oracle"}, "There is no algorithm “oracle”"),
        ({"defaults": {"max_depth": 0}}, "max_depth must be between 1"),
        ({"defaults": [1]}, "Name hyperparameters"),
        ({"limits": {"max_depth": {"max": 10**9}}}, "can only be narrowed"),
        ({"limits": {"min_samples_leaf": {"min": 2}}}, "min_samples_leaf must be"),
    ],
)
def test_settings_that_cannot_be_are_refused(values, sentence):
    AlgorithmSetting.objects.all().delete()
    setting = AlgorithmSetting(**{"algorithm": "decision_tree"} | values)

    with pytest.raises(ValidationError, match=sentence):
        setting.full_clean()


def test_staff_set_them_in_the_admin(client, admin_user):
    client.force_login(admin_user)
    row = AlgorithmSetting.objects.get(algorithm="knn")
    change = reverse("admin:experiments_algorithmsetting_change", args=[row.pk])
    said = {"is_enabled": "on", "defaults": '{"n_neighbors": 9}', "max_rows": "5000"}

    shown = client.get(change).text
    refused = client.post(change, said | {"limits": '{"n_neighbors": {"max": 99}}'})
    client.post(change, said | {"limits": '{"n_neighbors": {"max": 15}}'})

    row.refresh_from_db()
    assert "between 1 and 20" in shown
    assert "can only be narrowed" in refused.text
    assert (row.defaults, row.limits) == (
        {"n_neighbors": 9},
        {"n_neighbors": {"max": 15}},
    )


def test_staff_switch_several_at_once_and_history_says_who(client, admin_user):
    client.force_login(admin_user)
    listing = reverse("admin:experiments_algorithmsetting_changelist")
    rows = AlgorithmSetting.objects.filter(algorithm__startswith="dummy")
    chosen = {"_selected_action": [row.pk for row in rows]}

    client.post(listing, chosen | {"action": "switch_off"})
    off = list(rows.values_list("is_enabled", flat=True))
    client.post(listing, chosen | {"action": "offer"})

    assert off == [False, False]
    assert all(rows.values_list("is_enabled", flat=True))
    assert LogEntry.objects.filter(user=admin_user).count() == 4
