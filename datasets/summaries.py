"""A version's profile as people read it: facts, warnings, columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from datamine.speech import spoken
from datasets.readers.catalogue import reader
from datasets.steps import catalogue
from datasets.tables import NUMERIC, ColumnType
from datasets.words import word

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasets.models import DatasetVersion

WIDTH, HEIGHT = 120, 24
#: So many columns a warning names, and so many its link chooses.
NAMED, LINKED = 4, 100
#: The sign before one or two last digits, which are no thousands.
DECIMALS = re.compile(r"([.,])[0-9]{1,2}(?![0-9])[^0-9.,]*$")
WORDS = frozenset({ColumnType.CATEGORY, ColumnType.TEXT, ColumnType.BOOLEAN})
#: The step whose usual strategy suits numbers only.
FILLING = "fill_missing"
#: Pairs of columns the overview tells, and the least they have to do with each other.
TOGETHER, WORTH_SAYING = 10, 0.3
MEASURES = {
    "pearson": "correlation",
    "cramers_v": "Cramér's V",
    "correlation_ratio": word("correlation ratio"),
}
#: How the columns can be ordered; the first is as in the file.
ORDERS = {
    "": word("as in the file"),
    "name": "name",
    "-missing": word("most missing first"),
    "-unique": word("most different values first"),
}
DELIMITER_NAMES = {
    ",": word("comma"),
    ";": word("semicolon"),
    "\t": word("tab"),
    "|": word("bar"),
    " ": word("blank"),
}

Profile = dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """One bar of a sparkline, in pixels from the top left corner."""

    x: float
    y: float
    width: float
    height: float


def facts_of(version: DatasetVersion) -> dict[str, Any]:
    """Return the figures above the table of columns."""
    profile = version.profile or {}
    cells = version.rows_count * version.columns_count
    missing = sum(column.get("missing", 0) for column in version.columns)
    return {
        "missing": missing / cells if cells else None,
        "duplicates": profile.get("duplicates"),
        "read_as": read_as(version),
    }


def read_as(version: DatasetVersion) -> str:
    """Return how the import was read: "CSV, comma, UTF-8"; "XLSX, Sheet1"."""
    dialect = version.dialect
    if not dialect or version.dataset.is_synthetic:
        return ""
    entry = reader(version.dataset.file_format)
    delimiter = dialect.get("delimiter", "")
    said = {
        "part": dialect.get("part"),
        "delimiter": spoken(DELIMITER_NAMES.get(delimiter, delimiter)),
        "encoding": dialect.get("encoding", "").upper(),
    }
    words = (part for name, part in said.items() if name in entry.settings and part)
    return ", ".join([entry.name.upper(), *words])


def warnings_of(version: DatasetVersion) -> list[dict[str, Any]]:
    """Return what is odd about the table and its columns, the table's first.

    Warnings of one kind that the same step helps are one entry that names its columns,
    so that a table of ten thousand columns has a handful of them.
    """
    profile = version.profile or {}
    columns = profile.get("columns", [])
    found: dict[str, dict[str, Any]] = {}
    for warning in profile.get("warnings", []):
        suited = suited_by(warning.get("step"), columns)
        found[f"table-{len(found)}"] = {**warning, "columns": suited, "of_table": True}
    for column in columns:
        for warning in column.get("warnings", []):
            kind = f"{warning['code']} {warning.get('step')}"
            entry = found.setdefault(kind, {**warning, "columns": [], "examples": []})
            named = {key: column[key] for key in ("id", "name", "type")}
            entry["columns"].append(named)
            if warning["code"] in FILLED_IN:
                entry["examples"] += column[warning["code"]]
    return [
        warning
        | {
            "others": [] if "of_table" in warning else warning["columns"][1:NAMED],
            "more": max(len(warning["columns"]) - NAMED, 0),
            "linked": linked_by(warning)[:LINKED],
            "step_title": step_title(warning.get("step")),
            "query": query_of(warning),
        }
        for warning in found.values()
    ]


def linked_by(warning: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the columns a link chooses: numbers are filled apart from words."""
    columns: list[dict[str, Any]] = warning["columns"]
    if warning.get("step") != FILLING:
        return columns
    return [c for c in columns if c["type"] in NUMERIC] or columns


def query_of(warning: dict[str, Any]) -> str:
    """Return what fills the step in, by what was found in the columns."""
    if warning.get("step") == FILLING:
        words = all(c["type"] not in NUMERIC for c in warning["columns"])
        return "strategy=mode" if words else ""
    examples = warning.get("examples")
    values = FILLED_IN[warning["code"]](examples) if examples else {}
    return urlencode(values)


def marked(signs: list[str]) -> dict[str, str]:
    # The form takes them with commas between: one with a comma is left out.
    plain = [sign for sign in dict.fromkeys(signs) if sign and "," not in sign]
    return {"markers": ", ".join(plain)} if plain else {}


def read_by(amounts: list[str]) -> dict[str, str]:
    """Return that a comma begins the decimals, where one does and no point does."""
    ends = {found[1] for text in amounts if (found := DECIMALS.search(text))}
    return {"decimal": ","} if ends == {","} else {}


def agreeing(groups: list[list[str]]) -> dict[str, str]:
    """Return which capitals make one of each group, where blanks alone do not."""
    spelled = [{" ".join(value.split()) for value in group} for group in groups]
    differing = [values for values in spelled if len(values) > 1]
    if not differing:
        return {}
    is_upper = all(any(v == v.upper() for v in values) for values in differing)
    return {"case": "upper" if is_upper else "lower"}


