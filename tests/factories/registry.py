"""Models in the registry for tests: with real artefacts where something predicts."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

import factory
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from factory.django import DjangoModelFactory

from datamine import files
from experiments.evaluation.processor import processor
from registry.models import (
    BatchPrediction,
    ModelVersion,
    PerformanceReport,
    RegisteredModel,
)
from registry.services import activate_version, register_version
from tests.factories.experiments import (
    ResultFactory,
    flowers_draft,
    houses_draft,
    trained_session,
)
from tests.factories.projects import ProjectFactory

if TYPE_CHECKING:
    from experiments.models import TrainingSession


class RegisteredModelFactory(DjangoModelFactory):
    """A name without versions."""

    class Meta:
        model = RegisteredModel

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence(lambda number: f"model-{number}")


#: An archive that holds no model; its file is as it was signed, and nobody opens it.
HOLLOW = b"PK\x05\x06" + bytes(18)


def hollow_session() -> TrainingSession:
    """Return a completed session whose artefact is sound and holds nothing."""
    result = ResultFactory(
        artifact=files.new_key("artifacts", 0, ".zip"),
        artifact_sha256=hashlib.sha256(HOLLOW).hexdigest(),
        artifact_hmac=hmac.new(
            settings.ARTIFACT_KEY.encode(), HOLLOW, "sha256"
        ).hexdigest(),
    )
    default_storage.save(result.artifact, ContentFile(HOLLOW))
    return result.session


class ModelVersionFactory(DjangoModelFactory):
    """A version whose artefact nobody opens: for lists, switches and rights."""

    class Meta:
        model = ModelVersion

    model = factory.SubFactory(RegisteredModelFactory)
    version = factory.Sequence(lambda number: f"v20260131_{number:06d}")
    session = factory.LazyFunction(hollow_session)


class BatchFactory(DjangoModelFactory):
    """A batch that waits, of a file that nobody reads."""

    class Meta:
        model = BatchPrediction

    version = factory.SubFactory(ModelVersionFactory)
    model = factory.SelfAttribute("version.model")
    version_name = factory.SelfAttribute("version.version")
    filename = "rows.csv"
    rows_file = "batches/0/rows"
    rows_sha256 = "0" * 64


class PerformanceReportFactory(DjangoModelFactory):
    """A completed report, as if a worker had measured."""

    class Meta:
        model = PerformanceReport

    version = factory.SubFactory(ModelVersionFactory)
    status = "completed"
    completed_at = factory.LazyFunction(timezone.now)
    suggestions = factory.LazyFunction(lambda: ["Ask for 64 at a time."])
    figures = factory.LazyFunction(
        lambda: {
            "size_bytes": 5_000,
            "opening_seconds": 0.05,
            "memory_bytes": None,
            "learned": 7,
            "learned_kind": "nodes",
            "preparing_seconds": None,
            "is_steady": True,
            "batches": [
                {
                    "size": size,
                    "repeats": 5,
                    "p50_seconds": 0.001,
                    "p95_seconds": 0.002,
                    "model_seconds": 0.0005,
                    "per_second": size / 0.001,
                    "memory_bytes": None,
                }
                for size in (1, 64)
            ],
            "extremes": [{"given": "nothing but 0", "outcome": "finite"}],
            "machine": {
                "processor": processor(),
                "cores": 2,
                "threads": 1,
                "device": "cpu",
                "system": "Linux",
                "libraries": {"numpy": "2"},
            },
        }
    )


def flowers_in_service(project, actor, **said: object) -> ModelVersion:
    """Train, register and activate a model that tells the species."""
    session = trained_session(flowers_draft(project, actor, **said), actor)
    version = register_version(session, name="flowers", actor=actor)
    activate_version(version, actor=actor)
    return version


def houses_in_service(project, actor) -> ModelVersion:
    """Train, register and activate a model that foretells the price."""
    session = trained_session(houses_draft(project, actor), actor)
    version = register_version(session, name="houses", actor=actor)
    activate_version(version, actor=actor)
    return version
