"""Every chart there is, and those a result has data for."""

from __future__ import annotations

from typing import Any

from datasets.charts.drawing import axis
from experiments.results.chart import Chart
from experiments.results.charts.curves import curve_rows, each_curve, say_calibration
from experiments.results.charts.dependence import DEPENDENCES, dependence_chart
from experiments.results.charts.drawing import lines, score_axis, share_axis
from experiments.results.charts.learning import learning_rows, say_learning
from experiments.results.charts.residuals import (
    predicted_marks,
    residual_marks,
    residual_rows,
    say_predicted,
    say_residuals,
)
from experiments.results.epoch_charts import (
    accuracy_rows,
    called,
    epoch_rows,
    head_marks,
    head_rows,
    say_accuracies,
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

EPOCHS = axis("epoch", "Epoch", axis={"tickMinStep": 1})
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
            called(lines(EPOCHS, score_axis("loss", "Loss"), diagonal=False)),
            say_epochs,
        ),
        Chart(
            "accuracies",
            "Accuracy by epoch: rows learned from, and others",
            accuracy_rows,
            called(lines(EPOCHS, score_axis("accuracy", "Accuracy"), diagonal=False)),
            say_accuracies,
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
