"""The part of a new experiment's page that asks what a search may try."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from datamine.parameters import ParametersForm, field_for
from datasets.declarations import ParameterError, branches, properties, validate
from experiments.searching.settings import (
    SearchSettings,
    judges,
    recommended_space,
    search_problems,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from datasets.declarations import Schema
    from experiments.algorithms.catalogue import Algorithm

#: What fields for the values to try are called; and between the ends of a range.
TRY, TO = "try_", " to "
NONE = "none"


class SearchForm(ParametersForm):
    """A form of the settings of a search, with a field for each hyperparameter."""

    model = SearchSettings
    entry: Algorithm

    @property
    def settings_fields(self) -> list[forms.BoundField]:
        return [field for field in self if not field.name.startswith(TRY)]

    @property
    def value_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith(TRY)]

    def clean(self) -> dict[str, Any]:
        known = {
            name: value
            for name, value in self.cleaned_data.items()
            if not name.startswith(TRY) and value not in {None, ""}
        }
        if not known.get("method"):
            return self.cleaned_data
        try:
            settings = validate(SearchSettings, {**known, "space": self.space()})
        except ParameterError as refusal:
            self._tell((p["attr"], p["detail"]) for p in refusal.problems)
            return self.cleaned_data
        found = list(search_problems(settings, self.entry))
        self._tell(found)
        self.parameters = None if found else settings
        return self.cleaned_data

    def _tell(self, problems: Iterable[tuple[str, str]]) -> None:
        for place, sentence in problems:
            name = place.replace("space.", TRY)
            self.add_error(name if name in self.fields else None, sentence)

    def space(self) -> dict[str, Any]:
        """Return what was typed, by hyperparameter; nothing where a field is empty."""
        schemas = properties(self.entry.parameters_model())
        typed = {name: self.cleaned_data.get(TRY + name) for name in schemas}
        return {n: tried(text, schemas[n]) for n, text in typed.items() if text}


def search_form(
    entry: Algorithm, said: Mapping[str, Any] | None, method: str
) -> SearchForm:
    """Return the form for one algorithm, filled with what it recommends to try."""
    declared = properties(SearchSettings)
    fields = {n: field_for(n, s) for n, s in declared.items() if n != "space"}
    ways = fields["method"].choices
    fields["method"] = choice(fields["method"], [("", "none: as set above"), *ways])
    known = [(m.name, m.title) for m in judges(entry).values()]
    fields["metric"] = choice(fields["metric"], [("", "usual"), *known])
    model = entry.parameters_model()
    recommended = recommended_space(model, method)
    for name, schema in properties(model).items():
        fields[TRY + name] = forms.CharField(
            required=False,
            max_length=1000,
            label=f"{schema['title']}: values to try",
            initial=written(recommended.get(name, [])),
        )
    kind = type("AlgorithmSearchForm", (SearchForm,), {"entry": entry, **fields})
    form: SearchForm = kind(said, prefix="search", initial={"method": method})
    return form


def choice(field: forms.Field, choices: list[tuple[str, str]]) -> forms.Field:
    """Return the field as a choice that may be left empty."""
    return forms.ChoiceField(
        choices=choices, required=False, label=field.label, help_text=field.help_text
    )


def written(values: Any) -> str:
    """Write values as a person would: with commas, lists of numbers with semicolons."""
    if any(isinstance(value, list) for value in values):
        return "; ".join(", ".join(map(str, value)) for value in values)
    return ", ".join(NONE if value is None else str(value) for value in values)


def tried(text: str, schema: Schema) -> Any:
    """Read what was typed: "1, 3, 5", "0.01 to 1", or "64, 32; 100" for lists."""
    kinds = {branch.get("type") for branch in branches(schema)}
    if "array" in kinds:
        return [parts(value, ",") for value in parts(text, ";")]
    low, to, high = text.partition(TO)
    if to and kinds & {"integer", "number"}:
        return {"low": low.strip(), "high": high.strip()}
    is_optional = any(part.get("type") == "null" for part in schema.get("anyOf", []))
    values: list[Any] = parts(text, ",")
    return [None if is_optional and value == NONE else value for value in values]


def parts(text: str, separator: str) -> list[str]:
    return [part.strip() for part in text.split(separator) if part.strip()]
