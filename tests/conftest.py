"""What every test shares: a safe environment, the database asked for, three users.

The environment is set when this file is imported, before Django reads its settings.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from pytest_django.plugin import blocking_manager_key

from tests import environment

if TYPE_CHECKING:
    from collections.abc import Generator

    from projects.models import Project, User

environment.prepare()

DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
EMPTYING = {"transactional_db", "live_server"}
EMPTIES = pytest.StashKey[bool]()
ROWS_OF_MIGRATIONS = {
    "experiments.migrations.0010_presets": "keep_shipped",
    "experiments.migrations.0012_algorithm_settings": "list_all",
}

pytest_plugins = ["tests.browser"]


def pytest_configure(config: pytest.Config) -> None:
    environment.adjust_settings()
    if config.getoption("numprocesses", None):
        environment.leave_to_workers()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by what a test asks for: a folder of its own, a database, or nothing."""
    for item in items:
        folder = item.path.relative_to(item.config.rootpath).parts[1]
        if folder in {"e2e", "chaos"}:
            item.add_marker(folder)
        elif uses_database(item):
            item.add_marker("integration")
        else:
            item.add_marker("unit")


def pytest_runtest_call(item: pytest.Item) -> None:
    marker = item.get_closest_marker("django_db")
    fixtures = set(getattr(item, "fixturenames", ()))
    empties = (marker and marker.kwargs.get("transaction")) or fixtures & EMPTYING
    item.stash[EMPTIES] = bool(empties)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None]:
    """Write again what migrations wrote, once a test has emptied the database."""
    yield
    if nextitem and item.stash.get(EMPTIES, False):  # neither skipped nor the last
        with item.config.stash[blocking_manager_key].unblock():
            for name, function in ROWS_OF_MIGRATIONS.items():
                getattr(import_module(name), function)(apps, None)


def uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Let no test meet what another one looked up half a second ago."""
    for module, name in (
        ("projects.api.authentication", "good_tokens"),
        ("registry.serving", "seen_models"),
    ):
        if module in sys.modules:
            getattr(sys.modules[module], name).forget()


@pytest.fixture
def owner(db: None) -> User:
    """Whoever made the project and may do everything in it."""
    from tests.factories.projects import UserFactory  # noqa: PLC0415 -- app ready

    return UserFactory(username="owner")


@pytest.fixture
def member(project: Project) -> User:
    """An editor of the project."""
    from tests.factories.projects import (  # noqa: PLC0415 -- app ready
        MembershipFactory,
        UserFactory,
    )

    user = UserFactory(username="member")
    MembershipFactory(project=project, user=user, role="editor")
    return user


@pytest.fixture
def stranger(db: None) -> User:
    """Signed in like the others, but with no part in the project."""
    from tests.factories.projects import UserFactory  # noqa: PLC0415 -- app ready

    return UserFactory(username="stranger")


@pytest.fixture
def project(owner: User) -> Project:
    """A private project of the owner."""
    from tests.factories.projects import (  # noqa: PLC0415 -- app ready
        MembershipFactory,
        ProjectFactory,
    )

    made = ProjectFactory()
    MembershipFactory(project=made, user=owner, role="owner")
    return made
