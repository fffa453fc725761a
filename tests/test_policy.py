"""Every address × every role × every method against the one policy table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from projects.models import User
from tests.factories.projects import MembershipFactory, UserFactory
from tests.policy import ROLES, ROUTES, Absent, Policy, View
from tests.world import World

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PAGE_METHODS = ("GET", "POST")
#: What pages never do: no line declares it, and the answer is 405 or a refusal.
NEVER_OF_PAGES = ("PUT", "PATCH", "DELETE", "TRACE")
NEVER_OF_API = ("TRACE",)
BODILESS = {"GET", "HEAD", "TRACE"}
#: Who asks where every role is told the same, or as for GET.
FEW = ("anonymous", "stranger", "owner")
ADMIN_PARTS = ("changelist", "add", "history", "delete", "change")
PARTS = ("site", "datasets", "experiments", "registry", "api", "api of datasets")
MEMBERS = ("viewer", "editor", "owner")
#: The administration's own ways to say 404 and to redirect.
UNNAMED = ("admin:(?P<url>.*)$", "admin:<path:object_id>/")
ALL = frozenset(ROLES)
SIGNED_IN = ALL - {"anonymous"}

#: rule → who is let in, who is told 403; of the others the signed-in are told 404
ACCESS: dict[View, tuple[frozenset[str], frozenset[str]]] = {
    View.OPEN: (ALL, frozenset()),
    View.PERSON: (SIGNED_IN, frozenset()),
    View.OWN: (frozenset({"owner"}), frozenset()),
    View.PROJECT_VIEW: (frozenset({*MEMBERS, "superuser"}), frozenset()),
    View.PROJECT_EDIT: (
        frozenset({"editor", "owner", "superuser"}),
        frozenset({"viewer"}),
    ),
    View.PROJECT_MANAGE: (
        frozenset({"owner", "superuser"}),
        frozenset({"viewer", "editor"}),
    ),
    View.LEAVE: (
        frozenset({"viewer", "owner", "superuser"}),
        frozenset({"editor"}),
    ),
    View.STAFF: (frozenset({"staff", "superuser"}), SIGNED_IN),
}


@dataclass(frozen=True)
class Route:
    """One named address of the resolver and the words it takes."""

    name: str
    words: tuple[str, ...]


def routes() -> Iterator[Route]:
    """Return every address of the site, without the administration's."""
    for name, words in walk(get_resolver(), "", ()):
        if not name.startswith("admin:"):
            yield Route(name, words)


def walk(
    resolver: URLResolver, space: str, words: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for entry in resolver.url_patterns:
        known = (*words, *re.compile(entry.pattern.regex).groupindex)
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name or entry.pattern}", known
            continue
        inner = f"{space}{entry.namespace}:" if entry.namespace else space
        yield from walk(entry, inner, known)


def admin_lines() -> set[str]:
    """Return the administration's addresses, those of one model as one name."""
    found = set()
    for name, _ in walk(get_resolver(), "", ()):
        if name.startswith("admin:") and name not in UNNAMED:
            part = re.fullmatch(rf"(admin:\w+_\w+)_({'|'.join(ADMIN_PARTS)})", name)
            found.add(part.group(1) if part else name)
    return found


def part_of(route: Route, url: str) -> str:
    """Return which run looks at an address; several runs use several cores."""
    if url.startswith("/api/"):
        return "api of datasets" if "dataset" in route.name else "api"
    space = route.name.partition(":")[0]
    return space if space in PARTS else "site"


def rule_for(policy: Policy, method: str) -> tuple[View | None, bool]:
    """Return the rule of one method and whether a row may be missing.

    HEAD is GET without the body. OPTIONS tells the signed-in what a route takes, and
    nothing of the row behind it.
    """
    method = "GET" if method == "HEAD" else method
    rule = policy.get(method) if isinstance(policy, dict) else policy
    if method == "OPTIONS":
        is_open = View.OPEN in (policy.values() if isinstance(policy, dict) else [rule])
        return View.OPEN if is_open else View.PERSON, True
    if isinstance(rule, Absent):
        return rule.rule, True
    return rule, False


def verdict(response: Any) -> str:
    """Name what a response says about rights."""
    status = response.status_code
    if status == 302 and response["Location"].startswith("/account/login/?next="):
        return "log in"
    if status in {401, 403, 404, 405}:
        return {401: "log in", 403: "403", 404: "404", 405: "405"}[status]
    return "in" if status < 500 or status == 503 else f"broken ({status})"


def wanted(rule: View | None, role: str) -> str:
    if rule is None:
        return "405"
    let_in, forbidden = ACCESS[rule]
    if role in let_in:
        return "in"
    if role == "anonymous":
        return "log in"
    return "403" if role in forbidden else "404"


def is_right(seen: str, expected: str, may_be_absent: bool) -> bool:
    """A method that does not exist gives nothing away, whoever asks."""
    if seen in {expected, "405"}:
        return True
    if may_be_absent and seen == "404":
        return True
    return expected == "405" and seen in {"log in", "403", "404"}


