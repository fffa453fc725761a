"""One declaration of what can be set: values checked, and refused in words.

The declaration is a pydantic model. Titles, help, bounds and choices are its own;
`json_schema_extra={"unit": "days", "recommended": [32, 64]}` adds a unit and the
choices a form offers first. Bounds are checked by pydantic only, so that pages, API
and training refuse the same values in the same words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from datasets.words import word
from projects.exceptions import DomainError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

P = TypeVar("P", bound=BaseModel)
Schema = dict[str, Any]

NUMBERS = {"integer": word("a whole number"), "number": word("a number")}


class ParameterError(DomainError):
    """Values that break their declaration; `problems` has one entry each."""

    code = "invalid"
    status_code = 400

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(problem["detail"] for problem in problems))
        self.problems = problems

    def named(self) -> list[Problem]:
        return self.problems


def validate(model: type[P], values: Mapping[str, Any]) -> P:
    """Return the values as an instance of `model`, or raise what is wrong with them."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as refusal:
        raise ParameterError(problems_of(model, refusal)) from refusal


def problems_of(model: type[BaseModel], refusal: ValidationError) -> list[Problem]:
    """Return one problem for each parameter: a union complains once per branch."""
    found: dict[str, Problem] = {}
    for error in refusal.errors(include_url=False):
        attr = str(error["loc"][0]) if error["loc"] else ""
        code = "required" if error["type"] == "missing" else "invalid"
        detail = sentence(model, attr, error)
        found.setdefault(attr, {"attr": attr, "code": code, "detail": detail})
    return list(found.values())


def sentence(model: type[BaseModel], attr: str, error: ErrorDetails) -> str:
    """Say what a parameter must be, with its name and bounds."""
    if error["type"] == "extra_forbidden":
        known = ", ".join(model.model_fields) or "none"
        return f"{attr} is not a parameter here. Parameters: {known}."
    if error["type"] == "missing":
        return f"{attr} is required."
    if error["type"] in {"value_error", "assertion_error"}:
        text = str(error["ctx"]["error"]).rstrip(".")
        return f"{text}." if text.startswith(attr) else f"{attr}: {text}."
    return f"{attr} must be {allowed(properties(model).get(attr, {}))}."


def allowed(schema: Schema) -> str:
    """Describe in words what a parameter may be."""
    options = [allowed_once(branch) for branch in branches(schema)]
    return " or ".join(dict.fromkeys(options))


def allowed_once(schema: Schema) -> str:
    kind = schema.get("type")
    if "const" in schema or "enum" in schema:
        values = [str(value) for value in schema.get("enum", [schema.get("const")])]
        return values[0] if len(values) == 1 else word(f"one of {', '.join(values)}")
    if kind in NUMBERS:
        bounds = bounds_of(schema)
        if kind == "integer" and bounds.startswith("between"):
            return bounds
        return f"{NUMBERS[kind]} {bounds}".strip() if bounds else NUMBERS[kind]
    if kind == "array":
        return word(f"a list; each entry {allowed(schema.get('items', {}))}")
    if schema.get("format") == "column":
        types = schema.get("accepts", [])
        return word(f"a column: {', '.join(types)}") if types else word("a column")
    words = {
        "boolean": word("true or false"),
        "object": word("a text for each name"),
        "string": "text",
        "null": "empty",
    }
    return words.get(str(kind), word("a valid value"))


def bounds_of(schema: Schema) -> str:
    """Return "between 1 and 20", "at least 1", "above 0" or nothing."""
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if low is not None and high is not None:
        return word(f"between {plain(low)} and {plain(high)}")
    parts = [
        f"{side} {plain(bound)}"
        for side, bound in (
            (word("at least"), low),
            ("above", above),
            (word("at most"), high),
            ("below", below),
        )
        if bound is not None
    ]
    return " and ".join(parts)


def plain(value: float) -> str:
    """Write 1.0 as 1, 0.0001 as 0.0001, and 1e-15 as 1e-15."""
    text = f"{value:.12f}".rstrip("0").rstrip(".")
    return text if float(text) == value else f"{value:g}"


def properties(model: type[BaseModel]) -> dict[str, Schema]:
    """Return the JSON Schema of each field, references resolved."""
    schema = model.model_json_schema()
    known = schema.get("$defs", {})
    return {
        name: resolved(field, known) for name, field in schema["properties"].items()
    }


def resolved(field: Schema, known: dict[str, Schema]) -> Schema:
    if "$ref" in field:
        target = known[field["$ref"].rsplit("/", 1)[-1]]
        return {**target, **{key: field[key] for key in field if key != "$ref"}}
    if "anyOf" in field:
        return {**field, "anyOf": [resolved(part, known) for part in field["anyOf"]]}
    return field


def branches(schema: Schema) -> list[Schema]:
    """Return the kinds of value a field takes, without the empty one."""
    parts = schema.get("anyOf", [schema])
    return [part for part in parts if part.get("type") != "null"] or parts
