from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from datamine.operations.archives import ArchiveError
from datamine.operations.exporting import export_project
from projects.models import Project

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Write a whole project into one file that another installation can take in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help="its key, as its address has it")
        parser.add_argument("target", type=Path)

    def handle(self, *args: Any, project: str, target: Path, **options: Any) -> None:
        found = Project.objects.filter(key=project).first()
        if found is None:
            raise CommandError(f"There is no project {project!r}.")
        try:
            manifest = export_project(found, target, actor=None)
        except (ArchiveError, OSError) as error:
            raise CommandError(f"Nothing was written: {error}") from error
        self.stdout.write(
            f"Wrote {sum(manifest.rows.values())} rows and {len(manifest.files)} files "
            f"of “{found}” to {target}."
        )
