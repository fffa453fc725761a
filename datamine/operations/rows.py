"""All rows of a database as lines of JSON, and such lines as rows again.

The lines belong to no engine: what was written from SQLite is read into PostgreSQL and
the other way. Rows are read as they were at one moment, whatever goes on meanwhile.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from django.apps import apps as installed
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.apps.registry import Apps
    from django.db.models import Field, Model, QuerySet

    #: Changes a row on its way in, given its model's label; None leaves it out.
    Change = Callable[[str, dict[str, Any]], dict[str, Any] | None]

#: What belongs to processes that run, or to browsers: log-ins, messages, workers,
#: bundles on their way; and letters, whose links open things.
APPS_LEFT_OUT = {"sessions", "usersessions", "django_q"}
LEFT_OUT = {
    "site.worker", "site.bundleexport", "site.bundleimport", "projects.letter",
}  # fmt: skip
#: So many rows are in memory at once, and about so many bytes of them.
MANY, MANY_BYTES = 500, 16 * 1024**2


class RowsError(Exception):
    """Lines that are no rows of this database."""


def kept_models(apps: Apps = installed) -> list[type[Model]]:
    """Return the models whose rows are kept, tables between two models included."""
    found = apps.get_models(include_auto_created=True)
    return [
        model
        for model in found
        if model._meta.app_label not in APPS_LEFT_OUT
        and model._meta.label_lower not in LEFT_OUT
        and model._meta.managed
        and not model._meta.proxy
    ]


@contextmanager
def one_moment() -> Iterator[None]:
    """Read the database as it is now, as long as the block lasts; write nothing."""
    if connection.in_atomic_block:  # then it is the moment of that transaction
        yield
        return
    if connection.vendor != "sqlite":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    # Django's own BEGIN takes the lock for writing, and everyone would wait for us.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def write_rows(file: IO[bytes]) -> dict[str, int]:
    """Write every kept row; return how many each model has."""
    return {
        model._meta.label_lower: write_table(file, model._base_manager.all())
        for model in kept_models()
    }


def write_table(
    file: IO[bytes], rows: QuerySet[Any], change: Change | None = None
) -> int:
    """Write these rows of one model, each as `change` gives it; return how many."""
    names = [field.attname for field in rows.model._meta.local_concrete_fields]
    label = rows.model._meta.label_lower
    write_line(file, {"model": label, "fields": names})
    count = 0
    for row in rows.order_by("pk").values_list(*names).iterator(MANY):
        if change:
            changed = change(label, dict(zip(names, row, strict=True)))
            if changed is None:
                continue
            row = [changed[name] for name in names]
        write_line(file, row)
        count += 1
    return count


def write_line(file: IO[bytes], value: Any) -> None:
    file.write(json.dumps(value, default=as_text).encode() + b"\n")


def as_text(value: Any) -> str:
    """Write moments to the microsecond, where Django's own encoder cuts them."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def read_rows(file: IO[bytes], apps: Apps, change: Change) -> dict[str, int]:
    """Put rows in place of all that the database holds, or nothing at all.

    Parameters
    ----------
    file : binary file
        As `write_rows` writes it.
    apps : Apps
        The models as they were when the rows were written; the tables are theirs.
    change : callable
        Told the label and the values of every row.

    Returns
    -------
    dict
        Rows put in, by the label of their model.

    Raises
    ------
    RowsError
        For rows of a table that is not there.
    """
    models = {model._meta.label_lower: model for model in kept_models(apps)}
    counts: dict[str, int] = dict.fromkeys(models, 0)
    with transaction.atomic():
        for model in models.values():
            model._base_manager.all()._raw_delete(DEFAULT_DB_ALIAS)
        for label, values in rows_of(file):
            if label not in models:
                raise RowsError(f"There is no table for {label!r} here.")
            model, made = models[label], []
            for row in values:
                changed = change(label, row)
                if changed is not None:
                    made.append(instance(model, changed))
            model._base_manager.bulk_create(made, batch_size=MANY)
            counts[label] += len(made)
        count_on(list(models.values()))
    return counts


def rows_of(file: Iterable[bytes]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield some rows at a time: the label of their model, and each one's values."""
    label, names = "", []
    rows: list[dict[str, Any]] = []
    size = 0
    for line in file:
        value = json.loads(line)
        size += len(line)
        if isinstance(value, dict) or len(rows) == MANY or size > MANY_BYTES:
            if rows:
                yield label, rows
            rows, size = [], len(line)
        if isinstance(value, dict):
            label, names = value["model"], value["fields"]
        else:
            rows.append(dict(zip(names, value, strict=True)))
    if rows:
        yield label, rows


def instance(model: type[Model], values: dict[str, Any]) -> Model:
    made = model()
    for field in model._meta.local_concrete_fields:
        keep_moments(field)
        if field.attname in values:
            setattr(made, field.attname, field.to_python(values[field.attname]))
    return made


def keep_moments(field: Field[Any, Any]) -> None:
    """Let a row keep when it was made and changed; these models are nobody else's."""
    for name in ("auto_now", "auto_now_add"):
        if getattr(field, name, False):
            setattr(field, name, False)


def count_on(models: list[type[Model]]) -> None:
    """Let new rows take the numbers after those of the old ones."""
    statements = connection.ops.sequence_reset_sql(no_style(), models)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
