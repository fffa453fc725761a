"""Experiments, sessions and results for tests; trained for real where that matters."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from datamine.work.children import run_inline
from experiments import services, sessions
from experiments.drafts import Draft
from experiments.models import Experiment, Result, TrainingSession
from tests.factories.datasets import DatasetVersionFactory, imported_dataset


def flowers(rows: int = 90) -> bytes:
    """Return a table whose class follows from the petal, with two other columns."""
    lines = ["petal,sepal,colour,species"]
    kinds = (
        ("setosa", 1.4, "white"),
        ("versicolor", 4.5, "blue"),
        ("virginica", 6.0, "red"),
    )
    for number in range(rows):
        species, petal, colour = kinds[number % 3]
        wobble = number % 7 / 10
        lines.append(f"{petal + wobble:.1f},{5 + wobble:.1f},{colour},{species}")
    return ("\n".join(lines) + "\n").encode()


def houses(rows: int = 90) -> bytes:
    """Return a table whose price follows from the area."""
    lines = ["area,rooms,price"]
    for number in range(rows):
        area = 40 + number * 3 % 97
        lines.append(
            f"{area + 0.5},{number % 5 + 1},{area * 2000 + number % 11 * 10.5}"
        )
    return ("\n".join(lines) + "\n").encode()


class ExperimentFactory(DjangoModelFactory):
    """A saved experiment whose data nobody reads: for lists, pages and rights."""

    class Meta:
        model = Experiment

    class Params:
        project_of = None

    version = factory.SubFactory(DatasetVersionFactory)
    dataset = factory.SelfAttribute("version.dataset")
    project = factory.SelfAttribute("dataset.project")
    name = factory.Sequence(lambda number: f"Experiment {number}")
    task = "classification"
    algorithm = "knn"
    hyperparameters = factory.LazyFunction(lambda: {"n_neighbors": 5})
    target_column = "species"
    feature_columns = factory.LazyFunction(lambda: ["petal"])
    split = factory.LazyFunction(
        lambda: {"method": "random", "train_ratio": 0.8, "random_seed": 42}
    )


class SessionFactory(DjangoModelFactory):
    """A session that nobody trains; the experiment's latest one when asked for."""

    class Meta:
        model = TrainingSession
        skip_postgeneration_save = True

    experiment = factory.SubFactory(ExperimentFactory)
    base_version = factory.SelfAttribute("experiment.version")
    number = factory.Sequence(lambda number: number + 1)
    plan = factory.LazyFunction(dict)
    status = "pending"

    @factory.post_generation
    def latest(self, create, wanted, **extra):
        if create and wanted:
            self.experiment.latest_session = self
            self.experiment.training_seconds = self.training_time_seconds
            self.experiment.save()


class ResultFactory(DjangoModelFactory):
    """What a completed session found, without an artefact behind it."""

    class Meta:
        model = Result

    session = factory.SubFactory(SessionFactory, status="completed")
    metrics = factory.LazyFunction(
        lambda: {"test": {"accuracy": 0.9, "f1_macro": 0.8}, "cross_validation": {}}
    )
    baseline = factory.LazyFunction(
        lambda: {"name": "most_frequent", "metrics": {"accuracy": 0.5}}
    )
    details = factory.LazyFunction(dict)
    split_digest = "d" * 64
    signature = factory.LazyFunction(
        lambda: {
            "columns": [],
            "target": {"name": "species", "type": "category", "labels": ["a", "b"]},
        }
    )
    artifact = "artifacts/0/0-1.zip"
    artifact_sha256 = "a" * 64
    artifact_hmac = "b" * 64
    artifact_size = 100


def draft_on(dataset, target: str, *features: str, **said: object) -> Draft:
    """Describe an experiment on the active version of a dataset."""
    said.setdefault("algorithm", "decision_tree")
    said.setdefault("name", "An experiment")
    return Draft(
        version=dataset.active_version,
        target_column=target,
        feature_columns=features,
        **said,
    )


def flowers_draft(project, actor, **said: object) -> Draft:
    """Import the flowers and describe how to tell the species."""
    dataset = imported_dataset(project, actor, flowers(), name="Flowers")
    return draft_on(dataset, "species", "petal", "sepal", "colour", **said)


def houses_draft(project, actor, **said: object) -> Draft:
    """Import the houses and describe how to foretell the price."""
    dataset = imported_dataset(project, actor, houses(), name="Houses")
    said.setdefault("algorithm", "linear_regression")
    return draft_on(dataset, "price", "area", "rooms", **said)


def trained_session(draft: Draft, actor) -> TrainingSession:
    """Create, start and train an experiment here and now."""
    experiment = services.create_experiment(draft, actor=actor)
    session = sessions.start_session(experiment, actor=actor)
    run_inline(session)
    return session
