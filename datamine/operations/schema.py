"""Tables as a release of the program knew them, in a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

if TYPE_CHECKING:
    from django.apps.registry import Apps


class UnknownSchemaError(Exception):
    """Tables made by a release that is newer than this program."""


def applied() -> dict[str, list[str]]:
    """Return the last migrations of each app that the database has seen."""
    loader = MigrationExecutor(connection).loader
    done = {key for key in loader.graph.nodes if key in loader.applied_migrations}
    found: dict[str, list[str]] = {}
    for app, name in sorted(done):
        children = loader.graph.node_map[app, name].children
        if not any(child.key[0] == app and child.key in done for child in children):
            found.setdefault(app, []).append(name)
    return found


def migrate_to(migrations: dict[str, list[str]]) -> Apps:
    """Bring the database to these migrations; return the models as they were then.

    Raises `UnknownSchemaError` where this program lacks one of them.
    """
    executor = MigrationExecutor(connection)
    targets = [(app, name) for app, names in migrations.items() for name in names]
    for app, name in targets:
        if (app, name) not in executor.loader.graph.nodes:
            raise UnknownSchemaError(
                f"The backup was made by a newer release (it knows {app} {name}). "
                "Install that release, then restore."
            )
    executor.migrate(targets)
    apps: Apps = executor.loader.project_state(targets).apps
    return apps


def migrate_forward() -> None:
    """Bring the database to what this program needs."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
