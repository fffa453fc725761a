"""The form of the step builder: any steps of the catalogue, one after the other.

The names of its fields carry everything: `step-0` is the first step's name,
`step-0-columns` its columns by id, `step-0-strategy` a parameter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language

from datamine.parameters import ColumnField, NamesField, form_for
from datamine.speech import figure, spoken
from datamine.templatetags.display import WORDS
from datasets.recipes import StepSpec, build
from datasets.steps import catalogue
from datasets.steps.base import StepError
from datasets.words import Name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from datamine.parameters import ParametersForm
    from datasets.steps.catalogue import StepEntry
    from datasets.tables import Column, Schema

MAXIMUM_STEPS = 20
#: Above this the page asks for the numbers of columns instead of listing them.
LISTED_COLUMNS = 200
DESCRIPTION_LENGTH = 255
#: What is pressed to change the form, not to send it.
EDITING = ("add-step", "remove-step", "move-step", "pick-columns")
RANGE = re.compile(r"\s*(\d{1,9})\s*(?:-\s*(\d{1,9})\s*)?")


@dataclass
class StepRow:
    """One step of the form: its entry, the columns to choose from, its parameters."""

    place: int
    entry: StepEntry
    form: ParametersForm
    available: list[Column]
    chosen: list[str]
    others: list[str] = field(default_factory=list)
    numbers: str = ""
    name_part: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        return f"step-{self.place}"

    @property
    def types(self) -> list[str]:
        """The types of the columns to choose from, where there are several."""
        types = dict.fromkeys(column.type.value for column in self.available)
        return list(types) if len(types) > 1 else []

    @property
    def is_listed(self) -> bool:
        return len(self.available) <= LISTED_COLUMNS

    @property
    def choices(self) -> list[tuple[Column, bool]]:
        chosen = set(self.chosen)
        return [(column, column.id in chosen) for column in self.available]

    @property
    def lack(self) -> str:
        """What to do where the step has no column to work on, as a sentence."""
        if not self.entry.columns_in:
            return "Choose at least one column."
        return f"Fill in “{self.form.fields[self.entry.columns_in].label}”."

    @property
    def spec(self) -> StepSpec:
        chosen = set(self.chosen)
        names = tuple(c.name for c in self.available if c.id in chosen)
        names += tuple(name for name in self.others if name not in names)
        parameters = self.form.parameters
        values = parameters.model_dump(exclude_defaults=False) if parameters else {}
        return StepSpec(step=self.entry.name, columns=names, parameters=values)


@dataclass(frozen=True)
class Wanted:
    """A step as it was sent, or as it is to begin with.

    `prefix` is where its fields are, None for a new one; `others` are columns by name
    that the table has not got, because the data of an earlier step make them.
    """

    name: str
    prefix: str | None = None
    columns: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    numbers: str = ""
    parameters: dict[str, Any] | None = None


class StepsForm:
    """The steps as they were sent, or as a link asks for them to begin with."""

    def __init__(
        self,
        schema: Schema,
        data: QueryDict,
        query: QueryDict,
        specs: Sequence[StepSpec] = (),
    ) -> None:
        self.schema, self.data = schema, data
        self.linked_values = {} if data else query.dict()
        self.rows: list[StepRow] = []
        self.errors: list[str] = []
        self.description = data.get("description", "")[:DESCRIPTION_LENGTH]
        self.is_editing = any(data.get(name) for name in EDITING)
        for wanted in self.sent() if data else self.linked(query):
            self.add(wanted)
        if not data:
            self.begin_with(specs)
        if self.is_editing:
            for row in self.rows:
                row.form = self.unjudged(row)

    @property
    def is_tried(self) -> bool:
        """Whether the steps were sent to be tried or applied."""
        return bool(self.data.get("do"))

    @property
    def specs(self) -> list[StepSpec]:
        return [row.spec for row in self.rows]

    def is_valid(self) -> bool:
        """Whether every step has columns and parameters that may be."""
        if not self.rows:
            self.errors.append("Add at least one step.")
        for row in self.rows:
            if not row.form.is_valid():
                row.errors += [e for es in row.form.errors.values() for e in es]
            elif row.entry.needs_columns and not row.spec.columns:
                row.errors.append(row.lack)
        return not self.errors and not any(row.errors for row in self.rows)

    def refuse(self, place: int, sentence: str) -> None:
        """Show a refusal beside the step it is about."""
        self.rows[min(place, len(self.rows) - 1)].errors.append(sentence)

    def sent(self) -> list[Wanted]:
        """Return the steps sent, without one removed, one moved up, one added."""
        found = [
            Wanted(
                name,
                prefix,
                self.data.getlist(f"{prefix}-columns"),
                self.data.getlist(f"{prefix}-others"),
                self.data.get(f"{prefix}-numbers", ""),
            )
            for prefix in (f"step-{place}" for place in range(MAXIMUM_STEPS))
            if (name := self.data.get(prefix))
        ]
        moved = [f"step-{self.data.get('move-step')}" == w.prefix for w in found]
        if True in moved[1:]:
            place = moved.index(True)
            found[place - 1 : place + 1] = found[place], found[place - 1]
        removed = f"step-{self.data.get('remove-step')}"
        found = [wanted for wanted in found if wanted.prefix != removed]
        added = self.data.get("add-step")
        return [*found, Wanted(added)] if added else found

    def linked(self, query: QueryDict) -> list[Wanted]:
        name = query.get("step")
        columns = query.getlist("column")[:LISTED_COLUMNS]
        return [Wanted(name, columns=columns)] if name else []

    def begin_with(self, specs: Sequence[StepSpec]) -> None:
        """Add steps that are known, as if they had been sent."""
        if len(specs) > MAXIMUM_STEPS:
            self.errors.append(
                f"These are {len(specs)} steps; at most {MAXIMUM_STEPS} are done at a "
                f"time. Step {MAXIMUM_STEPS + 1} and those after it are left out here: "
                "apply them to the version that these make."
            )
        for spec in specs[:MAXIMUM_STEPS]:
            self.add(self.known(spec))

    def known(self, spec: StepSpec) -> Wanted:
        """Return the step as the form would have sent it after those before it."""
        entry = catalogue.step(spec.step)
        accepts = entry.accepts if entry else ()
        schema = self.outcome()
        ids = {c.name: c.id for c in schema if c.type in accepts}
        columns = [ids[name] for name in spec.columns if name in ids]
        chosen = set(columns)
        places = (str(n) for n, c in enumerate(schema, start=1) if c.id in chosen)
        return Wanted(
            spec.step,
            columns=columns,
            others=[name for name in spec.columns if name not in ids],
            numbers=", ".join(places) if len(ids) > LISTED_COLUMNS else "",
            parameters=spec.parameters,
        )

    def add(self, wanted: Wanted) -> None:
        entry = catalogue.step(wanted.name)
        if entry is None:
            self.errors.append(f"There is no step “{wanted.name[:60]}”.")
            return
        schema = self.outcome()
        available = [column for column in schema if column.type in entry.accepts]
        place = len(self.rows)
        row = StepRow(
            place=place,
            entry=entry,
            form=self.parameters(entry, place, wanted, available),
            available=available,
            chosen=wanted.columns,
            others=[] if entry.columns_in else wanted.others,
            numbers=wanted.numbers,
        )
        if wanted.numbers or not row.is_listed:
            self.choose_numbers(row, schema)
        if wanted.prefix:
            self.pick(row, wanted.prefix)
        if not self.is_editing:
            row.errors += self.lost(row)
        self.rows.append(row)

    def lost(self, row: StepRow) -> list[str]:
        """Say which chosen columns the step cannot have, as those before it end."""
        gone = set(row.chosen) - {column.id for column in row.available}
        return [
            f"“{column.name}” no longer suits this step: those before it change its "
            "type or remove it."
            for column in self.schema
            if column.id in gone
        ]

    def pick(self, row: StepRow, prefix: str) -> None:
        """Choose many columns at once: all, none, of a type, or by part of a name."""
        place, _, what = self.data.get("pick-columns", "").partition(":")
        if prefix != f"step-{place}":
            return
        row.name_part = self.data.get(f"{prefix}-part", "")
        part = row.name_part.casefold()
        if what == "none":
            row.chosen = []
        row.chosen += [
            column.id
            for column in row.available
            if what in ("all", column.type)
            or (what == "named" and part and part in column.name.casefold())
        ]

    def parameters(
        self,
        entry: StepEntry,
        place: int,
        wanted: Wanted,
        available: list[Column],
    ) -> ParametersForm:
        """Return the form of a step's parameters, bound where they were sent."""
        form = empty_form(entry, place, available)
        start = f"{wanted.prefix}-"
        sent = {
            f"step-{place}-{key.removeprefix(start)}": value
            for key, value in self.data.items()
            if key.startswith(start)
        }
        if wanted.parameters is not None:
            sent = sent_by(form, wanted.parameters)
        elif wanted.prefix is None:
            form.initial = dict(self.linked_values)
            return form
        form.is_bound, form.data = True, sent
        return form

    def unjudged(self, row: StepRow) -> ParametersForm:
        """Return the form with what was sent; what is wrong is told once tried."""
        form = empty_form(row.entry, row.place, row.available)
        for name, asked in form.fields.items():
            form.initial[name] = (
                asked.widget.value_from_datadict(
                    row.form.data, {}, form.add_prefix(name)
                )
                if row.form.is_bound
                else row.form.initial.get(name, asked.initial)
            )
        return form

    def choose_numbers(self, row: StepRow, schema: Schema) -> None:
        """Choose columns by their place: "1-200, 250"; "all" is all that fit."""
        text = row.numbers.strip().rstrip(",")
        if text.lower() == "all":
            row.chosen = [column.id for column in row.available]
            return
        places: set[int] = set()
        for part in filter(None, text.split(",")):
            match = RANGE.fullmatch(part)
            if match is None:
                row.errors.append(
                    f"“{part.strip()[:40]}” is not a column number. Write numbers "
                    "and ranges such as 1-200, 250, or “all”."
                )
                return
            first = int(match[1])
            last = min(int(match[2] or first), len(schema))
            places.update(range(first, last + 1))
        wanted = {c.id for n, c in enumerate(schema, start=1) if n in places}
        row.chosen += [c.id for c in row.available if c.id in wanted]

    def outcome(self) -> Schema:
        """Return the columns after the steps so far, as far as they can be told."""
        schema = self.schema
        for row in self.rows:
            if not (row.form.is_bound and row.form.is_valid()):
                continue
            if row.entry.needs_columns and not row.spec.columns:
                continue  # not chosen yet
            try:
                step = build(row.spec)
                step.check(schema)
                schema = step.outcome(schema)
            except (StepError, LookupError):
                return schema  # the step itself says what is wrong with it
        return schema


