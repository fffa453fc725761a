"""The chart of thresholds: precision, recall and cost over all there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasets.charts.drawing import frame
from datasets.words import word
from experiments.results.charts import lines, share_axis

if TYPE_CHECKING:
    from datasets.charts.drawing import Row, Spec
    from experiments.decisions import Weighing


def threshold_rows(weighing: Weighing) -> list[Row]:
    """Return a line for each threshold and figure; cost is a share of the dearest."""
    costs = [choice.cost(weighing.costs) for choice in weighing.thresholds.choices]
    dearest = max(costs) or 1.0
    found: list[Row] = []
    for place, (choice, cost) in enumerate(
        zip(weighing.thresholds.choices, costs, strict=True)
    ):
        figures = {
            word("Precision"): choice.precision,
            word("Recall"): choice.recall,
            word("Cost, of the dearest"): cost / dearest,
        }
        found += [
            {
                "class": name,
                "order": place,
                "threshold": choice.threshold,
                "value": value,
            }
            for name, value in figures.items()
            if value is not None
        ]
    return sorted(found, key=lambda row: -len(row["class"]))


def say_thresholds(weighing: Weighing) -> str:
    chosen, cheapest = weighing.chosen, weighing.cheapest
    return (
        f"From {chosen.threshold:.3g} on, {chosen.hits} of {chosen.positives} are "
        f"found with {chosen.false_alarms} false alarms; {cheapest.threshold:.3g} "
        "costs least."
    )


def threshold_chart(weighing: Weighing) -> Spec:
    """Draw the figures of every threshold, with a line at the chosen one."""
    axes = share_axis("threshold", "Threshold"), share_axis("value", "Share")
    draw = lines(*axes, diagonal=False)
    rows = threshold_rows(weighing)
    marks = {"data": {"values": rows}, **draw(rows)}
    marks["layer"].append(
        {
            "data": {"values": [{"x": weighing.threshold}]},
            "mark": {"type": "rule", "strokeDash": [4, 4], "color": "#888888"},
            "encoding": {"x": {"field": "x", "type": "quantitative"}},
        }
    )
    return frame(word("Thresholds"), say_thresholds(weighing), marks)
