"""Light curves put together as one dataset from the terminal."""

from __future__ import annotations

from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from datamine.work.children import run_to_end
from datasets.curve_uploads import import_light_curves
from projects.exceptions import DomainError
from projects.terminal import acting_person, add_project, project_called


class Command(BaseCommand):
    help = "Makes one dataset of files of light curves, and waits until it is there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="+", type=Path, help="tbl, dat, CSV or JSON."
        )
        add_project(parser)
        parser.add_argument(
            "--labels", type=Path, help="A CSV with star_id and label or period."
        )
        parser.add_argument(
            "--magnitudes", action="store_true", help="Small where a star is bright."
        )
        parser.add_argument("--name", default="", help="Of the dataset.")

    def handle(self, *args: Any, **options: Any) -> None:
        actor, project = acting_person(), project_called(options["project"])
        with ExitStack() as opened:
            try:
                files, labels = [
                    [opened.enter_context(named(path)) for path in paths]
                    for paths in (options["files"], filter(None, [options["labels"]]))
                ]
                dataset = import_light_curves(
                    project,
                    files,
                    labels=labels[0] if labels else None,
                    magnitudes=options["magnitudes"],
                    name=options["name"],
                    actor=actor,
                )
            except (DomainError, OSError) as refusal:
                raise CommandError(str(refusal)) from refusal
        version = dataset.versions.get()
        run_to_end(version)
        if not version.is_ready:
            raise CommandError(f"{version} ended {version.status}.")
        self.stdout.write(f"{dataset}: {version.rows_count} rows, id {dataset.pk}.")


def named(path: Path) -> File:
    """Return a file of the disk as an upload, called as it is there."""
    return File(path.open("rb"), name=path.name)
