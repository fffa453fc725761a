from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from datamine.operations.doctor import Verdict, examine


class Command(BaseCommand):
    help = "Look at settings, database, clock, storage, workers; say what to mend."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        found = examine()
        for finding in found:
            mark = finding.verdict.value
            self.stdout.write(f"{mark:8} {finding.part}  {finding.words}".rstrip())
        if any(finding.verdict is Verdict.PROBLEM for finding in found):
            sys.exit(1)
