"""The running program against its own OpenAPI document, by thousands of made-up calls.

Every operation is called with what its schema allows, with what it does not allow, and
at addresses that lead nowhere. No answer may be a 500, and each must be documented:
its status, its type, its headers, every field of its body.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from datamine.wsgi import application
from projects.services import create_token
from tests.factories.projects import MembershipFactory, UserFactory
from tests.world import World

pytestmark = [pytest.mark.one_engine, pytest.mark.slow, pytest.mark.timeout(3600)]

#: How often each operation is called in each of the three ways.
CALLS = int(os.environ.get("DATAMINE_CONTRACT_CALLS", "4"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
READS = {"get"}
CHANGES = {"post", "patch", "delete"}


class Nothing(Exception):
    """Takes back what a call did, so that each meets the same world."""


def whole(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Read an answer to its end, as a server does; that closes its files."""
    answer = application(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


@pytest.fixture
def document(db) -> Iterator[Any]:
    """The document as the program gives it, inside the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/schema/?format=json", whole)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def world(project, owner) -> World:
    viewer = UserFactory(username="viewer")
    MembershipFactory(project=project, user=viewer, role="viewer")
    return World(project, owner, viewer)


@pytest.fixture
def headers(owner) -> dict[str, str]:
    _, secret = create_token(owner, name="contract", scope="admin", days=1)
    return {"Authorization": f"Bearer {secret}"}


def ways(operation: Any, world: World) -> Iterator[Any]:
    """Return the ways to make up calls: right, wrong, and to nowhere."""
    words = world.words_of(operation.path)
    right, wrong = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
    yield operation.as_strategy(right, path_parameters=words)
    yield operation.as_strategy(wrong, path_parameters=words)
    if words:
        yield operation.as_strategy(right)


def wrong_answers(strategy: Any, headers: dict[str, str]) -> Counter[str]:
    """Make calls up and return what was wrong with the answers."""
    found: Counter[str] = Counter()

    @seed(20261124)
    @settings(
        max_examples=CALLS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def call(case: Any) -> None:
        try:
            with transaction.atomic():
                case.validate_response(case.call(headers=headers), checks=CHECKS)
                raise Nothing
        except Nothing:
            found[""] += 1
        except FailureGroup as failures:
            found.update(f"{failure}\n{case!r}" for failure in failures.exceptions)

    call()
    return found


@pytest.mark.parametrize("methods", [READS, CHANGES], ids=["reads", "changes"])
def test_every_answer_is_as_documented(document, world, headers, methods):
    good, wrong = 0, []
    for result in document.get_all_operations():
        operation = result.ok()
        if operation.method not in methods:
            continue
        for way in ways(operation, world):
            found = wrong_answers(way, headers)
            good += found.pop("", 0)
            wrong += [f"{operation.label}: {problem}" for problem in found]

    assert not wrong, "\n\n".join(wrong)
    assert good > 20 * CALLS
