"""Who acts, and in which project, where a command is run in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.management.base import CommandError

from projects.models import Project, User

if TYPE_CHECKING:
    from argparse import ArgumentParser


def acting_person() -> User:
    """Return the first superuser: whoever may run commands may do everything."""
    actor = User.objects.filter(is_superuser=True, is_active=True).first()
    if actor is None:
        raise CommandError("Make an account first: manage.py createsuperuser")
    return actor


def add_project(parser: ArgumentParser) -> None:
    """Let a command take the project it works in."""
    parser.add_argument("--project", required=True, help="Key of the project.")


def project_called(key: str) -> Project:
    """Return the project of this key, or say that there is none."""
    project = Project.objects.filter(key=key).first()
    if project is None:
        raise CommandError(f"There is no project “{key}”.")
    return project
