"""How a prediction goes with one feature."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from datasets.words import Name, word
from experiments.results.chart import Chart
from experiments.results.charts.drawing import class_colour, score_axis, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasets.charts.drawing import Row, Spec

#: Features whose partial dependence is drawn.
DEPENDENCES = 6
#: Categories stand upright below their axis: long ones would leave it no height.
LONGEST_LABEL = 90  # pixels
#: A largest value of so many times the usual one leaves a linear axis all but empty.
FAR = 10
#: Share of a lone value that its axis reaches to either side.
AROUND = 0.1


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
            f"prediction lies between {told(min(means))} and {told(max(means))}."
        )

    def subject(details: dict[str, Any]) -> str:
        return f"“{shape_at(details, place)['feature']}”"

    name, title = f"dependence_{place + 1}", word("Partial dependence on")
    return Chart(name, title, rows, dependence_marks, words, subject)


def shape_at(details: dict[str, Any], place: int) -> dict[str, Any]:
    shapes = details.get("partial_dependence") or []
    return shapes[place] if place < len(shapes) else {}


def scale_of(values: Sequence[float]) -> Spec:
    """Return a logarithmic scale where most values would lie at one end of another."""
    usual, least = median(values), min(values)
    if least < 0 or max(values) < FAR * usual or not usual:
        return {"zero": False}
    if least:
        return {"type": "log"}
    return {"type": "symlog", "constant": min(value for value in values if value)}


def level(rows: list[Row]) -> Spec:
    """Give a prediction that never changes an axis around it: alone it has none."""
    means = {row["mean"] for row in rows}
    if len(means) > 1:
        return {}
    (mean,) = means
    reach = abs(mean) * AROUND or AROUND
    return {"scale": {"domain": [mean - reach, mean + reach]}}


def dependence_marks(rows: list[Row]) -> Spec:
    """Draw lines over numbers, points over categories."""
    is_number = not any(isinstance(row["value"], str) for row in rows)
    kind = "quantitative" if is_number else "nominal"
    mark = {"type": "line", "point": True} if is_number else {"type": "point"}
    x: Spec = {"field": "value", "type": kind, "title": Name(rows[0]["feature"])}
    if is_number:
        x["scale"] = scale_of([row["value"] for row in rows])
    else:
        x["axis"] = {"labelLimit": LONGEST_LABEL}
    return {
        "mark": mark,
        "encoding": {
            "x": x,
            "y": score_axis("mean", "Mean prediction") | level(rows),
            "color": class_colour(rows),
        },
    }
