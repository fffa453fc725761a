"""Calls no sane client makes: hostile values, broken bodies, odd headers and words.

Beside `test_contract.py`, which keeps to JSON Schema, these go where a schema does not
reach: bytes that are no JSON, forms cut short, headers, names of real rows in the wrong
place. No answer may be a 500, and every refusal says something to a person.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import transaction
from django.test import Client

from tests.factories.projects import MembershipFactory, UserFactory
from tests.world import World

pytestmark = [pytest.mark.one_engine, pytest.mark.slow, pytest.mark.timeout(3600)]

CALLS = int(os.environ.get("DATAMINE_ABUSE_CALLS", "300"))
SEED = int(os.environ.get("DATAMINE_ABUSE_SEED", "20261124"))

DEEP = b"[" * 50_000
HOSTILE: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63), 2**64, 10**400, 0.5, 1e308,
    float("nan"), float("inf"), "", " ", "\0", "\ud800", "x" * 10_000, "'", '"', "\\",
    "../../etc/passwd", "%2e%2e%2f", "<img src=x onerror=alert(1)>", "{{7*7}}",
    "__class__", "owner__password", "-owner__password", "\u202etxt.exe",
    "\r\nSet-Cookie: a=b", "∞", [], {}, [None], [[]], [{}], {"": None},
    {"__proto__": {}}, {"a": {"a": {"a": 1}}},
    ["x"] * 1000, {str(n): n for n in range(1000)},
]  # fmt: skip
BODIES = [
    b"", b"null", b"[]", b"{}", b"0", b'"x"', b"{", b"}", b"\xff\xfe", b"\0", DEEP,
    b'{"a": 1, "a": 2}', b'{"rows": NaN}', b'{"a": 1e999}', b'{"\\ud800": 1}',
    b"a=1&b=2", b"--x\r\n", b"--x--\r\n",
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="../x"\r\n\r\n1',
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    b"a,b\n1,2\n\r\n--x--\r\n",
]  # fmt: skip
TYPES = [
    "application/json", "application/json; charset=utf-16", "text/plain", "", "x",
    "multipart/form-data; boundary=x", "multipart/form-data",
    "multipart/form-data; boundary=" + "y" * 300, "application/x-www-form-urlencoded",
]  # fmt: skip
METHODS = ["GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"]
HEADERS = {
    "Accept": ["*/*", "text/html", "x", "application/json; q=x", ""],
    "Idempotency-Key": ["k", "k" * 201, "\x7f", "é"],
    "Prefer": ["wait=0", "wait=x", "wait=99999999999999999999", ";;;"],
    "If-Match": ["*", '"x"', "x", 'W/"x"', '"'],
    "If-None-Match": ["*", '"x"', ",,,"],
    "Content-Encoding": ["gzip", "x"],
    "X-HTTP-Method-Override": ["DELETE"],
    "Range": ["bytes=0-", "x"],
    "Authorization": ["Bearer", "Bearer x y", "Bearer é", "Basic eDp5", "x"],
}


@dataclass(frozen=True)
class Call:
    """One operation of the document: its address, method, and the names it knows."""

    path: str
    method: str
    fields: tuple[str, ...]
    parameters: tuple[str, ...]


class Abuser:
    """Makes calls up, the same ones for the same seed."""

    def __init__(self, world: World, calls: list[Call]) -> None:
        self.random, self.world, self.calls = Random(SEED), world, calls
        self.known = [
            world.project.key, world.version.model.name, world.version.version, "petal",
            "species", "colour", "knn", "decision_tree", "fill_missing", "median",
            "iqr", "petal:gt:1", "csv", "json", world.session.pk,
            world.session.experiment_id,
            world.session.experiment.dataset_id, world.record.pk, world.chart.pk,
            {"petal": 1.5, "sepal": 5.1, "colour": "white"},
            [{"petal": 1.5, "sepal": 5.1, "colour": "white"}],
            [{"step": "fill_missing", "columns": ["petal"], "parameters": {}}],
            [world.session.experiment_id, world.session.experiment_id],
            ["petal", "sepal"], {"method": "random", "train_ratio": 0.8},
        ]  # fmt: skip

    def value(self) -> Any:
        pool = self.known if self.random.random() < 0.5 else HOSTILE
        return self.random.choice(pool)

    def word(self) -> str:
        value = str(self.value())[:200].replace("/", "")
        return quote(value.encode(errors="replace")) or "x"

    def address(self, call: Call) -> str:
        """Lead to rows that are there, mostly."""
        if self.coin(0.8):
            words = self.world.words_of(call.path)
            path = re.sub(r"{(\w+)}", lambda found: str(words[found[1]]), call.path)
        else:
            path = re.sub(r"{\w+}", lambda _: self.word(), call.path)
        query = [(name, self.value()) for name in call.parameters if self.coin(0.3)]
        text = urlencode([(n, str(v)[:500]) for n, v in query], errors="replace")
        return path + (f"?{text}" if text else "")

    def method(self, call: Call) -> str:
        return call.method if self.coin(0.95) else self.random.choice(METHODS)

    def coin(self, chance: float) -> bool:
        return self.random.random() < chance

    def body(self, call: Call) -> tuple[bytes, str]:
        if self.coin(0.3):
            return self.random.choice(BODIES), self.random.choice(TYPES)
        said = {name: self.value() for name in call.fields if self.coin(0.7)}
        return json.dumps(said).encode(), "application/json"

    def headers(self) -> dict[str, str]:
        chosen = [name for name in HEADERS if self.coin(0.08)]
        return {name: self.random.choice(HEADERS[name]) for name in chosen}

    def requests(self) -> Iterator[tuple[Any, ...]]:
        for _ in range(CALLS):
            call = self.random.choice(self.calls)
            where = self.method(call), self.address(call)
            yield *where, *self.body(call), self.headers()


@pytest.fixture
def world(project, owner) -> World:
    viewer = UserFactory(username="viewer")
    MembershipFactory(project=project, user=viewer, role="viewer")
    return World(project, owner, viewer)


@pytest.fixture
def client(owner) -> Client:
    made = Client(raise_request_exception=False)
    made.force_login(owner)
    return made


def documented(client: Client) -> list[Call]:
    document = client.get("/api/schema/?format=json").json()
    schemas = document["components"]["schemas"]
    found = []
    for path, item in document["paths"].items():
        for method, said in item.items():
            content = said.get("requestBody", {}).get("content", {})
            shape = next(iter(content.values()), {}).get("schema", {})
            shape = schemas.get(shape.get("$ref", "").rpartition("/")[2], shape)
            names = [
                p["name"] for p in said.get("parameters", []) if p["in"] == "query"
            ]
            fields = tuple(shape.get("properties", {}))
            found.append(Call(path, method.upper(), fields, tuple(names)))
    return found


class Nothing(Exception):
    """Takes back what a call did."""


def answer(
    client: Client, method: str, address: str, body: bytes, kind: str, headers: Any
) -> tuple[int, bytes]:
    response = None
    try:
        with transaction.atomic():
            response = client.generic(method, address, body, kind, headers=headers)
            content = response.getvalue()  # of a file: to its end, which closes it
            raise Nothing
    except Nothing:
        return response.status_code, content


def complaint(status: int, content: bytes) -> str:
    """Return what is wrong with an answer, nothing if it is as all should be."""
    if status >= 500:
        return f"{status}: {content[:300]!r}"
    if status < 400 or not content:
        return ""
    try:
        problems = json.loads(content)["errors"]
        said = all(problem["detail"] and problem["code"] for problem in problems)
    except (ValueError, KeyError, TypeError):
        said = False
    return "" if said else f"{status} without a sentence: {content[:300]!r}"


def test_no_abuse_breaks_the_api(client, world):
    abuser = Abuser(world, documented(client))
    wrong, seen = [], set()
    for request in abuser.requests():
        status, content = answer(client, *request)
        seen.add(status)
        if said := complaint(status, content):
            wrong.append(f"{request!r:.600} → {said}")

    assert not wrong, "\n\n".join(wrong)
    assert {200, 400, 404} <= seen
