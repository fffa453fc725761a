"""Every metric a result may hold: its name, its title, and which way is better."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from datasets.words import word
from experiments.algorithms.catalogue import Task

Value = TypeVar("Value")

CLASSES, NUMBERS = Task.CLASSIFICATION, Task.REGRESSION


@dataclass(frozen=True)
class Metric:
    """One figure: `higher` says whether more of it is better.

    `only` names the algorithm that alone measures it; "" is all of its task.
    """

    name: str
    title: str
    task: Task
    higher: bool = True
    only: str = ""


_AVERAGED = (
    Metric("precision_macro", "Precision, macro", CLASSES),
    Metric("precision_micro", "Precision, micro", CLASSES),
    Metric("precision_weighted", "Precision, weighted", CLASSES),
    Metric("recall_macro", "Recall, macro", CLASSES),
    Metric("recall_micro", "Recall, micro", CLASSES),
    Metric("recall_weighted", "Recall, weighted", CLASSES),
    Metric("f1_macro", "F1, macro", CLASSES),
    Metric("f1_micro", "F1, micro", CLASSES),
    Metric("f1_weighted", "F1, weighted", CLASSES),
)

_OF_PLANETS = (
    Metric("period_mae", "Period, mean error (days)", CLASSES, higher=False),
    Metric("depth_mae", "Depth, mean error (ppm)", CLASSES, higher=False),
)
_OF_STARS = (
    Metric("period_mae_dex", "Period, mean error (dex)", CLASSES, higher=False),
    Metric("period_within_1", "Periods within 1 %", CLASSES),
    Metric("period_within_5", "Periods within 5 %", CLASSES),
    Metric("period2_mae_dex", "Period 2, mean error (dex)", CLASSES, higher=False),
)

METRICS = {
    metric.name: metric
    for metric in (
        Metric("accuracy", "Accuracy", CLASSES),
        Metric("balanced_accuracy", "Balanced accuracy", CLASSES),
        *_AVERAGED,
        Metric("roc_auc", "ROC AUC", CLASSES),
        Metric("average_precision", "Average precision", CLASSES),
        Metric("mcc", "Matthews correlation", CLASSES),
        Metric("log_loss", "Log loss", CLASSES, higher=False),
        Metric("brier", "Brier score", CLASSES, higher=False),
        Metric("ece", "Calibration error", CLASSES, higher=False),
        *(replace(metric, only="exoplanet") for metric in _OF_PLANETS),
        *(replace(metric, only="stars") for metric in _OF_STARS),
        Metric("r2", "R²", NUMBERS),
        Metric("mae", "Mean absolute error", NUMBERS, higher=False),
        Metric("rmse", "Root mean squared error", NUMBERS, higher=False),
        Metric("mse", "Mean squared error", NUMBERS, higher=False),
        Metric("mape", "Mean absolute percentage error", NUMBERS, higher=False),
    )
}

#: The four that stand large on the results page, per task, the first one sorts lists.
HEADLINES = {
    CLASSES: ("accuracy", "f1_macro", "roc_auc", "ece"),
    NUMBERS: ("r2", "mae", "rmse", "mape"),
}

#: The ones with a column in lists, where a list has experiments of their task.
LISTED = ("accuracy", "f1_macro", "roc_auc", "r2", "rmse")

#: The ones people sort long lists by: each has an index, others are read row by row.
INDEXED = (
    *LISTED,
    "balanced_accuracy",
    "average_precision",
    "mcc",
    "log_loss",
    "brier",
    "ece",
    "mae",
    "mape",
)

#: What learning in epochs tells of each, as far as it is known, and its title.
EPOCH_FIGURES = {
    "train_loss": word("loss"),
    "valid_loss": word("validation loss"),
    "valid_accuracy": word("validation accuracy"),
    "valid_r2": word("validation R²"),
}

#: Significant digits of a headline: lists parse thousands of them to sort.
DIGITS = 6


#: What only families measure, and nobody sorts by.
OF_FAMILIES = {
    "qlike": "QLIKE",
    "r2_symbols": word("R², mean over symbols"),
    "within_90%_of_volatility_1": word("Within the interval for nine in ten, 1 day"),
    "within_90%_of_volatility_7": word("Within the interval for nine in ten, 7 days"),
    "within_90%_of_volatility_30": word("Within the interval for nine in ten, 30 days"),
    "flips_a_year": word("Changes of regime a year, foretold"),
    "true_flips_a_year": word("Changes of regime a year, true"),
}


def in_order(found: Mapping[str, Value]) -> dict[str, Value]:
    """Return figures in the order people know, those of other packages at the end.

    PostgreSQL keeps the keys of JSON in an order of its own.
    """
    known = [name for name in (*METRICS, *OF_FAMILIES) if name in found]
    return {name: found[name] for name in (*known, *sorted(found.keys() - {*known}))}


def is_metric(name: str) -> bool:
    return name in METRICS


def title_of(name: str) -> str:
    """Return how people call a metric; one of another package keeps its name."""
    if name in OF_FAMILIES:
        return OF_FAMILIES[name]
    return METRICS[name].title if name in METRICS else name.replace("_", " ")


def noun_of(name: str) -> str:
    """Return a metric as a sentence has it: “balanced accuracy”, but “ROC AUC”."""
    title = title_of(name)
    return title[0].lower() + title[1:] if title[1:2].islower() else title


def gain(name: str, value: float, baseline: float) -> float:
    """Return by how much `value` is better than `baseline`; negative is worse."""
    better = METRICS[name].higher if name in METRICS else True
    return value - baseline if better else baseline - value


def headline_of(metrics: dict[str, Any]) -> dict[str, float]:
    """Return what a result is known by: its test metrics, or the means over folds."""
    found = metrics.get("test") or {
        name: values.get("mean")
        for name, values in (metrics.get("cross_validation") or {}).items()
        if isinstance(values, dict)
    }
    return {
        name: float(f"{value:.{DIGITS}g}")
        for name, value in found.items()
        if isinstance(value, int | float) and math.isfinite(value)
    }
