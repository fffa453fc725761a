"""Whether a model is told to have drifted: by its records and by what came true."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from experiments.models import Result
from registry.drift import LEAST, drift_of
from registry.models import Record, RegisteredModel
from tests.factories.registry import (
    RegisteredModelFactory,
    flowers_in_service,
    houses_in_service,
)

pytestmark = pytest.mark.django_db

KINDS = (
    ("setosa", 1.4, "white"),
    ("versicolor", 4.5, "blue"),
    ("virginica", 6.0, "red"),
)


def in_service(version) -> RegisteredModel:
    return RegisteredModel.objects.with_active().get(pk=version.model_id)


def keep(version, count: int = 90, petal: float = 0.0, **values) -> None:
    """Keep answers such as training rows would get, with longer petals if asked."""
    records = []
    for number in range(count):
        species, size, colour = KINDS[number % 3]
        wobble = number % 7 / 10
        records.append(
            Record(
                model=version.model,
                version=version,
                version_name=version.version,
                inputs={
                    "petal": size + wobble + petal,
                    "sepal": 5 + wobble,
                    "colour": colour,
                },
                prediction=species,
                probabilities={species: 1.0},
                confidence=1.0,
                **values,
            )
        )
    Record.objects.bulk_create(records)


@pytest.fixture
def version(project, owner):
    return flowers_in_service(project, owner)


def test_rows_like_those_of_training_are_steady(version):
    keep(version)

    report = drift_of(in_service(version))

    assert [item.level for item in report.everything] == ["steady"] * 4
    assert report.prediction.name == "species"
    assert (report.warnings, report.proposes_retraining) == ([], False)


def test_column_that_moved_is_named_and_retraining_proposed(version):
    keep(version, petal=3.0)

    report = drift_of(in_service(version))

    assert [item.name for item in report.columns if item.level == "far"] == ["petal"]
    assert report.warnings[0].startswith("“petal” has moved far (PSI ")
    assert report.proposes_retraining


@pytest.mark.parametrize(("is_right", "is_behind"), [(True, False), (False, True)])
def test_version_that_is_wrong_too_often_falls_behind(version, is_right, is_behind):
    keep(version, is_right=is_right, actual="setosa", actual_at=timezone.now())

    report = drift_of(in_service(version))

    assert (report.live.judged, report.live.is_behind) == (90, is_behind)
    assert report.proposes_retraining is is_behind


def test_numbers_fall_behind_by_their_mean_error(project, owner):
    version = houses_in_service(project, owner)
    rows = [
        Record(
            model=version.model,
            version=version,
            version_name=version.version,
            inputs={"area": 50.5, "rooms": 2},
            prediction=1e5,
            actual=2e5,
            error=-1e5,
            actual_at=timezone.now(),
        )
        for _ in range(LEAST)
    ]
    Record.objects.bulk_create(rows)

    report = drift_of(in_service(version))

    assert report.live.metric == "Mean absolute error"
    assert (report.live.seen, report.live.is_behind) == (1e5, True)
    assert report.prediction.level == "far"


def test_few_answers_or_an_old_artefact_say_why_nothing_is_said(version):
    keep(version, count=LEAST - 1)
    few = drift_of(in_service(version)).why_not
    keep(version, count=1)
    Result.objects.update(details={})

    assert few.startswith(f"{LEAST - 1} answers of {version.version} are kept; {LEAST}")
    assert "before references were kept" in drift_of(in_service(version)).why_not


def test_page_and_call_say_the_same(client, owner, project, version):
    keep(version, petal=3.0)
    client.force_login(owner)
    api = APIClient()
    api.force_authenticate(owner)

    page = client.get(reverse("registry:drift", args=[version.model_id]))
    told = api.get(f"/api/projects/{project.key}/models/flowers/drift/").json()

    assert told["retrain"] is True
    assert all(warning in page.text for warning in told["warnings"])
    assert "Retrain</a>" in page.text


def test_model_out_of_service_has_a_page_too(client, owner, project):
    model = RegisteredModelFactory(project=project)
    client.force_login(owner)

    page = client.get(reverse("registry:drift", args=[model.pk]))

    assert "No version is in service." in page.text


def test_stranger_sees_no_drift(client, stranger, version):
    client.force_login(stranger)

    page = client.get(reverse("registry:drift", args=[version.model_id]))

    assert page.status_code == 404
