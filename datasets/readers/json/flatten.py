"""Values of JSON as the cells of one row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from datasets.readers.errors import ReaderError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: A column: the names that lead to it. "a.b" and "b" in "a" are two columns.
Key = tuple[str, ...]
Cells = dict[Key, str]


def name_of(key: Key) -> str:
    """Return how a column is called."""
    return ".".join(key)


def flat(value: object) -> Cells:
    """Return the cells of one record.

    Objects inside become columns of their own, lists their JSON text. A list makes
    `column_1`, `column_2` …, a single value the column `value`.
    """
    cells: Cells = {}
    if isinstance(value, dict):
        _add(cells, (), value)
    elif isinstance(value, list):
        cells = {(f"column_{i}",): text(v) for i, v in enumerate(value, 1)}
    else:
        cells[("value",)] = text(value)
    return cells


def text(value: object) -> str:
    """Return a value as the text of a cell; empty for null and for an empty object."""
    if isinstance(value, str):
        return _clean(value)
    if value is None or value == {}:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return _clean(json.dumps(value, ensure_ascii=False))


def spread(value: object, path: Sequence[str], above: Cells) -> Iterator[Cells]:
    """Yield the records in the lists that `path` leads to inside a value.

    Each gets what stands beside those lists, under the lists' own names.
    """
    if not path:
        yield above | flat(value)
        return
    if not isinstance(value, dict):
        return
    name, *rest = path
    inner = value.get(name)
    beside = {k: v for k, v in value.items() if k != name}
    if isinstance(inner, list):
        if rest or beside:
            above = above | {(name, *key): v for key, v in flat(beside).items()}
        for item in inner:
            yield from spread(item, rest, above)
    elif inner is not None:
        yield from spread(inner, rest, above)


def columns(value: Mapping[str, object]) -> Iterator[Cells]:
    """Yield the rows of an object of columns, else the object as the only row.

    Columns are lists of one length, or objects with the same names in them; single
    values beside them are the same in every row.
    """
    if value and all(isinstance(inner, dict) for inner in value.values()):
        yield from _indexed(value)
        return
    lists = {k: v for k, v in value.items() if isinstance(v, list)}
    if not lists:
        yield flat(dict(value))
        return
    first, *others = lists
    for other in others:
        if len(lists[other]) != len(lists[first]):
            raise ReaderError(
                f"The list “{first}” has {len(lists[first]):,} values and “{other}” "
                f"{len(lists[other]):,}, so they are no columns of one table. Choose "
                "one list, or make them equal."
            )
    same = flat({k: v for k, v in value.items() if k not in lists})
    for row in zip(*lists.values(), strict=True):
        yield same | flat(dict(zip(lists, row, strict=True)))


def _indexed(value: Mapping[str, object]) -> Iterator[Cells]:
    """Yield rows of objects in an object: columns by row, or records by name."""
    inner = {k: v for k, v in value.items() if isinstance(v, dict)}
    first = next(iter(inner.values()))
    if first and all(name.isdigit() for name in first):
        for index in dict.fromkeys(
            name for column in inner.values() for name in column
        ):
            yield flat({name: column.get(index) for name, column in inner.items()})
        return
    for name, record in inner.items():
        yield {("key",): text(name)} | flat(record)


def _add(cells: Cells, above: Key, value: Mapping[str, object]) -> None:
    for name, inner in value.items():
        key = (*above, name)
        if inner.__class__ is dict and inner:
            _add(cells, key, inner)
        else:
            cells[key] = text(inner)


def _clean(value: str) -> str:
    """Leave out NUL; half a surrogate pair is no sign and becomes a question mark."""
    if "\0" in value:
        value = value.replace("\0", "")
    if value.isascii():
        return value
    return value.encode(errors="replace").decode()
