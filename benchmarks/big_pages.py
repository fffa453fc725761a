"""How long pages of a large version take, and how much the web process grows by them.

The pages are read as the Data page reads them, and the same rows by bare Polars;
`benchmarks.large` says from what and where.

Run: python -m benchmarks.big_pages [rows]
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.large import COLUMNS, measure
from datasets.paging import Filter

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.large import Work

PER_PAGE = 50
#: What is asked for: the column sorted by, conditions, and rows passed over.
PAGES: dict[str, dict[str, Any]] = {
    "first page": {},
    "four fifths down": {"offset": 0.8},
    "sorted by a whole number": {"order_by": "c0", "descending": True},
    "sorted by a fraction": {"order_by": "c2"},
    "sorted by a text": {"order_by": "c15"},
    "sorted, a hundredth down": {"order_by": "c2", "offset": 0.01},
    "a category is": {"filters": [Filter("c12", "eq", "value 3")]},
    "a number is more than": {"filters": [Filter("c2", "gt", 80.0)]},
    "a text contains": {"filters": [Filter("c15", "contains", "ff")]},
    "filtered and sorted": {
        "filters": [Filter("c12", "eq", "value 3")],
        "order_by": "c3",
    },
}


def main() -> None:
    """Measure both, and print a table in Markdown."""
    doing = {"datamine": _datamine, "polars": _polars}
    measure("benchmarks.big_pages", "pages", doing)


def _datamine(path: Path, rows: int) -> Work:
    return {name: partial(_page, path, asked, rows) for name, asked in PAGES.items()}


def _polars(path: Path, rows: int) -> Work:
    return {name: partial(_bare, path, asked, rows) for name, asked in PAGES.items()}


def _page(path: Path, asked: dict[str, Any], rows: int) -> None:
    from datasets.paging import page  # noqa: PLC0415 -- measured alone

    offset = int(asked.get("offset", 0) * rows)
    ids = ["_row", *(f"c{place}" for place in range(COLUMNS))]
    page(path, ids, **asked | {"offset": offset, "limit": PER_PAGE})


def _bare(path: Path, asked: dict[str, Any], rows: int) -> None:
    import polars as pl  # noqa: PLC0415 -- measured alone

    frame = pl.scan_parquet(path)
    for one in asked.get("filters", ()):
        column = pl.col(one.column)
        frame = frame.filter(
            {
                "eq": lambda c, v: c == v,
                "gt": lambda c, v: c > v,
                "contains": lambda c, v: c.str.contains(v, literal=True),
            }[one.operator](column, one.value)
        )
    total = frame.select(pl.len())
    if order := asked.get("order_by"):
        frame = frame.sort(
            order, descending=asked.get("descending", False), nulls_last=True
        )
    part = frame.slice(int(asked.get("offset", 0) * rows), PER_PAGE)
    pl.collect_all([total, part])


if __name__ == "__main__":
    main()
