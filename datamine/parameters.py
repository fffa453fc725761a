"""Forms of what can be set, made of its declaration: see `datasets.declarations`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from pydantic import BaseModel

from datamine.speech import spoken
from datamine.templatetags.display import WORDS
from datasets.declarations import (
    NUMBERS,
    ParameterError,
    Schema,
    bounds_of,
    branches,
    plain,
    properties,
    validate,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


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
        name: field_for(name, schema)
        for name, schema in properties(model).items()
        if schema.get("type") != "null"  # nothing can be chosen
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
    may_be_empty = len(kinds) < len(schema.get("anyOf", []))
    if "enum" in first:
        common["help_text"] = help_of(schema, names_recommended=True)
        options = [(value, in_words(value, schema)) for value in first["enum"]]
        if may_be_empty:
            options = [("", gettext("none")), *options]
        return forms.ChoiceField(choices=options, **common)
    if first.get("type") == "boolean":
        return forms.BooleanField(**common)
    if first.get("type") == "array":
        common["help_text"] = help_of(schema, names_recommended=True)
        return ListField(**common)
    if first.get("type") == "object":
        return NamesField(**common)
    if first.get("format") == "column":
        return ColumnField(
            empty=gettext("none") if may_be_empty else gettext("choose"), **common
        )
    if first.get("type") in NUMBERS:
        return number_field(first, common, schema)
    return forms.CharField(**common)


def in_words(value: Any, schema: Schema) -> str:
    """Return a choice as its declaration says it, or as all pages do."""
    words = schema.get("words", {})
    return spoken(words[value]) if value in words else str(WORDS.get(value, value))


def number_field(kind: Schema, common: dict[str, Any], schema: Schema) -> forms.Field:
    """Return a field whose browser knows the bounds; pydantic is who checks them."""
    whole = kind["type"] == "integer"
    attributes: dict[str, Any] = {"step": "1" if whole else "any"}
    for attribute, key in (("min", "minimum"), ("max", "maximum")):
        if key in kind:
            attributes[attribute] = plain(kind[key])
    widget = forms.NumberInput(attrs=attributes)
    field = WholeNumberField if whole else NumberField
    return field(schema, widget=widget, **common)


class Chips(BoundField):
    """A number with the values that people are offered first."""

    @property
    def chips(self) -> list[dict[str, Any]]:
        """What is offered: the value, how it is written, whether it is the chosen."""
        field: Any = self.field
        words = field.schema.get("words", {})
        return [
            {
                "value": plain(value),
                "title": words.get(plain(value), plain(value)),
                "is_default": value == field.schema.get("default"),
                "is_chosen": is_number(self.value(), value),
            }
            for value in field.schema.get("recommended", [])
        ]


def is_number(said: Any, value: float) -> bool:
    """Whether what a field holds, typed or not, is this number."""
    try:
        return float(said) == value
    except (TypeError, ValueError):
        return False


class Recommending:
    """A field that knows what its declaration recommends."""

    def __init__(self, schema: Schema, **common: Any) -> None:
        super().__init__(**common)
        self.schema = schema

    def get_bound_field(self, form: Any, field_name: str) -> Any:
        return Chips(form, self, field_name)  # type: ignore[arg-type]


class WholeNumberField(Recommending, forms.IntegerField):
    pass


class NumberField(Recommending, forms.FloatField):
    pass


class ListField(forms.CharField):
    """A list written with commas: "64, 32"."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return ", ".join(str(entry) for entry in value)
        return value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        return [entry.strip() for entry in text.split(",") if entry.strip()]


class ColumnField(forms.CharField):
    """One column by name; where the columns are known they are offered."""

    def __init__(self, *, empty: str, **common: Any) -> None:
        super().__init__(**common)
        self.empty = empty

    def offer(self, columns: Mapping[str, str]) -> None:
        """Let people choose among columns, given as names by id."""
        self.names = columns
        self.widget = forms.Select(choices=[("", self.empty), *columns.items()])

    def to_python(self, value: Any) -> Any:
        return getattr(self, "names", {}).get(value, value)

    def sent(self, name: str) -> str:
        """Return what is sent for the column of this name."""
        ids = (id for id, known in self.names.items() if known == name)
        return next(ids, name)


class NamesField(forms.Field):
    """A new name for each of the columns offered; empty leaves the old one."""

    def offer(self, columns: Mapping[str, str]) -> None:
        """Ask for a name of each of these columns, given as names by id."""
        self.names = columns
        self.widget = NamesWidget(columns)

    def clean(self, values: Any) -> dict[str, str]:
        names = getattr(self, "names", {}).values()
        given = zip(names, values or [], strict=False)
        return {name: new.strip() for name, new in given if new and new.strip()}

    def sent(self, new: Mapping[str, str]) -> dict[str, str]:
        """Return what is sent for these new names, by the ids of the columns."""
        return {id: new[name] for id, name in self.names.items() if name in new}


class NamesWidget(forms.MultiWidget):
    """One line of text for each column."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        super().__init__(
            {
                id: forms.TextInput(
                    {"aria-label": name, "placeholder": name, "title": name}
                )
                for id, name in columns.items()
            }
        )

    def decompress(self, value: Any) -> list[Any]:
        return [None] * len(self.widgets)


def label_of(name: str, schema: Schema) -> str:
    """Return the declared title, or the name in words, with a unit it lacks."""
    words = name.replace("_", " ")
    title = schema.get("title", "")
    label = words.capitalize() if title in {"", words.title()} else title
    unit = schema.get("unit")
    is_said = unit and unit in label.lower().split()
    said = spoken(label)
    return f"{said} ({spoken(unit)})" if unit and not is_said else said


def help_of(schema: Schema, *, names_recommended: bool = False) -> str:
    """Return the description with bounds, and what is recommended if it is not shown.

    Numbers show it themselves, to be clicked on.
    """
    kinds = branches(schema)
    bounds = bounds_of(kinds[0]) if len(kinds) == 1 else ""
    known = schema.get("recommended", []) if names_recommended else []
    recommended = ", ".join(str(value) for value in known)
    parts = [
        spoken(schema.get("description", "")),
        f"{spoken(bounds).capitalize()}." if bounds else "",
        gettext("Recommended: %(values)s.") % {"values": recommended}
        if recommended
        else "",
    ]
    return " ".join(part for part in parts if part)


def initial_of(schema: Schema) -> Any:
    return schema.get("default")
