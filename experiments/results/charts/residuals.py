"""What each prediction of a number was off by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasets.charts.drawing import PALETTE
from datasets.words import word
from experiments.results.charts.drawing import reference, told

if TYPE_CHECKING:
    from datasets.charts.drawing import Row, Spec


def residual_rows(details: dict[str, Any]) -> list[Row]:
    stored = details.get("residuals") or {}
    keys = ("actual", "predicted", "residual")
    columns = [stored.get(key) or [] for key in keys]
    return [dict(zip(keys, point, strict=True)) for point in zip(*columns, strict=True)]


def residual_marks(rows: list[Row]) -> Spec:
    """Draw what each prediction was off by; a good model shows no pattern."""
    axis = {"type": "quantitative", "scale": {"zero": False}}
    found = [row["predicted"] for row in rows] or [0]
    ends = [{"x": min(found), "y": 0}, {"x": max(found), "y": 0}]
    return {
        "layer": [
            reference(ends),
            {
                "mark": {"type": "circle", "opacity": 0.6, "size": 24},
                "encoding": {
                    "x": {**axis, "field": "predicted", "title": word("Predicted")},
                    "y": {
                        "field": "residual",
                        "type": "quantitative",
                        "title": word("Actual − predicted"),
                    },
                    "color": {"value": PALETTE[0]},
                    "tooltip": [
                        {"field": name, "type": "quantitative", "format": ".5~g"}
                        for name in ("actual", "predicted", "residual")
                    ],
                },
            },
        ]
    }


def predicted_marks(rows: list[Row]) -> Spec:
    """Draw each prediction over its true value; a good model lies on the diagonal."""
    axis = {"type": "quantitative", "scale": {"zero": False}}
    found = [row[name] for row in rows for name in ("predicted", "actual")] or [0]
    ends = [{"x": end, "y": end} for end in (min(found), max(found))]
    return {
        "layer": [
            reference(ends),
            {
                "mark": {"type": "circle", "opacity": 0.6, "size": 24},
                "encoding": {
                    "x": {**axis, "field": "actual", "title": word("True")},
                    "y": {**axis, "field": "predicted", "title": word("Predicted")},
                    "color": {"value": PALETTE[0]},
                },
            },
        ]
    }


def say_predicted(details: dict[str, Any]) -> str:
    found = len(residual_rows(details))
    return f"{found} tested rows; points on the dashed line were predicted exactly."


def say_residuals(details: dict[str, Any]) -> str:
    found = (details.get("residuals") or {}).get("residual") or [0]
    return (
        f"{len(found)} tested rows, off by {told(min(found))} to {told(max(found))}; "
        "points should lie around zero without a pattern."
    )
