from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from experiments.models import Result
from experiments.trusting import trust_model
from projects.exceptions import DomainError
from projects.models import Project

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Let models that came in a project's bundle be opened here. Opening one runs "
        "what is in it: do this only if you know who made the bundle."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help="its key, as its address has it")

    def handle(self, *args: Any, project: str, **options: Any) -> None:
        if not Project.objects.filter(key=project).exists():
            raise CommandError(f"There is no project {project!r}.")
        waiting = Result.objects.filter(
            session__experiment__project__key=project, artifact_hmac=""
        )
        count = 0
        for result in waiting:
            try:
                trust_model(result, actor=None)
            except DomainError as error:
                raise CommandError(f"After {count} models: {error}") from error
            count += 1
        self.stdout.write(f"{count} models may be opened here from now on.")
