"""A family in the pages: offered where its columns are, trained, held to rivals."""

from __future__ import annotations

import pytest
from django.urls import reverse

from datamine.work.children import run_inline
from experiments.models import Experiment, TrainingSession
from tests.experiments.families.patients import QUICK, patients_csv
from tests.factories.datasets import imported_dataset
from tests.factories.experiments import flowers


@pytest.fixture
def patient_table(project, owner):
    return imported_dataset(project, owner, patients_csv(), name="Patients")


def said(dataset, **more):
    version = dataset.active_version
    return {
        "dataset": dataset.pk,
        "version": version.pk,
        "version_of": dataset.pk,
        "target": version.schema.column("CLASS").id,
        **more,
    }


def new_url(project):
    return reverse("experiments:create", args=[project.key])


@pytest.mark.django_db
def test_family_is_offered_where_its_columns_are(client, project, owner, patient_table):
    client.force_login(owner)
    other = imported_dataset(project, owner, flowers(), name="Flowers")

    page = client.get(new_url(project), said(patient_table)).content.decode()
    elsewhere = client.get(new_url(project), {"dataset": other.pk, "target": "c3"})

    assert "algorithm_diabetes" in page
    assert "algorithm_knn" in elsewhere.content.decode()
    assert "algorithm_diabetes" not in elsewhere.content.decode()


@pytest.mark.django_db
def test_family_brings_its_columns_and_its_split(
    client, project, member, patient_table
):
    client.force_login(member)

    client.post(
        new_url(project), said(patient_table, algorithm="diabetes", action="save")
    )

    experiment = Experiment.objects.get()
    assert experiment.feature_columns == ["HbA1c", "AGE", "BMI", "Gender"]
    assert experiment.split["keep_duplicates_together"] is True


@pytest.mark.django_db
def test_family_is_trained_and_held_against_plain_models(
    client, project, owner, patient_table
):
    client.force_login(owner)
    numbers = {f"p-{name}": value for name, value in QUICK.items()}
    client.post(
        new_url(project),
        said(
            patient_table,
            algorithm="diabetes",
            parameters_of="diabetes:default",
            action="train",
            **numbers,
        ),
    )
    session = TrainingSession.objects.get()

    run_inline(session)

    session.refresh_from_db()
    assert (session.status, session.epochs_completed) == ("completed", 12)
    assert session.history[-1]["epoch"] == 12
    page = client.get(session.get_absolute_url()).content.decode()
    assert "Against plain models" in page
    assert "HbA1c rule (5.7, 6.5)" in page
    assert "not better" in page
