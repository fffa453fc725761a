"""Charts of a result, declared once for the page, the API and the PDF.

Each function takes the stored result and returns a Vega-Lite document, or None where
the result has nothing to draw. No chart holds more than `MARKS` marks; the same class
has the same colour on all of them, told apart also without seeing colours (Okabe and
Ito); no document needs `eval`, so the strict content policy holds with Vega's own
interpreter (`ast: true`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import altair as alt

Spec = dict[str, Any]
Rows = list[dict[str, Any]]

MARKS = 5_000
PALETTE = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#999999",
    "#F0E442",
)
_GREY = "#999999"
_HEIGHT = 280


def roc_chart(result: Mapping[str, Any]) -> Spec | None:
    """Return the ROC curves, one a class, beside what chance would give."""
    curves = _curves(result, "roc")
    if not curves:
        return None
    areas = ", ".join(f"{curve['label']} {curve['auc']:.3f}" for curve in curves)
    chart = _lines(
        _points(curves, "fpr", "tpr"),
        ("False positive rate", "True positive rate"),
        [str(curve["label"]) for curve in curves],
    )
    return _document(chart, "ROC curve", f"Area under the curve: {areas}.", diagonal=1)


def precision_recall_chart(result: Mapping[str, Any]) -> Spec | None:
    """Return the precision-recall curves, one a class."""
    curves = _curves(result, "pr")
    if not curves:
        return None
    precision = ", ".join(
        f"{curve['label']} {curve['average_precision']:.3f}" for curve in curves
    )
    chart = _lines(
        _points(curves, "recall", "precision"),
        ("Recall", "Precision"),
        [str(curve["label"]) for curve in curves],
    )
    return _document(chart, "Precision and recall", f"Average precision: {precision}.")


def calibration_chart(result: Mapping[str, Any]) -> Spec | None:
    """Return how often a class came true, against how likely it was said to be."""
    curves = _curves(result, "calibration")
    if not curves:
        return None
    chart = _lines(
        _points(curves, "predicted", "observed"),
        ("Predicted probability", "Observed share"),
        [str(curve["label"]) for curve in curves],
        point=True,
    )
    text = "Observed shares of each class against predicted probabilities, in ten bins."
    return _document(chart, "Calibration", text, diagonal=1)


def residual_chart(result: Mapping[str, Any]) -> Spec | None:
    """Return the residuals against what was predicted, for a regression."""
    import altair as alt  # noqa: PLC0415 -- heavy import

    found = result.get("residuals")
    if not found or not found["predicted"]:
        return None
    rows = [
        {"x": predicted, "y": residual}
        for predicted, residual in zip(
            found["predicted"], found["residual"], strict=True
        )
    ][: MARKS - 1]
    points = (
        alt.Chart(_data(rows))
        .mark_circle(size=24, opacity=0.6, color=PALETTE[0])
        .encode(
            x=alt.X("x:Q", title="Predicted", scale=alt.Scale(zero=False)),
            y=alt.Y("y:Q", title="Actual minus predicted"),
            tooltip=_tooltip(("x:Q", "Predicted"), ("y:Q", "Residual")),
        )
    )
    zero = alt.Chart(_data([{"y": 0}])).mark_rule(color=_GREY).encode(y="y:Q")
    worst = max(abs(row["y"]) for row in rows)
    text = f"Residuals of {len(rows)} tested rows; the largest is {worst:.4g}."
    return _document(alt.layer(zero, points), "Residuals", text)


def history_chart(history: Sequence[Mapping[str, Any]]) -> Spec | None:
    """Return the learning curve: what was measured after every epoch."""
    names = list(dict.fromkeys(n for entry in history for n in entry if n != "epoch"))
    rows = [
        {"x": entry["epoch"], "y": entry[name], "class": name, "place": entry["epoch"]}
        for name in names
        for entry in _every(history, MARKS // max(1, len(names)))
        if isinstance(entry.get(name), int | float)
    ]
    if not rows:
        return None
    chart = _lines(rows, ("Epoch", "Value"), names)
    last = max(row["x"] for row in rows)
    return _document(chart, "Learning curve", f"{', '.join(names)} over {last} epochs.")


def importance_chart(result: Mapping[str, Any], most: int = 30) -> Spec | None:
    """Return the features the model leans on most, by shuffling, else its own word."""
    import altair as alt  # noqa: PLC0415 -- heavy import

    title, rows = _told_importances(result.get("feature_importance") or [], most)
    if not rows:
        return None
    names = [row["feature"] for row in rows]
    bars = (
        alt.Chart(_data(rows))
        .mark_bar(color=PALETTE[0])
        .encode(
            x=alt.X("value:Q", title=title),
            y=alt.Y("feature:N", title=None, sort=names),
            tooltip=_tooltip(("feature:N", "Feature"), ("value:Q", title)),
        )
    )
    text = f"{title}: most for {', '.join(names[:3])}."
    return _document(bars, "Importance of features", text, height=18 * len(rows) + 20)


def _told_importances(features: Rows, most: int) -> tuple[str, Rows]:
    for key, title in (
        ("permutation", "Score lost when shuffled"),
        ("native", "Share by the model's own account"),
    ):
        known = [entry for entry in features if entry.get(key) is not None][:most]
        if known:
            rows = [{"feature": str(e["feature"]), "value": e[key]} for e in known]
            return title, rows
    return "", []


def _curves(result: Mapping[str, Any], name: str) -> Rows:
    curves: Rows = (result.get("curves") or {}).get(name) or []
    return curves


def _points(curves: Rows, x: str, y: str) -> Rows:
    share = (MARKS - 2) // len(curves)
    return [
        {"x": across, "y": up, "class": str(curve["label"]), "place": place}
        for curve in curves
        for place, (across, up) in enumerate(
            _every(list(zip(curve[x], curve[y], strict=True)), share)
        )
    ]


def _every(items: Sequence[Any], most: int) -> Sequence[Any]:
    """Return at most `most` of the items, evenly taken."""
    step = -(-len(items) // max(1, most))
    return items[:: max(1, step)]


def _lines(
    rows: Rows, titles: tuple[str, str], classes: list[str], *, point: bool = False
) -> alt.Chart:
    import altair as alt  # noqa: PLC0415 -- heavy import

    colours = [PALETTE[place % len(PALETTE)] for place in range(len(classes))]
    return (
        alt.Chart(_data(rows))
        .mark_line(point=point, strokeWidth=2)
        .encode(
            x=alt.X("x:Q", title=titles[0]),
            y=alt.Y("y:Q", title=titles[1]),
            color=alt.Color(
                "class:N",
                title=None,
                scale=alt.Scale(domain=classes, range=colours),
                legend=None if len(classes) == 1 else alt.Undefined,
            ),
            order="place:Q",
            tooltip=_tooltip(
                ("class:N", "Class"), ("x:Q", titles[0]), ("y:Q", titles[1])
            ),
        )
    )


def _tooltip(*fields: tuple[str, str]) -> list[alt.Tooltip]:
    import altair as alt  # noqa: PLC0415 -- heavy import

    return [alt.Tooltip(field, title=title) for field, title in fields]


def _data(rows: Rows) -> alt.InlineData:
    import altair as alt  # noqa: PLC0415 -- heavy import

    return alt.InlineData(values=rows)


def _document(
    chart: Any,
    title: str,
    text: str,
    *,
    diagonal: float | None = None,
    height: int = _HEIGHT,
) -> Spec:
    """Return the finished document with its title and text alternative."""
    import altair as alt  # noqa: PLC0415 -- heavy import

    if diagonal is not None:
        ends: Rows = [{"x": 0, "y": 0}, {"x": diagonal, "y": diagonal}]
        line = alt.Chart(_data(ends)).mark_line(color=_GREY, strokeDash=[4, 4])
        chart = alt.layer(line.encode(x="x:Q", y="y:Q"), chart)
    document: Spec = chart.properties(
        title=title, description=text, width="container", height=height
    ).to_dict()
    return document
