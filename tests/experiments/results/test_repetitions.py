"""Training again: the same figures, or which differ."""

from __future__ import annotations

import pytest

from datamine.work.children import run_inline
from experiments.models import Result
from experiments.results.repetitions import repetition_of
from experiments.sessions import start_session


def again(session, owner):
    repeated = start_session(session.experiment, actor=owner)
    run_inline(repeated)
    return repeated


@pytest.mark.django_db
def test_training_again_gives_the_same_figures(client, classified, owner):
    repeated = again(classified, owner)
    client.force_login(owner)

    page = client.get(repeated.get_absolute_url()).content.decode()

    assert "Session 1 gave exactly the same split and figures." in page
    assert repetition_of(classified.result) is None


@pytest.mark.django_db
def test_figures_that_differ_are_listed(client, classified, owner):
    metrics = classified.result.metrics
    metrics["cross_validation"]["accuracy"]["folds"][1] = 0.5
    Result.objects.filter(session=classified).update(metrics=metrics)
    repeated = again(classified, owner)
    client.force_login(owner)

    found = repetition_of(repeated.result)
    page = client.get(repeated.get_absolute_url()).content.decode()

    assert found.same_plan
    assert found.differences == (("cross validation", "Accuracy, fold 2", 0.5, 1.0),)
    assert "1 figures differ" in page
