"""The fast writer of JSON says what the plain one says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.utils.translation import gettext_lazy
from rest_framework.renderers import JSONRenderer as PlainJSONRenderer

from datamine.api.renderers import JSONRenderer

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "data",
    [
        {"a": [1, 2.5, None, True, "é “x”"], "b": {"c": ()}},
        {"when": datetime(2026, 1, 31, 12, 0, 0, 1500, tzinfo=UTC)},
        {"lazy": gettext_lazy("Yes"), "exact": Decimal("0.10"), "id": UUID(int=7)},
        {1: "a key that is no text"},
        {"beyond": 2**70},
        [],
    ],
    ids=["plain", "time", "objects", "key", "large", "empty"],
)
def test_both_writers_say_the_same(data):
    plain = PlainJSONRenderer().render(data)

    assert json.loads(JSONRenderer().render(data)) == json.loads(plain)


def test_nothing_is_written_of_nothing():
    assert JSONRenderer().render(None) == b""


def test_indented_json_is_still_to_be_had():
    found = JSONRenderer().render({"a": 1}, "application/json; indent=2")

    assert found == b'{\n  "a": 1\n}'