@pytest.fixture
def people(project, owner) -> dict[str, Client]:
    """One signed-in browser for each role."""
    made = {"owner": owner, "stranger": UserFactory(username="stranger")}
    for role in ("viewer", "editor"):
        made[role] = UserFactory(username=role)
        MembershipFactory(project=project, user=made[role], role=role)
    made["staff"] = UserFactory(username="staff", is_staff=True)
    made["staff"].user_permissions.set(Permission.objects.all())
    made["superuser"] = UserFactory(username="boss", is_staff=True, is_superuser=True)
    clients = {"anonymous": Client(raise_request_exception=False)}
    for role, user in made.items():
        clients[role] = Client(raise_request_exception=False)
        clients[role].force_login(user)
    return clients


@pytest.fixture
def world(people, project, owner) -> World:
    return World(project, owner, User.objects.get(username="viewer"))


class Nothing(Exception):
    """Takes back what a request did."""


def ask(client: Client, method: str, url: str) -> Any:
    """Make a request and take back what it did to the database."""
    response, cookies = None, client.cookies.copy()
    try:
        with transaction.atomic():
            kind = "application/json" if url.startswith("/api/") else None
            more = {"content_type": kind} if kind and method not in BODILESS else {}
            response = getattr(client, method.lower())(url, **more)
            if response.streaming:
                response.getvalue()  # read to its end, the file is closed
            raise Nothing
    except Nothing:
        client.cookies = cookies
        return response


def test_every_route_is_declared():
    named = {route.name for route in routes()} | admin_lines()

    assert sorted(named - set(ROUTES)) == []
    assert sorted(set(ROUTES) - named) == []


@pytest.mark.slow
@pytest.mark.one_engine
@pytest.mark.django_db
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", PARTS)
def test_every_role_gets_what_the_policy_says(people, world, part):
    wrong = []
    for route in routes():
        url = reverse(route.name, kwargs=world.words(route.name, route.words))
        if part_of(route, url) != part:
            continue
        is_api = url.startswith("/api/")
        for method in METHODS if is_api else PAGE_METHODS:
            wrong += mismatches(route, method, url, people)
        few = {role: people[role] for role in FEW}
        for method in ("HEAD", "OPTIONS"):
            wrong += mismatches(route, method, url, few)
        for method in NEVER_OF_API if is_api else NEVER_OF_PAGES:
            wrong += mismatches(route, method, url, few, is_declared=False)

    assert wrong == []


def mismatches(
    route: Route,
    method: str,
    url: str,
    people: dict[str, Client],
    *,
    is_declared: bool = True,
) -> list:
    policy = ROUTES[route.name] if is_declared else {}
    rule, may_be_absent = rule_for(policy, method)
    found = []
    for role, client in people.items():
        if rule is View.OPEN and role not in {"anonymous", "owner"}:
            continue
        seen = verdict(ask(client, method, url))
        expected = wanted(rule, role)
        if not is_right(seen, expected, may_be_absent):
            found.append(f"{method} {route.name} as {role}: {seen}, not {expected}")
    return found


@pytest.mark.django_db
def test_administration_is_closed_to_everybody_but_staff(people, world):
    wrong = []
    for line in sorted(admin_lines()):
        for role, client in people.items():
            wrong += admin_mismatches(line, role, client)

    assert wrong == []


def admin_mismatches(line: str, role: str, client: Client) -> list[str]:
    """Compare lists and add pages; what lies behind them asks the same questions."""
    rule, _ = rule_for(ROUTES[line], "GET")
    if rule is View.STAFF or line == "admin:auth_user_password":
        return []
    asked = {
        "changelist": admin_verdict(client, reverse(f"{line}_changelist")),
        "add": admin_verdict(client, reverse(f"{line}_add")),
    }
    expected = {"changelist": "closed", "add": "closed"}
    if role == "superuser" or (role == "staff" and rule is not View.SUPERUSER):
        expected["changelist"] = "in"
        expected["add"] = "in" if rule is View.ADMIN_ROWS else "closed"
    return [
        f"{part} of {line} as {role}: {asked[part]}, not {expected[part]}"
        for part in asked
        if asked[part] != expected[part]
    ]


def admin_verdict(client: Client, url: str) -> str:
    response = ask(client, "GET", url)
    return "in" if response.status_code == 200 else "closed"


@pytest.mark.django_db
def test_staff_without_membership_sees_no_row_of_a_project(people, world):
    secret = world.project.name
    lists = [
        line
        for line in admin_lines()
        if ROUTES[line] in {View.ADMIN_ROWS, View.ADMIN_MACHINE}
    ]
    pages = [
        reverse(f"{line}_changelist")
        for line in lists
        if not line.endswith("_password")
    ]

    shown = [
        url for url in pages if secret in people["superuser"].get(url).content.decode()
    ]
    leaked = [
        url for url in pages if secret in people["staff"].get(url).content.decode()
    ]

    assert "/admin/projects/project/" in shown
    assert leaked == []
