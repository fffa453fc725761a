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
from tests.factories.projects import UserFactory


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
        dataset=dataset.pk,
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
        ({"dataset": 999_999}, "no dataset 999999 that is ready"),
        ({"resume": 999_999}, "Session 999999 does not wait in this project"),
        ({"n_per_class": 5}, "No generator makes tables for “diabetes”"),
        ({"dataset": 1, "project": "nowhere"}, "There is no project “nowhere”"),
    ],
)
def test_what_cannot_be_trained_is_said(options, sentence, project, boss):
    with pytest.raises(CommandError, match=sentence):
        call_command("train", "diabetes", **{"project": project.key} | options)


def test_a_hyperparameter_beyond_its_bounds_is_named(project, boss):
    dataset = imported_dataset(project, boss, patients_csv(), name="Patients")

    with pytest.raises(CommandError, match="epochs must be between 1 and 1000"):
        call_command(
            "train", "diabetes", project=project.key, dataset=dataset.pk, epochs=0
        )
    assert not Experiment.objects.exists()
