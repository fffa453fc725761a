"""What a report says: blocks of words, facts, tables and charts, for the typesetter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from datamine.speech import spoken, spoken_chart
from datamine.templatetags.display import fixed, pointed, setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from datasets.charts.drawing import Spec

#: Longer cells would push a table off its page.
LONGEST_CELL = 80
#: Columns of a table beside its first; more go below, under a head of their own.
COLUMNS = 6
ROWS = 60


@dataclass
class Document:
    """A report in the making: blocks are added one after the other."""

    title: str
    subtitle: str
    blocks: list[dict[str, Any]] = field(default_factory=list)

    def heading(self, text: str) -> None:
        self.blocks.append({"kind": "heading", "text": spoken(text)})

    def text(self, text: str) -> None:
        self.blocks.append({"kind": "text", "text": spoken(text)})

    def note(self, text: str) -> None:
        self.blocks.append({"kind": "note", "text": spoken(text)})

    def code(self, text: str) -> None:
        self.blocks.append({"kind": "code", "text": text})

    def facts(self, pairs: Iterable[tuple[str, Any]]) -> None:
        rows = [[spoken(name), setting(value)] for name, value in pairs]
        if rows:
            self.blocks.append({"kind": "facts", "rows": rows})

    def table(
        self,
        head: Sequence[Any],
        rows: Sequence[Sequence[Any]],
        *,
        columns: int = COLUMNS,
    ) -> None:
        """Add a table; a wide one in pieces that each repeat the first column."""
        if not rows:
            return
        for start in range(1, max(len(head), 2), columns):
            places = [0, *range(start, min(start + columns, len(head)))]
            self.blocks.append(
                {
                    "kind": "table",
                    "head": [cell(spoken(head[place])) for place in places],
                    "rows": [[cell(row[p]) for p in places] for row in rows[:ROWS]],
                }
            )
        if len(rows) > ROWS:
            self.text(f"The first {ROWS} of {len(rows)} lines; all are in the CSV.")

    def charts(self, items: Iterable[tuple[str, str, Spec]]) -> None:
        shown = [
            {
                "title": spoken(title),
                "words": spoken(words),
                "spec": spoken_chart(drawn(spec)),
            }
            for title, words, spec in items
        ]
        if shown:
            self.blocks.append({"kind": "charts", "items": shown})

    def to_json(self) -> dict[str, Any]:
        """Return the report as the typesetter takes it."""
        return {"title": self.title, "subtitle": self.subtitle, "blocks": self.blocks}


def drawn(spec: Spec) -> Spec:
    """Return what the typesetter reads of a specification."""
    kept = ("data", "layer", "mark", "encoding")
    return {name: spec[name] for name in kept if name in spec}


def figure(value: Any) -> str:
    """Write a measure with three decimals, as the pages do."""
    return fixed(value)


def cell(value: Any) -> str:
    """Write a table's cell, shortened where it is long."""
    text = pointed(f"{value:.4g}") if isinstance(value, float) else setting(value)
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
