from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from datamine.operations.archives import ArchiveError
from datamine.operations.importing import import_project
from projects.exceptions import DomainError
from projects.models import User

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Make a new project of a bundle that `export_project` wrote here or elsewhere."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path)
        parser.add_argument(
            "--owner", required=True, help="user name of its owner here"
        )
        parser.add_argument("--name", default="", help="instead of its name there")
        parser.add_argument(
            "--source-key-file",
            type=Path,
            help="file with the source's DATAMINE_ARTIFACT_KEY: the bundle must be "
            "signed with it, and its models may be opened here",
        )
        parser.add_argument(
            "--match-people",
            action="store_true",
            help="rows name people here who have the user names of those there",
        )

    def handle(
        self,
        *args: Any,
        source: Path,
        owner: str,
        name: str,
        source_key_file: Path | None,
        match_people: bool,
        **options: Any,
    ) -> None:
        actor = User.objects.filter(username=owner, is_active=True).first()
        if actor is None:
            raise CommandError(f"Nobody active is called {owner!r}.")
        try:
            key = source_key_file.read_text().strip() if source_key_file else ""
            found = import_project(
                source,
                actor=actor,
                name=name,
                source_key=key,
                match_people=match_people,
            )
        except (ArchiveError, DomainError, OSError) as error:
            raise CommandError(f"Nothing was imported: {error}") from error
        self.stdout.write(
            f"“{found.project}” is here, as {found.project.key}, with {found.models} "
            "models."
        )
        if found.untrusted:
            self.stdout.write(
                f"{found.untrusted} of them are signed with another key and will not "
                "be opened. If you know where the bundle comes from: "
                f"manage.py trust_models {found.project.key}"
            )