#: What is filled in from the figures of the same name, by the code of a warning.
FILLED_IN: dict[str, Callable[[list[Any]], dict[str, str]]] = {
    "markers": marked,
    "amounts": read_by,
    "look_alikes": agreeing,
}


def figures_of(version: DatasetVersion) -> dict[str, Profile]:
    """Return what the profile says of each column, by id."""
    return {c["id"]: c for c in (version.profile or {}).get("columns", [])}


def pairs_of(version: DatasetVersion) -> list[dict[str, Any]]:
    """Return the columns that go together most, with names, for the overview."""
    profile = version.profile or {}
    names = {column["id"]: column["name"] for column in profile.get("columns", [])}
    pairs = (profile.get("relations") or {}).get("pairs", [])
    return [
        pair
        | {
            "first": names[pair["a"]],
            "second": names[pair["b"]],
            "title": MEASURES[pair["measure"]],
        }
        for pair in pairs[:TOGETHER]
        if pair["strength"] >= WORTH_SAYING
    ]


def patterns_of(version: DatasetVersion) -> list[dict[str, Any]]:
    """Return which columns are missing together, in how many rows, with names."""
    profile = version.profile or {}
    names = {column["id"]: column["name"] for column in profile.get("columns", [])}
    return [
        {
            "names": [names[id] for id in pattern["columns"][:NAMED]],
            "more": max(len(pattern["columns"]) - NAMED, 0),
            "rows": pattern["rows"],
            "share": pattern["rows"] / version.rows_count,
        }
        for pattern in profile.get("missing_patterns", [])
    ]


def suited_by(step: str | None, columns: list[Profile]) -> list[Profile]:
    """Return the columns that a step works on, for a warning about the whole table."""
    entry = catalogue.step(step) if step else None
    return [c for c in columns if entry and c["type"] in entry.accepts]


def step_title(name: str | None) -> str:
    entry = catalogue.step(name) if name else None
    return entry.title if entry else ""


def column_rows(
    version: DatasetVersion, *, search: str = "", kind: str = "", sort: str = ""
) -> list[dict[str, Any]]:
    """Return the columns asked for, each with its bars, in the order asked for."""
    columns = (version.profile or {}).get("columns") or version.columns
    wanted = search.casefold()
    rows = [
        column
        for column in columns
        if wanted in column["name"].casefold() and kind in ("", column["type"])
    ]
    if sort and sort in ORDERS:
        key = sort.lstrip("-")
        rows.sort(key=lambda c: sort_key(c.get(key)), reverse=sort.startswith("-"))
    return LazyRows(rows, version.rows_count)


class LazyRows(list[dict[str, Any]]):
    """Columns whose bars are computed only for those a page shows."""

    def __init__(self, rows: list[dict[str, Any]], total: int) -> None:
        super().__init__(rows)
        self.total = total

    def __getitem__(self, part: Any) -> Any:
        rows = super().__getitem__(part)
        return [self.drawn(row) for row in rows] if isinstance(part, slice) else rows

    def drawn(self, column: dict[str, Any]) -> dict[str, Any]:
        missing = column.get("missing") or 0
        return column | {
            "bars": bars_of(column),
            "missing_share": missing / self.total if self.total else None,
            "median": (column.get("quantiles") or {}).get("0.5"),
            "is_numeric": column.get("minimum") is not None
            and column["type"] not in WORDS,
            "summary": summary_of(column),
            "alternative": alternative_of(column),
        }


def sort_key(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value or 0


def bars_of(column: dict[str, Any]) -> list[Bar]:
    """Return the bars of a column's histogram, or of its most frequent values."""
    counts = counts_of(column)
    highest = max(counts, default=0)
    if not highest:
        return []
    step = WIDTH / len(counts)
    gap = 1 if step > 3 else 0
    return [
        Bar(
            x=round(place * step, 2),
            y=round(HEIGHT - tall, 2),
            width=round(step - gap, 2),
            height=tall,
        )
        for place, count in enumerate(counts)
        if (tall := round(max(count / highest * HEIGHT, 1 if count else 0), 2))
    ]


def summary_of(column: dict[str, Any]) -> str:
    """Name the most frequent values of a column of words, and how long they are."""
    top = (column.get("top") or [])[:3]
    shown = ", ".join(f"{str(e['value'])[:24]} ({e['count']})" for e in top)
    more = " …" if (column.get("unique") or 0) > len(top) else ""
    return f"{shown}{more}{length_of(column)}"


def length_of(column: dict[str, Any]) -> str:
    """Say how long the values of a text column are; nothing of other columns."""
    lengths = column.get("lengths") or {}
    low, high = lengths.get("minimum"), lengths.get("maximum")
    if column["type"] != ColumnType.TEXT or high is None:
        return ""
    return f"; {high} characters" if low == high else f"; {low} to {high} characters"


def counts_of(column: dict[str, Any]) -> list[int]:
    histogram = column.get("histogram") or {}
    if histogram.get("counts"):
        return list(histogram["counts"])
    return [entry["count"] for entry in column.get("top") or []]


def alternative_of(column: dict[str, Any]) -> str:
    """Say in words what the sparkline draws."""
    histogram = column.get("histogram") or {}
    if histogram.get("counts"):
        return word(
            f"Histogram from {column.get('minimum')} to {column.get('maximum')}, "
            f"{len(histogram['counts'])} bars"
        )
    top = (column.get("top") or [])[:3]
    values = ", ".join(f"{entry['value']}: {entry['count']}"[:40] for entry in top)
    return word(f"Most frequent: {values}") if values else word("No values")
