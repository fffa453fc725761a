"""One declaration of what can be set, many uses: a form, a check, a JSON Schema.

The declaration is a pydantic model. Titles, help, bounds and choices are its own;
`json_schema_extra={"unit": "days", "recommended": [32, 64]}` adds a unit and the
choices a form offers first. Bounds are checked by pydantic only, so that the page
and the API refuse the same values in the same words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from pydantic import BaseModel, ValidationError

from projects.exceptions import DomainError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

P = TypeVar("P", bound=BaseModel)
Schema = dict[str, Any]
Problem = dict[str, str]

NUMBERS = {"integer": "a whole number", "number": "a number"}


class ParameterError(DomainError):
    """Values that break their declaration; `problems` has one entry each."""

    code = "invalid"
    status_code = 400

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(problem["detail"] for problem in problems))
        self.problems = problems


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
        return values[0] if len(values) == 1 else f"one of {', '.join(values)}"
    if kind in NUMBERS:
        bounds = bounds_of(schema)
        if kind == "integer" and bounds.startswith("between"):
            return bounds
        return f"{NUMBERS[kind]} {bounds}".strip() if bounds else NUMBERS[kind]
    if kind == "array":
        return f"a list; each entry {allowed(schema.get('items', {}))}"
    words = {"boolean": "true or false", "string": "text", "null": "empty"}
    return words.get(str(kind), "a valid value")


def bounds_of(schema: Schema) -> str:
    """Return "between 1 and 20", "at least 1", "above 0" or nothing."""
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f"between {plain(low)} and {plain(high)}"
    parts = [
        f"{word} {plain(bound)}"
        for word, bound in (
            ("at least", low),
            ("above", above),
            ("at most", high),
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


class ParametersForm(forms.Form):
    """A form made of a declaration; after `is_valid()` see `parameters`."""

    model: type[BaseModel]
    parameters: BaseModel | None = None

    def clean(self) -> dict[str, Any]:
        values = {
            name: value
            for name, value in self.cleaned_data.items()
            if value is not None and value != "" and value != []
        }
        try:
            self.parameters = validate(self.model, values)
        except ParameterError as refusal:
            for problem in refusal.problems:
                known = problem["attr"] in self.fields
                self.add_error(
                    problem["attr"] if known else None,
                    forms.ValidationError(problem["detail"], code=problem["code"]),
                )
        return self.cleaned_data


def form_for(
    model: type[BaseModel],
    data: Mapping[str, Any] | None = None,
    prefix: str = "",
    initial: Mapping[str, Any] | None = None,
) -> ParametersForm:
    """Return a form with one field for each parameter, filled with its defaults."""
    fields: dict[str, Any] = {
        name: field_for(name, schema) for name, schema in properties(model).items()
    }
    kind = type(f"{model.__name__}Form", (ParametersForm,), {"model": model, **fields})
    form: ParametersForm = kind(
        data, prefix=prefix or None, initial=dict(initial or {})
    )
    return form


def field_for(name: str, schema: Schema) -> forms.Field:
    """Return the form field for one parameter."""
    kinds = branches(schema)
    first = kinds[0] if len(kinds) == 1 else {}
    common: dict[str, Any] = {
        "label": label_of(name, schema),
        "help_text": help_of(schema),
        "initial": initial_of(schema),
        "required": False,
    }
    if "enum" in first:
        options = [(value, str(value).replace("_", " ")) for value in first["enum"]]
        if len(kinds) < len(schema.get("anyOf", [])):
            options = [("", "none"), *options]
        return forms.ChoiceField(choices=options, **common)
    if first.get("type") == "boolean":
        return forms.BooleanField(**common)
    if first.get("type") == "array":
        return ListField(**common)
    if first.get("type") in NUMBERS:
        return number_field(first, common)
    return forms.CharField(**common)


def number_field(schema: Schema, common: dict[str, Any]) -> forms.Field:
    """Return a field whose browser knows the bounds; pydantic is who checks them."""
    whole = schema["type"] == "integer"
    attributes: dict[str, Any] = {"step": "1" if whole else "any"}
    for attribute, key in (("min", "minimum"), ("max", "maximum")):
        if key in schema:
            attributes[attribute] = plain(schema[key])
    widget = forms.NumberInput(attrs=attributes)
    field = forms.IntegerField if whole else forms.FloatField
    return field(widget=widget, **common)


class ListField(forms.CharField):
    """A list written with commas: "64, 32"."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return ", ".join(str(entry) for entry in value)
        return value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        return [entry.strip() for entry in text.split(",") if entry.strip()]


def label_of(name: str, schema: Schema) -> str:
    """Return the declared title, or the name in words, with a unit it lacks."""
    words = name.replace("_", " ")
    title = schema.get("title", "")
    label = words.capitalize() if title in {"", words.title()} else title
    unit = schema.get("unit")
    is_said = unit and unit in label.lower().split()
    return f"{label} ({unit})" if unit and not is_said else label


def help_of(schema: Schema) -> str:
    """Return the description with bounds and recommended values."""
    kinds = branches(schema)
    bounds = bounds_of(kinds[0]) if len(kinds) == 1 else ""
    recommended = ", ".join(str(value) for value in schema.get("recommended", []))
    parts = [
        schema.get("description", ""),
        f"{bounds.capitalize()}." if bounds else "",
        f"Recommended: {recommended}." if recommended else "",
    ]
    return " ".join(part for part in parts if part)


def initial_of(schema: Schema) -> Any:
    return schema.get("default")
