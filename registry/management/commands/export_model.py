"""A model's versions in a git repository, for those who keep models there."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from projects.exceptions import DomainError
from projects.terminal import add_project, project_called
from registry.git_export import export_versions
from registry.models import RegisteredModel


class Command(BaseCommand):
    help = "Commits versions of a model into a git repository, with Git LFS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="Of the model.")
        add_project(parser)
        parser.add_argument(
            "--repo", type=Path, required=True, help="A repository, or an empty folder."
        )
        parser.add_argument(
            "--only", metavar="VERSION", help="One version; all unless one is named."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        project = project_called(options["project"])
        found = RegisteredModel.objects.with_active().filter(project=project)
        model = found.filter(name=options["name"]).first()
        if model is None:
            raise CommandError(f"The project has no model “{options['name']}”.")
        versions = model.versions.with_results().order_by("created_at", "pk")
        if options["only"]:
            versions = versions.filter(version=options["only"])
        if not versions:
            which = options["only"] or "to export"
            raise CommandError(f"“{model}” has no version {which}.")
        try:
            done = export_versions(model, versions, options["repo"].resolve())
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("\n".join(done or ["Everything was there already."]))
