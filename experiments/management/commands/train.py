"""A family trained from the terminal, through the services that pages use."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from datamine.work.children import run_inline
from datasets.generators.catalogue import GENERATORS
from datasets.models import Dataset
from datasets.synthetic import make_synthetic
from experiments.algorithms.catalogue import algorithm, algorithms
from experiments.drafts import Draft
from experiments.metrics import title_of
from experiments.models import TrainingSession
from experiments.sessions import create_and_start
from projects.exceptions import DomainError
from projects.terminal import acting_person, add_project, project_called

if TYPE_CHECKING:
    from datasets.models import DatasetVersion
    from projects.models import Project, User

FAMILIES = [entry.name for entry in algorithms() if entry.family is not None]
#: Options that are hyperparameters, where the family has such a one.
SETTINGS = {
    "config": str,
    "epochs": int,
    "patience": int,
    "batch_size": int,
    "learning_rate": float,
}


class Command(BaseCommand):
    help = "Trains a family on a dataset, or on a synthetic table made for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("family", choices=FAMILIES)
        add_project(parser)
        parser.add_argument("--name", default="", help="Of the experiment.")
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--dataset", type=int, help="Id of a dataset.")
        source.add_argument(
            "--n-per-class", type=int, help="Make a synthetic table, so many a class."
        )
        source.add_argument(
            "--resume", type=int, help="Id of a pending session, to do it here."
        )
        for name, kind in SETTINGS.items():
            flags = [f"--{name.replace('_', '-')}"]
            flags += ["--lr"] if name == "learning_rate" else []
            parser.add_argument(*flags, dest=name, type=kind)
        parser.add_argument("--device", choices=["auto", "cpu"], default="auto")

    def handle(self, *args: Any, **options: Any) -> None:
        actor, project = acting_person(), project_called(options["project"])
        if options["device"] == "cpu":
            os.environ["CUDA_VISIBLE_DEVICES"] = ""
        try:
            session = session_for(project, options, actor)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        run_inline(session)
        if session.status != session.DONE:
            raise CommandError(f"{session} ended {session.status}: {why(session)}")
        self.stdout.write("\n".join(told(session)))


def session_for(
    project: Project, options: dict[str, Any], actor: User
) -> TrainingSession:
    """Return the session to do: one that waits, or a new one."""
    if options["resume"]:
        waiting = TrainingSession.objects.filter(
            pk=options["resume"], experiment__project=project
        ).first()
        if waiting is None or waiting.status != waiting.Status.PENDING:
            raise CommandError(
                f"Session {options['resume']} does not wait in this project. A lost "
                "session is given back by manage.py reconcile, or by a worker."
            )
        return waiting
    version = version_for(project, options, actor)
    given = {name: options[name] for name in SETTINGS if options[name] is not None}
    names = version.schema.names
    family = algorithm(options["family"]).family
    assert family is not None
    draft = Draft(
        version=version,
        name=options["name"],
        algorithm=options["family"],
        hyperparameters=given,
        target_column=family.target(names),
        feature_columns=tuple(family.features(names)),
    )
    return create_and_start(draft, actor=actor)


def version_for(
    project: Project, options: dict[str, Any], actor: User
) -> DatasetVersion:
    """Return the rows to learn from: of a dataset, or synthetic ones made now."""
    if options["n_per_class"] is None:
        dataset = Dataset.objects.filter(project=project, pk=options["dataset"]).first()
        if dataset is None or dataset.active_version is None:
            raise CommandError(
                f"The project has no dataset {options['dataset']} that is ready."
            )
        return dataset.active_version
    makers = [g for g in GENERATORS.values() if g.family == options["family"]]
    if not makers:
        raise CommandError(
            f"No generator makes tables for “{options['family']}”. Name a --dataset."
        )
    dataset = make_synthetic(
        project,
        generator=makers[0].name,
        parameters={"n_per_class": options["n_per_class"]},
        actor=actor,
    )
    version: DatasetVersion = dataset.versions.get()
    run_inline(version)
    return version


def why(session: TrainingSession) -> str:
    return session.error_message or "the reason is in its log."


def told(session: TrainingSession) -> list[str]:
    """Return what came out, in lines."""
    result = session.result
    lines = [f"{session.experiment}, session {session.pk}:"]
    for name, value in (result.metrics.get("test") or {}).items():
        if isinstance(value, float):
            lines.append(f"  {title_of(name)}: {value:.4f}")
    for rival in result.details.get("rivals", []):
        lines.append(
            f"  {rival['title']}: {title_of(rival['metric'])} {rival['rival']:.4f}"
        )
    return lines
