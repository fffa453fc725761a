from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from datamine.operations.reconciling import compare, remove

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "List stored files that rows name in vain, and files that no row names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--digests", action="store_true", help="read every byte; takes long"
        )
        parser.add_argument(
            "--remove", action="store_true", help="delete files that no row names"
        )

    def handle(self, *args: Any, digests: bool, **options: Any) -> None:
        found = compare(with_digests=digests)
        for title, keys in (
            ("gone", found.lost),
            ("damaged", found.damaged),
            ("named by no row", found.orphans),
        ):
            for key in keys:
                self.stdout.write(f"{key}: {title}")
        if options["remove"]:
            remove(found.orphans)
        self.stdout.write(
            f"{len(found.lost)} files gone, {len(found.damaged)} damaged, "
            f"{len(found.orphans)} named by no row."
        )
        if found.harmful:
            sys.exit(1)
