"""The demonstration: tables, models and, where asked for, families."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from datamine.management.commands import demo
from experiments.evaluation import performance
from projects.models import Project
from registry.models import RegisteredModel
from tests.factories.projects import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def little(monkeypatch):
    """Show one family of each kind of sample, on next to nothing."""
    shown = demo.Shown("exoplanet", "transits", {"n_per_class": 10}, {"epochs": 1})
    monkeypatch.setattr(demo, "SHOWN", (shown,))
    monkeypatch.setattr(demo, "CONTENDERS", demo.CONTENDERS[1:2])
    monkeypatch.setattr(demo, "TABLES", demo.TABLES[:1])
    for name, value in {"SECONDS": 0.0, "FEWEST": 1, "BATCHES": (1, 8)}.items():
        monkeypatch.setattr(performance, name, value)


def test_families_are_trained_registered_and_measured_once(little):
    UserFactory(is_superuser=True, is_staff=True)
    told = StringIO()

    call_command("demo", families=True, stdout=told)
    call_command("demo", families=True, stdout=StringIO())

    project = Project.objects.get(key="demo")
    models = RegisteredModel.objects.filter(project=project)
    assert {model.name for model in models} == {"iris", "exoplanet"}
    assert all(model.versions.count() == 1 for model in models)
    assert "exoplanet is trained and registered." in told.getvalue()
    assert "| exoplanet v" in told.getvalue()


def test_without_an_account_nothing_is_made():
    with pytest.raises(CommandError, match="createsuperuser"):
        call_command("demo")
    assert not Project.objects.exists()
