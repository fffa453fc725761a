"""A synthetic table from the terminal, made through the ordinary service."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from datamine.work.children import run_to_end
from datasets.generators.catalogue import GENERATORS
from datasets.synthetic import make_synthetic
from datasets.terminal import setting
from projects.exceptions import DomainError
from projects.terminal import acting_person, add_project, project_called


class Command(BaseCommand):
    help = "Makes a dataset by a generator, and waits until it is there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("generator", choices=list(GENERATORS))
        add_project(parser)
        parser.add_argument("--name", default="", help="Of the dataset.")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="A setting of the generator, such as n_per_class=50; repeatable.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        actor, project = acting_person(), project_called(options["project"])
        try:
            dataset = make_synthetic(
                project,
                generator=options["generator"],
                parameters=dict(setting(text) for text in options["set"]),
                name=options["name"],
                actor=actor,
            )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        version = dataset.versions.get()
        run_to_end(version)
        if not version.is_ready:
            raise CommandError(f"{version} ended {version.status}.")
        self.stdout.write(f"{dataset}: {version.rows_count} rows, id {dataset.pk}.")
