"""A report as plain text, for terminals, tickets and mails."""

from __future__ import annotations

from itertools import zip_longest
from textwrap import fill
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.reports.documents import Document

WIDTH = 88
#: Between columns of a table.
GAP = "  "


def text_of(document: Document) -> str:
    """Return words, facts and tables of a report; charts are for other formats."""
    head = [document.title, "=" * len(document.title), document.subtitle]
    parts = [WRITERS[b["kind"]](b) for b in document.blocks if b["kind"] in WRITERS]
    return "\n".join([*head, *parts]) + "\n"


def _heading(block: dict[str, Any]) -> str:
    return f"\n{block['text']}\n{'-' * len(block['text'])}"


def _text(block: dict[str, Any]) -> str:
    return fill(block["text"], WIDTH)


def _note(block: dict[str, Any]) -> str:
    return fill(block["text"], WIDTH, initial_indent="- ", subsequent_indent="  ")


def _facts(block: dict[str, Any]) -> str:
    return "\n".join(_aligned(block["rows"], is_number=[False, False]))


def _table(block: dict[str, Any]) -> str:
    return "\n".join(_aligned([block["head"], *block["rows"]]))


def _aligned(
    rows: Sequence[Sequence[str]], is_number: Sequence[bool] | None = None
) -> list[str]:
    """Return rows with columns below each other, numbers ending at the same place."""
    columns = list(zip_longest(*rows, fillvalue=""))
    widths = [max(map(len, column)) for column in columns]
    right = is_number or [all(map(_is_number, column[1:])) for column in columns]
    return [
        GAP.join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=False)
        ).rstrip()
        for row in rows
    ]


def _is_number(cell: str) -> bool:
    return cell == "–" or cell[:1].isdigit()


WRITERS = {
    "heading": _heading,
    "text": _text,
    "note": _note,
    "code": lambda block: block["text"],
    "facts": _facts,
    "table": _table,
}
