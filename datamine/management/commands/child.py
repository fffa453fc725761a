from __future__ import annotations

import faulthandler
import os
import sys
import traceback
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from datamine.away import is_away
from datamine.work.children import obey, preload
from datamine.work.processes import die_with_parent


class Command(BaseCommand):
    help = "Waits for one row's work and does it; the worker starts this by itself."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("parent", type=int, help="Process id of the worker.")

    def handle(self, *args: Any, parent: int, **options: Any) -> None:
        die_with_parent(parent)
        faulthandler.enable()
        os.nice(2)  # pages are answered first
        preload()
        line = sys.stdin.buffer.readline()
        if not line:
            return
        try:
            obey(line)
        except Exception as error:
            if not is_away(error):
                raise
            traceback.print_exc()
            sys.exit(os.EX_TEMPFAIL)
