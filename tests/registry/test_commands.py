"""Models measured from the terminal."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry.management.commands.benchmark_models import Measured, advice
from tests.factories.experiments import flowers_draft, trained_session


def test_models_are_measured_and_reported(project, owner, tmp_path):
    session = trained_session(flowers_draft(project, owner), owner)
    told = StringIO()

    call_command("benchmark_models", project=project.key, reports=tmp_path, stdout=told)

    line = told.getvalue().splitlines()[2]
    assert line.startswith(f"| {session.experiment}, session {session.pk} | accuracy ")
    assert line.endswith("| finite |")
    (report,) = tmp_path.iterdir()
    assert report.name.endswith("_performance_report.txt")
    assert line in report.read_text()


def test_without_a_model_there_is_nothing_to_measure(project):
    with pytest.raises(CommandError, match="no trained model yet"):
        call_command("benchmark_models", project=project.key)
    with pytest.raises(CommandError, match="no project “nowhere”"):
        call_command("benchmark_models", project="nowhere")


def test_advice_follows_from_the_figures():
    slow = {1: 0.03, 8: 0.02, 64: 0.01}
    large = Measured("large", {"accuracy": 0.91}, 10, 1000, slow, is_steady=False)
    small = Measured("small", {"accuracy": 0.908}, 1, 100, slow, is_steady=True)

    assert advice(large, [large, small]) == [
        "- Ask for 64 at a time: 3.0 times as fast.",
        "- “small” is within 0.2% of the accuracy, at 10% of the size.",
        "- Extreme inputs give no finite answers: scale the features.",
    ]
    assert advice(small, [large, small]) == [
        "- Ask for 64 at a time: 3.0 times as fast."
    ]
