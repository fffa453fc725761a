"""Training from the terminal."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from datasets.models import Dataset
from experiments.management.commands.train import version_for
from experiments.models import Experiment
from tests.experiments.families.patients import patients_csv
from tests.factories.datasets import imported_dataset
from tests.factories.experiments import flowers
from tests.factories.projects import UserFactory
from tests.factories.registry import flowers_in_service


@pytest.fixture
def boss(db):
    return UserFactory(is_superuser=True, is_staff=True)


def test_a_family_is_trained_on_a_dataset_and_told(project, boss):
    dataset = imported_dataset(project, boss, patients_csv(), name="Patients")
    told = StringIO()

    call_command(
        "train",
        "diabetes",
        project=project.key,
        dataset=str(dataset.pk),
        epochs=3,
        batch_size=32,
        learning_rate=0.01,
        stdout=told,
    )

    experiment = Experiment.objects.get()
    assert experiment.hyperparameters["epochs"] == 3
    assert experiment.hyperparameters["learning_rate"] == 0.01
    assert "  Accuracy: " in told.getvalue()
    assert "  HbA1c rule (5.7, 6.5): Balanced accuracy " in told.getvalue()


def test_a_synthetic_table_is_made_for_the_family(project, boss):
    options = {"family": "stars", "n_per_class": 1, "dataset": None}

    version = version_for(project, options, boss)

    assert version.dataset == Dataset.objects.get()
    assert version.is_ready
    assert "n_per_class" not in version.dataset.name


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"dataset": "999999"}, "no dataset 999999 that is ready"),
        ({"resume": 999_999}, "Session 999999 neither waits in this project nor"),
        ({"n_per_class": 5}, "No generator makes tables for “diabetes”"),
        ({}, "Say what to learn from"),
        ({"dataset": "iris"}, "write ID or ID:VERSION"),
        ({"dataset": "1", "project": "nowhere"}, "There is no project “nowhere”"),
    ],
)
def test_what_cannot_be_trained_is_said(options, sentence, project, boss):
    with pytest.raises(CommandError, match=sentence):
        call_command("train", "diabetes", **{"project": project.key} | options)


def test_a_session_is_evaluated_on_a_dataset_and_told(project, boss):
    table = flowers(60).replace(b"virginica", b"unheard", 1)
    other = imported_dataset(project, boss, table, name="Others")
    version = flowers_in_service(project, boss)
    told = StringIO()
    common = {"project": project.key, "dataset": str(other.pk), "stdout": told}

    call_command("evaluate", session=version.session_id, **common)
    call_command("evaluate", model="flowers", **common)
    call_command("evaluate", model=f"flowers:{version.version}", **common)

    lines = told.getvalue().splitlines()
    assert lines[0].endswith(": 59 rows count.")
    assert "  Accuracy: 1.0000 (1.0000 to 1.0000); when it was tested 1.0000" in lines
    assert "  1 are of a class the model does not know" in lines
    assert lines.count(lines[0]) == 3


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"session": 999_999, "dataset": "1"}, "no model of session 999999"),
        ({"model": "nothing", "dataset": "1"}, "no model of “nothing” in service"),
        ({"model": "a:v1", "dataset": "1"}, "no model of version v1 of “a”"),
    ],
)
def test_what_cannot_be_evaluated_is_said(options, sentence, project, boss):
    with pytest.raises(CommandError, match=sentence):
        call_command("evaluate", project=project.key, **options)


def test_a_hyperparameter_beyond_its_bounds_is_named(project, boss):
    dataset = imported_dataset(project, boss, patients_csv(), name="Patients")

    with pytest.raises(CommandError, match="epochs must be between 1 and 1000"):
        call_command(
            "train", "diabetes", project=project.key, dataset=str(dataset.pk), epochs=0
        )
    assert not Experiment.objects.exists()
