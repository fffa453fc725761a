"""Curves of classes: rows, and what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datamine.speech import spoken
from datamine.templatetags.display import fixed

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasets.charts.drawing import Row


def curve_rows(
    kind: str, x: str, y: str, extra: str | None = None
) -> Callable[[dict[str, Any]], list[Row]]:
    """Return what makes rows of the stored curves of one kind, a line per point."""
    keys = [key for key in (x, y, extra) if key]

    def rows(details: dict[str, Any]) -> list[Row]:
        curves = (details.get("curves") or {}).get(kind) or []
        return [
            {"class": str(curve["label"]), "order": place}
            | dict(zip(keys, point, strict=True))
            for curve in curves
            for place, point in enumerate(zip(*(curve[k] for k in keys), strict=True))
        ]

    return rows


def each_curve(kind: str, figure: str, words: str) -> Callable[[dict[str, Any]], str]:
    """Return what says the one figure of every curve of a kind."""

    def say(details: dict[str, Any]) -> str:
        curves = (details.get("curves") or {}).get(kind) or []
        parts = (
            f"{c['label']} {fixed(c[figure])}"
            for c in curves
            if c.get(figure) is not None
        )
        return f"{spoken(words)}: {', '.join(parts)}."

    return say


def say_calibration(details: dict[str, Any]) -> str:
    curves = (details.get("curves") or {}).get("calibration") or []
    gaps = (
        f"{c['label']} {fixed(worst_gap(c), 2)}" for c in curves if c.get("predicted")
    )
    return f"Greatest distance from the diagonal by class: {', '.join(gaps)}."


def worst_gap(curve: dict[str, Any]) -> float:
    pairs = zip(curve["predicted"], curve["observed"], strict=True)
    return max(abs(predicted - observed) for predicted, observed in pairs)
