"""A trained model tried on a dataset from the terminal, as its page does."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import F

from datamine.work.children import run_to_end
from datasets.terminal import version_called
from experiments.evaluating import start_evaluation
from experiments.metrics import headline_of, in_order, title_of
from experiments.models import Result
from projects.exceptions import DomainError
from projects.terminal import acting_person, add_project, project_called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from experiments.models import Evaluation
    from projects.models import Project


class Command(BaseCommand):
    help = "Tries a session's model on a dataset; figures stand beside the original."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_project(parser)
        model = parser.add_mutually_exclusive_group(required=True)
        model.add_argument("--session", type=int, help="Id of a completed session.")
        model.add_argument(
            "--model",
            metavar="NAME[:VERSION]",
            help="A registered model; the version in service unless one is named.",
        )
        parser.add_argument(
            "--dataset",
            required=True,
            metavar="ID[:VERSION]",
            help="What to try it on; the active version unless one is named.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        actor, project = acting_person(), project_called(options["project"])
        result = result_called(project, options)
        version = version_called(project, options["dataset"])
        try:
            evaluation = start_evaluation(result, version, actor=actor)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        run_to_end(evaluation)
        if evaluation.status != evaluation.DONE:
            raise CommandError(
                evaluation.error_message or f"It is {evaluation.status}."
            )
        self.stdout.write("\n".join(told(evaluation)))


def result_called(project: Project, options: dict[str, Any]) -> Result:
    """Return the result of the session, or of the registered version, that is named."""
    found = Result.objects.filter(session__experiment__project=project)
    if options["session"]:
        asked, named = {"session": options["session"]}, f"session {options['session']}"
    else:
        name, _, version = options["model"].partition(":")
        place = "session__model_versions"
        asked = {f"{place}__model__name": name}
        if version:
            asked[f"{place}__version"] = version
        else:
            asked[f"{place}__model__active_version__session"] = F("session")
        named = f"version {version} of “{name}”" if version else f"“{name}” in service"
    related = "session__experiment__version__dataset"
    result = found.filter(**asked).select_related(related).first()
    if result is None:
        raise CommandError(f"The project has no model of {named}.")
    return result


def told(evaluation: Evaluation) -> Iterator[str]:
    """Yield what came out, in lines."""
    details, original = evaluation.details, headline_of(evaluation.result.metrics)
    yield f"{evaluation}: {details['rows']} rows count."
    intervals = details.get("intervals") or {}
    for name, value in in_order(evaluation.metrics).items():
        if value is None:
            continue
        line = f"  {title_of(name)}: {value:.4f}"
        if name in intervals:
            line += f" ({intervals[name]['low']:.4f} to {intervals[name]['high']:.4f})"
        if name in original:
            line += f"; when it was tested {original[name]:.4f}"
        yield line
    for key, what in LEFT_OUT.items():
        if details.get(key):
            yield f"  {details[key]} {what}"


#: What does not count, and why.
LEFT_OUT = {
    "learned_from": "left out: the model has learned from them",
    "without_target": "have no target",
    "unknown_class": "are of a class the model does not know",
    "quarantined": "are such as the model does not take",
}