def empty_form(
    entry: StepEntry, place: int, available: Sequence[Column]
) -> ParametersForm:
    """Return the form of a step's parameters with the columns it may ask for."""
    form = form_for(entry.parameters_model(), prefix=f"step-{place}")
    offered = {column.id: column.name for column in available[:LISTED_COLUMNS]}
    for asked in form.fields.values():
        if isinstance(asked, ColumnField | NamesField):
            asked.offer(offered)
    return form


def sent_by(form: ParametersForm, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return parameters as the fields of the form would have sent them."""
    values = {
        name: asked.sent(value)
        if isinstance(asked, NamesField | ColumnField)
        else value
        for name, asked in form.fields.items()
        if (value := parameters.get(name, asked.initial)) is not None
    }
    sent: dict[str, Any] = {}
    for name, value in values.items():
        key = form.add_prefix(name)
        if isinstance(value, dict):
            sent |= {f"{key}_{id}": text for id, text in value.items()}
        else:
            sent[key] = form.fields[name].prepare_value(value)
    return sent


def describe_steps(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return stored steps in words: title, parameters, columns."""
    return [
        {
            "title": entry.title if (entry := catalogue.step(s["step"])) else s["step"],
            "parameters": ", ".join(map(said, told(s))),
            "columns": s["columns"][:3],
            "more": max(len(s["columns"]) - 3, 0),
        }
        for s in steps
    ]


def told(step: dict[str, Any]) -> list[str]:
    """Return the parameters of a stored step that matter, in words."""
    try:
        return build(StepSpec(step=step["step"], parameters=step["parameters"])).told
    except StepError:  # of a package that is gone, or of an older program
        return [Name(value) for value in step["parameters"].values()]


def said(part: str) -> str:
    """Return a part of what was told in the language that is spoken."""
    if isinstance(part, Name):
        return part if get_language() == "en" else figure(part)
    return str(WORDS[part]) if part in WORDS else spoken(part)
