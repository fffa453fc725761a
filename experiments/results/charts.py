"""Charts of a result as Vega-Lite, made of what the session stored; no library needed.

Palette and frame are those of all charts: see `datasets.charts.drawing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datamine.speech import spoken
from datamine.templatetags.display import fixed
from datasets.charts.drawing import PALETTE
from datasets.words import Name, word
from experiments.results.chart import Chart
from experiments.results.epoch_charts import (
    epoch_rows,
    head_marks,
    head_rows,
    say_epochs,
    say_heads,
)
from experiments.results.market_charts import MARKET_CHARTS
from experiments.results.sample_charts import SAMPLE_CHARTS
from experiments.results.search_charts import (
    heat_marks,
    heat_rows,
    parallel_marks,
    parallel_rows,
    say_search,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from datasets.charts.drawing import Row, Spec

#: Features whose partial dependence is drawn.
DEPENDENCES = 6


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


def residual_rows(details: dict[str, Any]) -> list[Row]:
    stored = details.get("residuals") or {}
    keys = ("actual", "predicted", "residual")
    columns = [stored.get(key) or [] for key in keys]
    return [dict(zip(keys, point, strict=True)) for point in zip(*columns, strict=True)]


def share_axis(field: str, title: str) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"domain": [0, 1]},
    }


def class_colour(rows: Iterable[Row]) -> Spec:
    """Give each class the colour it has on every chart of the page."""
    classes = list(dict.fromkeys(row["class"] for row in rows))
    colours = [PALETTE[place % len(PALETTE)] for place in range(len(classes))]
    legend = {"orient": "bottom", "columns": 4, "title": None}
    return {
        "field": "class",
        "type": "nominal",
        "scale": {"domain": classes, "range": colours},
        "legend": legend if len(classes) > 1 else None,
    }


def lines(
    x: Spec, y: Spec, *, diagonal: bool, points: bool = False
) -> Callable[[list[Row]], Spec]:
    """Return what draws one line a class, over the line of chance if wanted."""

    def marks(rows: list[Row]) -> Spec:
        mark = {"type": "line", "strokeWidth": 2, "point": points, "clip": True}
        layer: list[Spec] = [
            {
                "mark": mark,
                "encoding": {
                    "x": x,
                    "y": y,
                    "order": {"field": "order"},
                    "color": class_colour(rows),
                    "tooltip": [
                        {"field": "class", "type": "nominal"},
                        {**x, "format": ".3f", "scale": None},
                        {**y, "format": ".3f", "scale": None},
                    ],
                },
            }
        ]
        for tip in layer[0]["encoding"]["tooltip"]:
            tip.pop("scale", None)
        if diagonal:
            layer.insert(0, reference([{"x": 0, "y": 0}, {"x": 1, "y": 1}]))
        return {"layer": layer}

    return marks


def reference(points: list[Row]) -> Spec:
    """Draw a dashed line to compare with."""
    return {
        "data": {"values": points},
        "mark": {"type": "line", "strokeDash": [4, 4], "color": "#888888"},
        "encoding": {
            "x": {"field": "x", "type": "quantitative"},
            "y": {"field": "y", "type": "quantitative"},
        },
    }


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


def score_axis(field: str, title: str) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"zero": False},
    }


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


def dependence_chart(place: int) -> Chart:
    """Return the chart of the feature that matters most but for `place` others."""

    def rows(details: dict[str, Any]) -> list[Row]:
        shape = shape_at(details, place)
        lines_of = shape["lines"] if shape else []
        return [
            {
                "class": "prediction" if line["label"] is None else str(line["label"]),
                "order": number,
                "feature": shape["feature"],
                "value": value,
                "mean": mean,
            }
            for line in lines_of
            for number, (value, mean) in enumerate(
                zip(shape["values"], line["means"], strict=True)
            )
        ]

    def words(details: dict[str, Any]) -> str:
        shape = shape_at(details, place)
        means = [mean for line in shape["lines"] for mean in line["means"]]
        return (
            f"By “{shape['feature']}”, all other features as they are, the mean "
            f"prediction lies between {min(means):.4g} and {max(means):.4g}."
        )

    def subject(details: dict[str, Any]) -> str:
        return f"“{shape_at(details, place)['feature']}”"

    name, title = f"dependence_{place + 1}", word("Partial dependence on")
    return Chart(name, title, rows, dependence_marks, words, subject)


def shape_at(details: dict[str, Any], place: int) -> dict[str, Any]:
    shapes = details.get("partial_dependence") or []
    return shapes[place] if place < len(shapes) else {}


def dependence_marks(rows: list[Row]) -> Spec:
    """Draw lines over numbers, points over categories."""
    is_number = not any(isinstance(row["value"], str) for row in rows)
    kind = "quantitative" if is_number else "nominal"
    mark = {"type": "line", "point": True} if is_number else {"type": "point"}
    x: Spec = {"field": "value", "type": kind, "title": Name(rows[0]["feature"])}
    if is_number:
        x["scale"] = {"zero": False}
    return {
        "mark": mark,
        "encoding": {
            "x": x,
            "y": score_axis("mean", "Mean prediction"),
            "color": class_colour(rows),
        },
    }


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
    gaps = (f"{c['label']} {worst_gap(c):.2f}" for c in curves if c.get("predicted"))
    return f"Greatest distance from the diagonal by class: {', '.join(gaps)}."


def worst_gap(curve: dict[str, Any]) -> float:
    pairs = zip(curve["predicted"], curve["observed"], strict=True)
    return max(abs(predicted - observed) for predicted, observed in pairs)


def say_predicted(details: dict[str, Any]) -> str:
    found = len(residual_rows(details))
    return f"{found} tested rows; points on the dashed line were predicted exactly."


def say_residuals(details: dict[str, Any]) -> str:
    found = (details.get("residuals") or {}).get("residual") or [0]
    return (
        f"{len(found)} tested rows, off by {min(found):.4g} to {max(found):.4g}; "
        "points should lie around zero without a pattern."
    )


CHARTS = {
    chart.name: chart
    for chart in (
        Chart(
            "roc",
            "ROC: hits against false alarms",
            curve_rows("roc", "fpr", "tpr"),
            lines(
                share_axis("fpr", "False positive rate"),
                share_axis("tpr", "True positive rate"),
                diagonal=True,
            ),
            each_curve("roc", "auc", "Area under the curve by class"),
        ),
        Chart(
            "pr",
            "Precision against recall",
            curve_rows("pr", "recall", "precision"),
            lines(
                share_axis("recall", "Recall"),
                share_axis("precision", "Precision"),
                diagonal=False,
            ),
            each_curve("pr", "average_precision", "Average precision by class"),
        ),
        Chart(
            "calibration",
            "Calibration: what was predicted against what happened",
            curve_rows("calibration", "predicted", "observed", "count"),
            lines(
                share_axis("predicted", "Mean predicted probability"),
                share_axis("observed", "Share that happened"),
                diagonal=True,
                points=True,
            ),
            say_calibration,
        ),
        Chart(
            "residuals",
            "Residuals of the tested rows",
            residual_rows,
            residual_marks,
            say_residuals,
        ),
        Chart(
            "predicted",
            "Predicted against true",
            residual_rows,
            predicted_marks,
            say_predicted,
        ),
        Chart(
            "learning",
            "Learning curve: what more rows bring",
            learning_rows,
            lines(
                {
                    "field": "rows",
                    "type": "quantitative",
                    "title": "Rows learned from",
                },
                score_axis("score", "Accuracy, or R²"),
                diagonal=False,
                points=True,
            ),
            say_learning,
        ),
        Chart(
            "epochs",
            "Loss by epoch",
            epoch_rows,
            lines(
                {"field": "epoch", "type": "quantitative", "title": word("Epoch")},
                score_axis("loss", "Loss"),
                diagonal=False,
            ),
            say_epochs,
        ),
        Chart(
            "heads",
            "Loss of each head by epoch",
            head_rows,
            head_marks,
            say_heads,
        ),
        *MARKET_CHARTS,
        *SAMPLE_CHARTS,
        *(dependence_chart(place) for place in range(DEPENDENCES)),
        Chart(
            "search_heat",
            "Search: two hyperparameters",
            heat_rows,
            heat_marks,
            say_search,
            is_printed=False,
        ),
        Chart(
            "search_lines",
            "Search: a line for each trial",
            parallel_rows,
            parallel_marks,
            say_search,
            is_printed=False,
        ),
    )
}

#: The charts that only families have.
FAMILY_CHARTS = frozenset(chart.name for chart in (*MARKET_CHARTS, *SAMPLE_CHARTS))


def charts_of(details: dict[str, Any]) -> list[Chart]:
    """Return the charts a result has data for."""
    return [chart for chart in CHARTS.values() if chart.rows(details)]
