from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from datamine.operations.signing import sign_anew

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Sign the models that an earlier DATAMINE_ARTIFACT_KEY signed with this one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key_file", type=Path, help="file with the earlier key")

    def handle(self, *args: Any, key_file: Path, **options: Any) -> None:
        try:
            earlier = key_file.read_text().strip()
        except OSError as error:
            raise CommandError(f"The earlier key cannot be read: {error}") from error
        done = sign_anew(earlier)
        for artifact, reason in done.refused.items():
            self.stdout.write(f"{artifact}: {reason}")
        self.stdout.write(
            f"{done.anew} models signed with the present key, {done.before} bore it "
            f"already, {len(done.refused)} refused."
        )
        if done.refused:
            sys.exit(1)
