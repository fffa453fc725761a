"""Models measured from the terminal."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from datamine import files
from experiments.evaluation import performance
from tests.factories.experiments import flowers_draft, trained_session
from tests.factories.projects import UserFactory
from tests.factories.registry import houses_in_service


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    for name, value in {"SECONDS": 0.0, "FEWEST": 2, "BATCHES": (1, 8)}.items():
        monkeypatch.setattr(performance, name, value)


@pytest.fixture(autouse=True)
def boss(db):
    return UserFactory(is_superuser=True, is_staff=True)


def test_models_are_measured_and_reported(project, owner, tmp_path):
    session = trained_session(flowers_draft(project, owner), owner)
    version = houses_in_service(project, owner)
    told = StringIO()

    call_command("benchmark_models", project=project.key, reports=tmp_path, stdout=told)

    flowers, houses = told.getvalue().splitlines()[2:4]
    assert flowers.startswith(f"| {session} | accuracy ")
    assert houses.startswith(f"| {version} | r2 ")
    assert houses.endswith(" | steady |")
    assert {report.name for report in tmp_path.iterdir()} == {
        f"session_{session.pk}_performance_report.txt",
        f"{version.version}_performance_report.txt",
    }
    assert version.performance_reports.get().status == "completed"


def test_a_damaged_model_is_named_and_the_others_measured(project, owner):
    lost = trained_session(flowers_draft(project, owner), owner)
    files.delete(lost.result.artifact)
    houses_in_service(project, owner)
    told, wrong = StringIO(), StringIO()

    call_command("benchmark_models", project=project.key, stdout=told, stderr=wrong)

    assert f"Session {lost.pk}: The model's file cannot be read" in wrong.getvalue()
    assert len(told.getvalue().splitlines()) == 3


def test_without_a_model_there_is_nothing_to_measure(project):
    with pytest.raises(CommandError, match="no trained model yet"):
        call_command("benchmark_models", project=project.key)
    with pytest.raises(CommandError, match="no project “nowhere”"):
        call_command("benchmark_models", project="nowhere")
