import pytest
import yaml
from django.core.management import call_command
from django.urls import resolve
from rest_framework.serializers import Serializer

METHODS = {"get", "post", "patch", "delete"}


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    path = tmp_path_factory.mktemp("schema") / "schema.yml"
    call_command("spectacular", fail_on_warn=True, validate=True, file=str(path))
    return yaml.safe_load(path.read_text())


def calls(document):
    """Return each documented call: its name, its parameters, its answers."""
    for path, item in document["paths"].items():
        for method in METHODS & set(item):
            said = item[method]
            headers = {p["name"] for p in said.get("parameters", [])}
            yield f"{method} {path}", headers, said["responses"]


def test_schema_is_valid_and_generated_without_warnings(document):
    roles = document["components"]["schemas"]["Role"]
    assert roles["enum"] == ["owner", "editor", "viewer"]


def test_every_call_that_makes_something_is_safe_to_repeat(document):
    unsafe = [
        name
        for name, headers, answers in calls(document)
        if {"201", "202"} & set(answers) and "Idempotency-Key" not in headers
    ]

    assert unsafe == []


def test_every_call_that_starts_work_can_be_waited_for(document):
    unsaid = [
        name
        for name, headers, answers in calls(document)
        if "202" in answers
        and ("Prefer" not in headers or "Location" not in answers["202"]["headers"])
    ]

    assert unsaid == []


def test_every_refusal_has_the_one_shape(document):
    shape = {"$ref": "#/components/schemas/Refusal"}
    others = [
        f"{status} of {name}"
        for name, _, answers in calls(document)
        for status, answer in answers.items()
        if status >= "400"
        and answer["content"] != {"application/json": {"schema": shape}}
    ]

    assert others == []


def test_every_field_that_may_be_missing_is_said_to_be_null():
    resolve("/api/me/")  # reads every address, and with it every serializer
    liars = [
        f"{serializer.__name__}.{name}"
        for serializer in kinds_of(Serializer)
        for name, field in serializer._declared_fields.items()
        if field.read_only and field.default is None and not field.allow_null
    ]

    assert liars == []


def kinds_of(kind):
    for child in kind.__subclasses__():
        yield child
        yield from kinds_of(child)


def test_value_of_any_kind_is_not_said_to_be_null_a_second_time(document):
    decision = document["components"]["schemas"]["Decision"]["properties"]

    assert "oneOf" not in decision["label"]
