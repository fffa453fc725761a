"""Content to look at on the first day, made through the ordinary services."""

from __future__ import annotations

import io
from argparse import ArgumentParser
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from datamine.work.children import run_to_end
from datasets.models import Dataset
from datasets.readers.dialect import Dialect
from datasets.recipes import StepSpec
from datasets.services import apply_steps, import_upload, receive_upload
from datasets.synthetic import make_synthetic
from experiments.drafts import Draft
from experiments.models import Experiment
from experiments.sessions import create_and_start
from experiments.suggestions import family_draft
from projects.models import Project
from projects.services import create_project
from projects.terminal import acting_person
from registry.models import RegisteredModel
from registry.services import activate_version, register_version

if TYPE_CHECKING:
    from datamine.leases import LeasedJob
    from datasets.models import DatasetVersion
    from projects.models import User

NAME = "Demo"


@dataclass(frozen=True)
class Bundled:
    """A table that comes with scikit-learn, and what its target is called here."""

    name: str
    loader: str
    target: str
    description: str


TABLES = (
    Bundled("Iris", "load_iris", "species", "Sepals and petals of 150 flowers."),
    Bundled("Wine", "load_wine", "cultivar", "Chemistry of 178 Italian wines."),
    Bundled(
        "Breast cancer",
        "load_breast_cancer",
        "diagnosis",
        "Cell nuclei of 569 biopsies (Wisconsin, diagnostic).",
    ),
    Bundled(
        "Diabetes",
        "load_diabetes",
        "progression",
        "Ten measurements of 442 patients and the disease a year later.",
    ),
)
CONTENDERS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Five nearest neighbours", "knn", {"n_neighbors": 5}),
    ("One tree", "decision_tree", {"max_depth": 4}),
    ("A forest", "random_forest", {}),
)


@dataclass(frozen=True)
class Shown:
    """A family shown on a table that is made for it, in minutes."""

    algorithm: str
    generator: str
    table: dict[str, Any]
    hyperparameters: dict[str, Any]


SHOWN = (
    Shown("exoplanet", "transits", {"n_per_class": 200}, {"epochs": 10}),
    Shown("regime", "prices", {}, {"epochs": 20}),
    Shown("volatility", "prices", {}, {"epochs": 20}),
    Shown("stars", "stars", {"n_per_class": 20}, {"epochs": 8, "batch_size": 16}),
)


class Command(BaseCommand):
    help = "Makes the project Demo: tables, a prepared version, experiments, a model."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--families",
            action="store_true",
            help="Also trains each family on a synthetic table, registers and measures "
            "it; takes some minutes.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        actor = acting_person()
        project = Project.objects.filter(key="demo").first() or create_project(
            name=NAME,
            description="Tables that come with scikit-learn, to try everything on.",
            actor=actor,
        )
        for table in TABLES:
            imported(project, table, actor)
        iris = project.datasets.get(name="Iris")
        prepared(iris, actor)
        for name, algorithm, hyperparameters in CONTENDERS:
            trained(iris, name, algorithm, hyperparameters, actor)
        in_service(project, actor)
        if options["families"]:
            for family in SHOWN:
                shown(project, family, actor)
                self.stdout.write(f"{family.algorithm} is trained and registered.")
            call_command("benchmark_models", project=project.key, stdout=self.stdout)


def shown(project: Project, family: Shown, actor: User) -> None:
    """Make a table for a family, train it there and register what came out; once."""
    if RegisteredModel.objects.filter(project=project, name=family.algorithm).exists():
        return
    name = f"Made for {family.algorithm}"
    dataset = project.datasets.filter(name=name).first() or make_synthetic(
        project,
        generator=family.generator,
        parameters=family.table,
        name=name,
        actor=actor,
    )
    version = dataset.versions.get()
    if not version.is_over:
        finish(version)
    draft = family_draft(
        version,
        family.algorithm,
        name=f"A demonstration of {family.algorithm}",
        preset="",
        hyperparameters=family.hyperparameters,
    )
    session = create_and_start(draft, actor=actor)
    finish(session)
    registered = register_version(session, name=family.algorithm, actor=actor)
    activate_version(registered, reason="The first one.", actor=actor)


def imported(project: Project, table: Bundled, actor: User) -> None:
    """Upload the table and wait until it is read; once is enough."""
    if project.datasets.filter(name=table.name).exists():
        return
    content = as_csv(table)
    file = TemporaryUploadedFile(f"{table.name}.csv", "text/csv", len(content), None)
    file.write(content)
    file.flush()
    upload = receive_upload(project, file, actor=actor)
    dataset = import_upload(
        upload,
        name=table.name,
        description=table.description,
        file_format="csv",
        dialect=Dialect(),
        actor=actor,
    )
    finish(dataset.versions.get())


def as_csv(table: Bundled) -> bytes:
    """Return a bundled table as its owner would upload it, classes by name."""
    from sklearn import datasets  # noqa: PLC0415 -- heavy import

    scaled = {"scaled": False} if table.loader == "load_diabetes" else {}
    bunch = getattr(datasets, table.loader)(as_frame=True, **scaled)
    frame = bunch.frame.rename(columns={"target": table.target})
    if "target_names" in bunch:
        names = [str(name) for name in bunch.target_names]
        frame[table.target] = [names[code] for code in frame[table.target]]
    text = io.StringIO()
    frame.to_csv(text, index=False)
    return text.getvalue().encode()


def prepared(dataset: Dataset, actor: User) -> None:
    """Add a version with all measurements on one scale."""
    if dataset.versions.filter(number=2).exists():
        return
    version = active_version(dataset)
    columns = tuple(c.name for c in version.schema if c.name != "species")
    step = StepSpec(step="scale", columns=columns, parameters={"method": "zscore"})
    finish(apply_steps(version, specs=[step], actor=actor))


def trained(
    dataset: Dataset,
    name: str,
    algorithm: str,
    hyperparameters: dict[str, Any],
    actor: User,
) -> None:
    """Train one contender on the prepared version, with five folds."""
    if Experiment.objects.filter(dataset=dataset, name=name).exists():
        return
    version = active_version(dataset)
    draft = Draft(
        version=version,
        name=name,
        algorithm=algorithm,
        hyperparameters=hyperparameters,
        target_column="species",
        feature_columns=tuple(c.name for c in version.schema if c.name != "species"),
        split={"train_ratio": 0.7, "cv_folds": 5},
    )
    finish(create_and_start(draft, actor=actor))


def in_service(project: Project, actor: User) -> None:
    """Register the forest and put it in service."""
    if RegisteredModel.objects.filter(project=project, name="iris").exists():
        return
    forest = project.experiments.get(name=CONTENDERS[-1][0])
    version = register_version(
        forest.sessions.latest("pk"),
        name="iris",
        description="Tells three kinds of iris by four measurements.",
        actor=actor,
    )
    activate_version(version, reason="The first one.", actor=actor)


def active_version(dataset: Dataset) -> DatasetVersion:
    """Return the version to go on from, as it is now."""
    version: DatasetVersion = dataset.versions.filter(status="ready").latest("number")
    return version


def finish(row: LeasedJob) -> None:
    """Do a row's work here, or wait for the worker that was faster."""
    run_to_end(row)
    if row.status != row.DONE:
        raise CommandError(f"{row} ended {row.status}: {row.error_message}")
