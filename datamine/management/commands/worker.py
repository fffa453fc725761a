from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand

from datamine.work.foreman import Foreman, cluster_names


class Command(BaseCommand):
    help = "Does the background work: imports, steps and training sessions."
    requires_system_checks = [Tags.database, "queue"]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--cluster",
            choices=cluster_names(),
            help="Work for this queue only; without it, for all of them.",
        )

    def handle(self, *args: Any, cluster: str | None, **options: Any) -> None:
        Foreman([cluster] if cluster else cluster_names()).work()
