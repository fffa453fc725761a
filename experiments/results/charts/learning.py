"""What more rows bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datasets.charts.drawing import Row


def learning_rows(details: dict[str, Any]) -> list[Row]:
    """Return a line for each size and part, by the first metric of the task."""
    steps = details.get("learning_curve") or []
    return [
        {"class": part, "order": place, "rows": step["rows"], "score": step[part][name]}
        for part in ("train", "test")
        for place, step in enumerate(steps)
        for name in ("accuracy", "r2")
        if step[part].get(name) is not None
    ]


def say_learning(details: dict[str, Any]) -> str:
    tested = [row for row in learning_rows(details) if row["class"] == "test"]
    parts = (f"{row['score']:.3f} from {row['rows']}" for row in tested)
    return f"On the tested rows: {', '.join(parts)} rows."
