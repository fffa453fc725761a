"""Switching under load: one version serves, the ledger a chain, answers whole."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import chain, cycle, islice, pairwise

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from registry import serving
from registry.exceptions import ActivationConflictError, ActiveVersionError
from registry.models import Activation, ModelVersion, RegisteredModel
from registry.services import activate_version, register_version, roll_back
from tests.factories.experiments import draft_on, trained_session
from tests.factories.registry import (
    ModelVersionFactory,
    RegisteredModelFactory,
    flowers_in_service,
)

ACTIVATIONS, PREDICTIONS, REQUESTS, SWITCHES = 1_000, 10_000, 200, 60
PAUSE = 0.1  # seconds between switches
ROWS = [
    {"petal": petal, "sepal": 5.1, "colour": colour}
    for petal, colour in ((1.5, "white"), (4.6, "blue"), (6.2, "red"))
]


@pytest.mark.django_db(transaction=True)
def test_a_thousand_activations_at_once_leave_one_active_and_a_chain(owner):
    model = RegisteredModelFactory()
    versions = [ModelVersionFactory(model=model).pk for _ in range(8)]

    def switch(numbers: list[int]) -> list[str]:
        try:
            return [attempt(pk, owner) for pk in numbers]
        finally:
            connection.close()

    wanted = list(islice(cycle(versions), ACTIVATIONS))
    with ThreadPoolExecutor(8) as pool:
        parts = pool.map(switch, (wanted[n::8] for n in range(8)))
        outcomes = list(chain.from_iterable(parts))

    ledger = list(Activation.objects.order_by("pk"))
    assert len(outcomes) == ACTIVATIONS
    assert outcomes.count("won") == len(ledger) > 8
    assert RegisteredModel.objects.get().active_version == ledger[-1].version
    assert ledger[0].previous_name == ""
    assert all(b.previous_name == a.version_name for a, b in pairwise(ledger))
    assert all(b.created_at >= a.created_at for a, b in pairwise(ledger))


def attempt(pk: int, owner) -> str:
    """Put a version in service as it is seen now; say what came of it."""
    version = ModelVersion.objects.select_related("model").get(pk=pk)
    try:
        activate_version(version, actor=owner)
    except (ActivationConflictError, ActiveVersionError) as refusal:
        return refusal.code
    return "won"


@pytest.fixture
def two_versions(project, owner) -> dict[str, list[str]]:
    """Return what two versions of one model answer to `ROWS`, by their names."""
    good = flowers_in_service(project, owner)
    draft = draft_on(
        good.session.experiment.dataset, "species", "petal", "sepal", "colour",
        hyperparameters={"max_depth": 1},
    )  # fmt: skip
    other = register_version(trained_session(draft, owner), name="flowers", actor=owner)
    answers = {
        version.version: said(serving.predict_rows(version, ROWS))
        for version in (good, other)
    }
    assert len({tuple(found) for found in answers.values()}) == 2
    return answers


def said(answer: serving.Answer) -> list[str]:
    return [row["prediction"] for row in answer.predictions]


def seen_model(owner, project) -> RegisteredModel:
    """Look the model up as the predict call does."""
    rows = RegisteredModel.objects.visible_to(owner).ready_to_answer()
    return serving.seen_models.get(
        (owner.pk, project.key, "flowers"), lambda: rows.get(project=project)
    )


@pytest.mark.django_db(transaction=True)
def test_ten_thousand_predictions_during_switches_are_each_of_one_version(
    project, owner, two_versions
):
    def ask(count: int) -> list[str]:
        try:
            found = []
            for _ in range(count):
                version = serving.version_in_service(seen_model(owner, project))
                answer = serving.predict_rows(version, ROWS)
                assert said(answer) == two_versions[answer.by["version"]]
                found.append(answer.by["version"])
            return found
        finally:
            connection.close()

    names = cycle(two_versions)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask, PREDICTIONS // 4) for _ in range(4)]
        while not all(done.done() for done in asked):
            attempt(ModelVersion.objects.get(version=next(names)).pk, owner)
            time.sleep(PAUSE)
        by = list(chain.from_iterable(done.result() for done in asked))

    assert len(by) == PREDICTIONS
    assert set(by) == set(two_versions)


@pytest.mark.django_db(transaction=True)
def test_calls_during_switches_are_each_answered_by_one_version(
    project, owner, two_versions
):
    api = APIClient()
    api.force_authenticate(owner)
    address = f"/api/projects/{project.key}/models/flowers/"

    def switch() -> None:
        try:
            for name in islice(cycle(two_versions), SWITCHES):
                form = {"version": name, "reason": "to and fro"}
                answer = api.post(f"{address}activate/", form, format="json")
                assert answer.status_code in {200, 409}, answer.json()
        finally:
            connection.close()

    def ask(_: int) -> str:
        try:
            answer = api.post(f"{address}predict/", {"rows": ROWS}, format="json")
            assert answer.status_code == 200, answer.content
        finally:
            connection.close()
        told = answer.json()
        found = [row["prediction"] for row in told["predictions"]]
        assert found == two_versions[told["version"]]
        return told["version"]

    with ThreadPoolExecutor(3) as pool:
        switching = pool.submit(switch)
        by = list(pool.map(ask, range(REQUESTS)))
        switching.result()

    assert len(by) == REQUESTS


@pytest.mark.django_db
def test_ledger_tells_which_version_served_at_a_moment(client, owner, project):
    model = RegisteredModelFactory(project=project)
    first, second = (ModelVersionFactory(model=model) for _ in range(2))
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    for version, hours in ((first, 30), (second, 6)):
        entry = activate_version(version, reason=f"{hours} hours ago", actor=owner)
        Activation.objects.filter(pk=entry.pk).update(
            created_at=noon - timedelta(hours=hours)
        )
    client.force_login(owner)

    def served(hours: int) -> list[str]:
        at = noon - timedelta(hours=hours)
        page = client.get(model.get_absolute_url(), {"at": f"{at:%Y-%m-%dT%H:%M}"})
        call = f"/api/projects/{project.key}/models/{model.name}/history/"
        told = client.get(call, {"at": at.isoformat()}).json()["results"]
        entry = page.context["served"]
        names = [entry.version_name] if entry else []
        assert names == [line["version"] for line in told]
        return names

    assert served(48) == []
    assert served(30) == [first.version]
    assert served(7) == [first.version]
    assert served(0) == [second.version]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "activated", "back"),
    [
        ("en", "Activated {}", "Rolled back to {}"),
        ("fr", "{} activée", "Retour à {}"),
        ("es", "{} activada", "Vuelta a {}"),
    ],
)
def test_ledger_says_where_a_roll_back_led(
    client, owner, project, language, activated, back
):
    model = RegisteredModelFactory(project=project)
    first, second = (ModelVersionFactory(model=model) for _ in range(2))
    for version in (first, second):
        activate_version(version, actor=owner)
    roll_back(model, actor=owner)
    client.force_login(owner)

    page = client.get(model.get_absolute_url(), headers={"Accept-Language": language})

    lines = [activated.format(v.version) for v in (first, second)]
    assert f"<td>{back.format(first.version)}</td>" in page.text
    assert all(f"<td>{line}</td>" in page.text for line in lines)


@pytest.mark.django_db
@pytest.mark.parametrize("at", ["", "yesterday", "2026-13-45T99:99"])
def test_ledger_asked_about_no_moment_says_so(client, owner, project, at):
    model = RegisteredModelFactory(project=project)
    activate_version(ModelVersionFactory(model=model), actor=owner)
    client.force_login(owner)

    page = client.get(reverse("registry:detail", args=[model.pk]), {"at": at})

    assert page.status_code == 200
    assert page.context["moment_form"].errors["at"]
