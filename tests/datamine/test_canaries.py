"""Markup in every text a person or a file can leave, on every page and in the admin."""

from __future__ import annotations

import itertools

import pytest
from django.apps import apps
from django.db import models
from django.urls import NoReverseMatch, reverse

from tests.factories.projects import MembershipFactory, UserFactory
from tests.test_policy import routes
from tests.world import World

pytestmark = [
    pytest.mark.slow,
    pytest.mark.one_engine,
    pytest.mark.django_db,
    pytest.mark.timeout(300),
]

CANARY = "\"'><i data-canary={{7*7}} onload=alert(1)>"
APPS = ("projects", "datasets", "experiments", "registry")
#: Fields that hold what somebody wrote, what a file was called, or what went wrong.
WRITTEN = {
    "body", "description", "error", "error_message", "expected", "filename",
    "first_name", "full_name", "last_name", "log", "name", "notes", "phase", "reason",
    "remark", "subject", "title", "username", "worker",
}  # fmt: skip
#: Names that are part of an address, of which the rules allow no markup.
NAMES_IN_ADDRESSES = {"RegisteredModel", "Preset"}


@pytest.fixture
def world(project, owner):
    viewer = UserFactory(username="viewer")
    MembershipFactory(project=project, user=viewer, role="viewer")
    return World(project, owner, viewer)


@pytest.fixture
def boss(client):
    user = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(user)
    return client


def poison() -> int:
    """Write the canary into every such field of every row; return how many."""
    numbers = itertools.count(1)
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            for row in model._base_manager.all():
                texts = {
                    field.name: f"{next(numbers)}{CANARY}"[: field.max_length]
                    for field in written_fields(row)
                }
                if texts:
                    model._base_manager.filter(pk=row.pk).update(**texts)
    return next(numbers) - 1


def written_fields(row: models.Model) -> list[models.Field]:
    is_address = type(row).__name__ in NAMES_IN_ADDRESSES
    return [
        field
        for field in row._meta.concrete_fields
        if field.name in WRITTEN
        and isinstance(field, (models.CharField, models.TextField))
        and not field.choices
        and not (is_address and field.name == "name")
        # A row has a file or it has none, and a constraint knows.
        and not (field.name == "filename" and not row.filename)
    ]


def pages_of_the_site(world):
    for route in routes():
        words = world.words(route.name, route.words)
        url = reverse(route.name, kwargs=words)
        if not url.startswith("/api/") and "logout" not in url:
            yield url


def pages_of_the_admin():
    yield reverse("admin:index")
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            name = f"admin:{model._meta.label_lower.replace('.', '_')}"
            rows = model._base_manager.all()[:2]
            try:
                yield reverse(f"{name}_changelist")
                for row in rows:
                    for part in ("change", "history", "delete"):
                        yield reverse(f"{name}_{part}", args=[row.pk])
            except NoReverseMatch:
                continue


def test_no_page_takes_a_text_for_markup(boss, world):
    written = poison()
    urls = [*pages_of_the_site(world), *pages_of_the_admin()]

    raw, shown, broken = [], 0, []
    for url in urls:
        answer = boss.get(url)
        page = b"".join(answer) if answer.streaming else answer.content
        if "html" not in answer.headers.get("Content-Type", ""):
            continue
        if answer.status_code >= 500:
            broken.append(url)
        shown += b"&lt;i data-canary" in page
        if b"<i data-canary" in page or b"data-canary=49" in page:
            raw.append(url)

    assert (raw, broken) == ([], [])
    assert written > 120
    assert shown > 150
