"""The rows of a bundle on their way in: new ids, new keys of files, nobody else's."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from django.db.models import Model

from datamine.operations.archives import ArchiveError
from datamine.operations.carried import (
    ACTIVITY,
    CARRIED,
    PERSON,
    RESULT,
    Table,
    label_of,
    relations,
)
from datamine.operations.rows import MANY, instance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.apps.registry import Apps

TABLES = {table.label: table for table in CARRIED}
#: Where in a row's JSON an experiment is named whose split it shares.
SHARED_SPLITS = {
    "experiments.experiment": ("split",),
    "experiments.trainingsession": ("plan", "split"),
    "registry.retraining": ("draft", "split"),
}
COMPARISON, EXPERIMENT = "experiments.savedcomparison", "experiments.experiment"


class Kept(NamedTuple):
    """A file of a bundle that is stored here."""

    key: str
    sha256: str
    size: int
    #: Of a model: its signatures with this place's key, and others that count here.
    signatures: tuple[str, ...]


class Pointer(NamedTuple):
    """A column of a row that names one which came after it, or beside it."""

    attname: str
    label: str
    old: int


@dataclass
class Arrival:
    """Puts rows into the tables, in the order of `CARRIED`, in one transaction."""

    apps: Apps
    kept: Mapping[str, Kept]
    #: New ids by old ones, of each model; that of the project is there from the start.
    ids: dict[str, dict[int, int]]
    #: Who here stands for whom there, by name.
    people: Mapping[str, int]
    counts: Counter[str] = field(default_factory=Counter)
    #: By model and new id.
    pointers: dict[tuple[type[Model], int], list[Pointer]] = field(default_factory=dict)
    #: Rows that name ids in the middle of other things.
    inner: list[tuple[str, Model]] = field(default_factory=list)
    owners: dict[str, tuple[str, int]] = field(default_factory=dict)

    def take(self, label: str, rows: list[dict[str, Any]]) -> None:
        """Put in some rows of one model."""
        table = TABLES.get(label)
        if table is None:
            raise ArchiveError(f"A bundle holds no {label!r}.")
        model = self.apps.get_model(label)
        known = self.ids.setdefault(label, {})
        made = [self.arrived(table, model, row) for row in rows]
        model._base_manager.bulk_create([row for _, row, _ in made])
        for old, row, pointers in made:
            if old in known:
                raise ArchiveError(f"Two rows of {label} have the number {old}.")
            known[old] = row.pk
            if pointers:
                self.pointers[model, row.pk] = pointers
        self.counts[label] += len(made)

    def arrived(
        self, table: Table, model: type[Model], values: dict[str, Any]
    ) -> tuple[int, Model, list[Pointer]]:
        """Return a row's old number, the row as it belongs here, and what it lacks."""
        old = number(values["id"])
        for name, allowed in table.only.items():
            if values[name] not in allowed:
                raise ArchiveError(f"{table.label} {old}: {name} is {values[name]!r}.")
        row = table.told(values) | {"id": None}
        self.name_files(table, old, row)
        pointers = self.name_rows(model, row)
        if table.label == ACTIVITY:
            row["resource_id"] = self.resource(row)
        made = instance(model, row)
        check(made)
        if table.label == COMPARISON or self.shared_split(table.label, made):
            self.inner.append((table.label, made))
        return old, made, pointers

    def name_files(self, table: Table, old: int, row: dict[str, Any]) -> None:
        """Let a row name its files by their keys here; each belongs to one owner."""
        if table.label == RESULT:
            model = self.kept.get(row["artifact"])
            vouched = model is not None and row["artifact_hmac"] in model.signatures
            row["artifact_hmac"] = model.signatures[0] if model and vouched else ""
        for column in table.files:
            key = row[column.key]
            if not key:
                continue
            kept = self.kept.get(key)
            if kept is None or kept.sha256 != row[column.sha256]:
                raise ArchiveError(
                    f"{table.label} {old} names a file that the bundle does not hold, "
                    "or holds otherwise."
                )
            owner = (column.owner, old if column.owner == "id" else row[column.owner])
            if self.owners.setdefault(key, owner) != owner:
                raise ArchiveError(f"{table.label} {old} names another row's file.")
            if column.size and row[column.size] != kept.size:
                raise ArchiveError(f"{table.label} {old} has a file of another size.")
            row[column.key] = kept.key

    def name_rows(self, model: type[Model], row: dict[str, Any]) -> list[Pointer]:
        """Let a row name others by their ids here; return what cannot be said yet."""
        pending = []
        for relation in relations(model):
            name, target = relation.attname, label_of(relation)
            told = row[name]
            if told is None:
                continue
            if target == PERSON:
                row[name] = self.people.get(str(told))
            elif number(told) in self.ids.get(target, {}):
                row[name] = self.ids[target][told]
            elif relation.null:
                row[name] = None
                pending.append(Pointer(name, target, told))
            else:
                raise ArchiveError(f"A row names {target} {told}, which did not come.")
        return pending

    def resource(self, row: dict[str, Any]) -> str:
        """Return the id here of what somebody did something to; empty if it is gone."""
        titles = {
            self.apps.get_model(label)._meta.verbose_name_raw: label
            for label in self.ids
        }
        known = self.ids.get(titles.get(str(row["resource_type"]), ""), {})
        told = str(row["resource_id"])
        new = known.get(int(told)) if told.isdecimal() and len(told) < 19 else None
        return "" if new is None else str(new)

    def finish(self) -> None:
        """Say what could not be said before all rows had come."""
        by_column: dict[tuple[type[Model], str], list[Model]] = defaultdict(list)
        for (model, pk), pointers in self.pointers.items():
            row = model(pk=pk)
            for attname, label, old in pointers:
                new = self.ids.get(label, {}).get(old)
                if new is None:
                    raise ArchiveError(
                        f"A row names {label} {old}, which did not come."
                    )
                setattr(row, attname, new)
                by_column[model, attname].append(row)
        for label, row in self.inner:
            by_column[type(row), self.renamed(label, row)].append(row)
        for (model, column), rows in by_column.items():
            name = model._meta.get_field(column).name
            model._base_manager.bulk_update(rows, [name], batch_size=MANY)

    def renamed(self, label: str, row: Any) -> str:
        """Give new ids to the experiments that a row's text names; return its column.

        One that did not come is no longer named: its number is somebody else's here.
        """
        known = self.ids.get(EXPERIMENT, {})
        if label == COMPARISON:
            pairs = parse_qsl(row.query)
            told = [n for k, v in pairs if k == "ids" for n in v.split(",")]
            here = [known[int(n)] for n in told if n.isdecimal() and int(n) in known]
            others = [pair for pair in pairs if pair[0] != "ids"]
            row.query = urlencode([*(("ids", new) for new in here), *others])
            return "query"
        split = self.shared_split(label, row)
        split["same_as"] = known.get(number(split["same_as"]))
        return SHARED_SPLITS[label][0]

    def shared_split(self, label: str, row: Any) -> dict[str, Any]:
        """Return the settings of a split that another experiment made, else nothing."""
        if label not in SHARED_SPLITS:
            return {}
        column, *inner = SHARED_SPLITS[label]
        split = getattr(row, column)
        for name in inner:
            split = split.get(name) or {}
        return split if split.get("same_as") is not None else {}


def number(told: Any) -> int:
    """Return an id, which is a whole number and nothing else."""
    if type(told) is not int:
        raise ArchiveError(f"{str(told)[:50]!r} is no number of a row.")
    return told


def check(row: Model) -> None:
    """Hold every value against its column; raises as a model's own cleaning does.

    That a form may not leave a field empty does not matter: rows may.
    """
    for column in row._meta.local_concrete_fields:
        value = getattr(row, column.attname)
        if column.is_relation or column.primary_key or value in column.empty_values:
            continue
        column.validate(value, row)
        column.run_validators(value)
