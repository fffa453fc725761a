from __future__ import annotations

import socket
from argparse import ArgumentParser
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError

from datamine.models import Worker
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

        parser.add_argument(
            "--is-alive",
            action="store_true",
            help="Only ask whether one on this machine was heard of just now.",
        )

    def handle(
        self, *args: Any, cluster: str | None, is_alive: bool, **options: Any
    ) -> None:
        clusters = [cluster] if cluster else cluster_names()
        if not is_alive:
            Foreman(clusters).work()
        elif not Worker.objects.heard_of(socket.gethostname(), clusters).exists():
            raise CommandError("No worker on this machine was heard of.")
