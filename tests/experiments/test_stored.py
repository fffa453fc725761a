from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from experiments.models import Experiment
from experiments.stored import sweep_orphans
from projects.services import delete_project

pytestmark = pytest.mark.usefixtures("own_files")


def test_sweep_removes_old_models_without_a_row(classified, monkeypatch):
    key = classified.result.artifact
    dead = default_storage.save(classified.artifact_key(9), ContentFile(b"half"))
    assert sweep_orphans() == 0  # young: its row may be about to be written
    monkeypatch.setattr("datasets.stored.GRACE", timedelta(0))

    assert sweep_orphans() == 1
    assert default_storage.exists(key)
    assert not default_storage.exists(dead)


def test_models_of_a_deleted_project_are_swept(classified, monkeypatch):
    key = classified.result.artifact
    monkeypatch.setattr("datasets.stored.GRACE", timedelta(0))

    delete_project(classified.project)

    assert not Experiment.objects.exists()
    assert sweep_orphans() == 2  # the model, and what it predicted
    assert not default_storage.exists(key)
