"""What one chart of a result is: rows out of its details, and how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from datamine.speech import spoken
from datasets.charts.drawing import frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasets.charts.drawing import Row, Spec


@dataclass(frozen=True)
class Chart:
    """One kind of chart: its rows out of a result's details, and how they are drawn.

    Where the title alone does not tell two charts apart, `subject` ends it. A report
    draws lines and points on axes of numbers or words: a chart that is more has
    `on_paper` for that, or stays on the page.
    """

    name: str
    title: str
    rows: Callable[[dict[str, Any]], list[Row]]
    marks: Callable[[list[Row]], Spec]
    words: Callable[[dict[str, Any]], str]
    subject: Callable[[dict[str, Any]], str] | None = None
    on_paper: Callable[[list[Row]], Spec] | None = None
    is_printed: bool = True

    def heading(self, details: dict[str, Any]) -> str:
        """Return the title as it stands over the chart of a result."""
        title = spoken(self.title)
        return f"{title} {self.subject(details)}" if self.subject else title

    def spec(self, details: dict[str, Any]) -> Spec:
        """Return the chart as Vega-Lite."""
        rows = self.rows(details)
        marks = {"data": {"values": rows}, **self.marks(rows)}
        return frame(self.heading(details), self.words(details), marks)

    def paper(self, details: dict[str, Any]) -> Spec:
        """Return the chart as reports draw it."""
        return replace(self, marks=self.on_paper or self.marks).spec(details)


def story_of(details: dict[str, Any], name: str) -> Any:
    """Return what a family told of tested samples under a name, {} if it did not."""
    return (details.get("story") or {}).get(name) or {}
