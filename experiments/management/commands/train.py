"""A family trained from the terminal, through the services that pages use."""

from __future__ import annotations

import os
import shutil
import zipfile
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from datamine.work.children import run_to_end
from datasets.generators.catalogue import GENERATORS
from datasets.synthetic import make_synthetic
from datasets.terminal import setting, version_called
from experiments.algorithms.catalogue import algorithms
from experiments.continuing import continue_training
from experiments.earlier_weights import WEIGHTS, result_of_file
from experiments.metrics import title_of
from experiments.models import Result, TrainingSession
from experiments.results.downloads import artifact_file
from experiments.sessions import create_and_start
from experiments.suggestions import family_draft
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

#: What continuing asks of a result.
RELATED = ("session__experiment__version__dataset",)


class Command(BaseCommand):
    help = "Trains a family on a dataset, or on a synthetic table made for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("family", choices=FAMILIES)
        add_project(parser)
        parser.add_argument("--name", default="", help="Of the experiment.")
        source = parser.add_mutually_exclusive_group()
        source.add_argument("--dataset", metavar="ID[:VERSION]", help="What to learn.")
        source.add_argument(
            "--n-per-class", type=int, help="Make a synthetic table, so many a class."
        )
        earlier = parser.add_mutually_exclusive_group()
        earlier.add_argument(
            "--resume",
            type=int,
            help="Id of a session: one that waits is done here; one that is completed "
            "goes on, with further epochs.",
        )
        earlier.add_argument(
            "--model-path",
            type=Path,
            help="A version that was downloaded here (zip or model.pth) to go on from.",
        )
        for name, kind in SETTINGS.items():
            flags = [f"--{name.replace('_', '-')}"]
            flags += ["--lr"] if name == "learning_rate" else []
            parser.add_argument(*flags, dest=name, type=kind)
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="Another hyperparameter, such as dropout=0.2; repeatable.",
        )
        parser.add_argument(
            "--save-path",
            type=Path,
            help="Where to write the model: its weights (.pth), or the whole (.zip).",
        )
        parser.add_argument(
            "--device",
            choices=["auto", "cpu", "cuda"],
            default="auto",
            help="auto: a CUDA device where there is one.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        actor, project = acting_person(), project_called(options["project"])
        use_device(options["device"])
        try:
            session = session_for(project, options, actor)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        run_to_end(session)
        if session.status != session.DONE:
            raise CommandError(f"{session} ended {session.status}: {why(session)}")
        self.stdout.write("\n".join(told(session)))
        if options["save_path"]:
            save_model(session.result, options["save_path"])
            self.stdout.write(f"Wrote {options['save_path']}.")


def use_device(wanted: str) -> None:
    """Hide CUDA devices, or make sure that there is one."""
    if wanted == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    if wanted != "cuda":
        return
    import torch  # noqa: PLC0415 -- heavy import

    if not torch.cuda.is_available():
        raise CommandError(
            "There is no CUDA device that torch can use here: install with "
            "DATAMINE_CUDA=1 on a machine that has one, or leave --device out."
        )


def save_model(result: Result, path: Path) -> None:
    """Write a result's model, checked, to a file of one's own."""
    with artifact_file(result) as source, path.open("wb") as target:
        if path.suffix == ".zip":
            shutil.copyfileobj(source, target)
            return
        with zipfile.ZipFile(source) as archive, archive.open(WEIGHTS) as weights:
            shutil.copyfileobj(weights, target)


def session_for(
    project: Project, options: dict[str, Any], actor: User
) -> TrainingSession:
    """Return the session to do: one that waits, one that goes on, or a new one."""
    given = {name: options[name] for name in SETTINGS if options[name] is not None}
    given |= dict(map(setting, options["set"]))
    earlier = earlier_result(project, options)
    refuse_other(earlier, options["family"])
    if isinstance(earlier, TrainingSession):
        return earlier
    if earlier is not None:
        version = version_for(project, options, actor) if has_rows(options) else None
        return continue_training(
            earlier, hyperparameters=given, version=version, actor=actor
        )
    if not has_rows(options):
        raise CommandError("Say what to learn from: --dataset or --n-per-class.")
    draft = family_draft(
        version_for(project, options, actor),
        options["family"],
        name=options["name"],
        preset="",
        hyperparameters=given,
    )
    return create_and_start(draft, actor=actor)


def refuse_other(earlier: Result | TrainingSession | None, family: str) -> None:
    """Refuse what was trained before as another family than the one that is named."""
    session = earlier.session if isinstance(earlier, Result) else earlier
    if session is not None and session.experiment.algorithm != family:
        raise CommandError(
            f"Session {session.pk} is of “{session.experiment.algorithm}”, not of "
            f"“{family}”."
        )


def has_rows(options: dict[str, Any]) -> bool:
    """Whether somebody says what to learn from."""
    return options["dataset"] is not None or options["n_per_class"] is not None


def earlier_result(
    project: Project, options: dict[str, Any]
) -> Result | TrainingSession | None:
    """Return the session to do, or the result to go on from; None for a new one."""
    if options["resume"]:
        session = TrainingSession.objects.filter(
            pk=options["resume"], experiment__project=project
        ).first()
        if session is not None and session.status == session.Status.PENDING:
            return session
        done = Result.objects.filter(session=session) if session else None
        result = done and done.select_related(*RELATED).first()
        if result:
            return result
        raise CommandError(
            f"Session {options['resume']} neither waits in this project nor is it "
            "completed. A lost session is given back by manage.py reconcile, or by a "
            "worker."
        )
    path = options["model_path"]
    if path is None:
        return None
    found = result_of_file(project, path) if path.is_file() else None
    if found is None:
        raise CommandError(
            f"{path} is no model of this project. Files from elsewhere are never "
            "opened; download a version here, or name its session with --resume."
        )
    return found


def version_for(
    project: Project, options: dict[str, Any], actor: User
) -> DatasetVersion:
    """Return the rows to learn from: of a dataset, or synthetic ones made now."""
    if options["n_per_class"] is None:
        return version_called(project, options["dataset"])
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
    run_to_end(version)
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
