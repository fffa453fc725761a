"""Stars from the generator to an answer, through the services that pages use."""

from __future__ import annotations

import pytest
from django.urls import reverse

from datamine.work.children import run_inline
from datasets.synthetic import make_synthetic
from experiments.evaluation import importances
from experiments.models import Experiment, TrainingSession
from tests.experiments.families.sky import FEATURES, sky


@pytest.fixture
def stars(project, owner):
    dataset = make_synthetic(
        project,
        generator="stars",
        parameters={"n_per_class": 5, "points_per_day": 4, "difficulty": "easy"},
        actor=owner,
    )
    run_inline(dataset.versions.get())
    dataset.refresh_from_db()
    return dataset


@pytest.mark.slow
@pytest.mark.one_engine
@pytest.mark.django_db
def test_stars_are_trained_and_asked_through_the_pages(
    client, project, owner, stars, monkeypatch
):
    # A star costs a network some ten milliseconds, and six thousand would be asked.
    monkeypatch.setattr(importances, "FEWEST_ROWS", 300)
    client.force_login(owner)
    version = stars.active_version
    client.post(
        reverse("experiments:create", args=[project.key]),
        {
            "dataset": stars.pk,
            "version": version.pk,
            "version_of": stars.pk,
            "target": version.schema.column("label").id,
            "algorithm": "stars",
            "parameters_of": "stars:default",
            "p-epochs": "1",
            "p-batch_size": "16",
            "p-config": "compact",
            "action": "train",
        },
    )
    session = TrainingSession.objects.get()
    run_inline(session)
    session.refresh_from_db()
    assert session.status == "completed", session.error_message
    experiment = Experiment.objects.get()
    page = client.get(experiment.get_absolute_url()).content.decode()
    rows = sky(n_per_class=1).head(30).select(FEATURES)

    answer = client.post(
        reverse("experiment-predict", args=[experiment.pk]),
        {"rows": rows.to_dicts()},
        content_type="application/json",
    ).json()

    assert experiment.feature_columns == FEATURES
    assert "Gradient boosting on moments and periodogram" in page
    assert "Periods within 5 %" in page
    (said,) = answer["predictions"]
    assert sum(said["probabilities"].values()) == pytest.approx(1)
    assert set(said["outputs"]) == {"period_days", "period2_days"}
