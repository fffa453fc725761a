from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from datamine.operations.archives import ArchiveError
from datamine.operations.restoring import OccupiedError, restore
from datamine.operations.schema import UnknownSchemaError
from datamine.operations.selfchecks import check_models

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Put a backup into this installation, which must be empty and not running."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path)
        parser.add_argument(
            "--with-tokens",
            action="store_true",
            help="let API tokens of the old place go on working",
        )

    def handle(
        self, *args: Any, source: Path, with_tokens: bool, **options: Any
    ) -> None:
        try:
            manifest = restore(source, with_tokens=with_tokens)
        except (ArchiveError, OccupiedError, UnknownSchemaError, OSError) as error:
            raise CommandError(f"Nothing was restored: {error}") from error
        models = check_models()
        self.stdout.write(
            f"Restored {sum(manifest.rows.values())} rows and {len(manifest.files)} "
            f"files of {manifest.made_at}; {models.good} models answer as they did."
        )
        for key, reason in models.refused.items():
            self.stderr.write(f"{key} will not be served: {reason}")
