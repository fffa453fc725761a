from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from datamine import env
from datamine.operations.archives import ArchiveError
from datamine.operations.backups import back_up, verify

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Write all rows and files into one file, while people work; then verify it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "target",
            type=Path,
            nargs="?",
            help="the file; by default one named by the time in DATAMINE_HOME/backups",
        )
        parser.add_argument(
            "--without-key",
            action="store_true",
            help="leave out the key that models are signed with; keep it elsewhere",
        )
        parser.add_argument(
            "--only-verify",
            action="store_true",
            help="write nothing; restore TARGET in a scratch place and look at it",
        )

    def handle(
        self,
        *args: Any,
        target: Path | None,
        without_key: bool,
        only_verify: bool,
        **options: Any,
    ) -> None:
        try:
            if only_verify and target is None:
                raise CommandError("Name the backup to verify.")
            place = target or self.usual_place()
            lost = [] if only_verify else self.write(place, without_key)
            self.stdout.write(f"Verified in a scratch place. {verify(place)}")
        except (ArchiveError, OSError) as error:
            raise CommandError(f"There is no good backup: {error}") from error
        if lost:
            raise CommandError(
                f"The backup is written, but {len(lost)} files that rows name were "
                f"gone or damaged already, first {lost[0]}. See `manage.py reconcile`."
            )

    def usual_place(self) -> Path:
        folder = env.HOME / "backups"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder / f"datamine-{timezone.now():%Y%m%d-%H%M%S}.tar"

    def write(self, place: Path, without_key: bool) -> list[str]:
        manifest = back_up(place, with_key=not without_key)
        size = place.stat().st_size / 1024**2
        self.stdout.write(f"Wrote {place}, {size:.1f} MiB.")
        return manifest.lost
