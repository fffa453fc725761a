"""How a prediction moves with one feature, all others as they are (partial dependence).

The work is bounded by counting rows, as that of importances is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from datasets.tables import NUMERIC, ColumnType
from experiments.evaluation.metrics import positive_classes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from experiments.learning.encoding import Encoder, FeatureCode

    Predict = Callable[["Array"], "Array"]

Array = np.ndarray[Any, np.dtype[np.float64]]
Json = dict[str, Any]

#: The most important features that are looked at, and values of each.
FEATURES = 6
VALUES = 12
#: More rows make the mean no surer to the eye.
ROWS = 200
#: More lines than this in one chart are not told apart.
CLASSES = 6


def partial_dependence(
    predict: Predict,
    X: Array,
    encoder: Encoder,
    ranked: Sequence[str],
    labels: Sequence[Any] | None,
    n_predicted: int,
) -> list[Json]:
    """Return the mean prediction at values of each of the most important features.

    Parameters
    ----------
    predict : callable
        From rows to probabilities of shape (n_samples, n_classes), or to numbers.
    X : array of float, shape (n_samples, n_columns)
    encoder : Encoder
    ranked : sequence of str
        Names of features, the most important first.
    labels : sequence or None
        What the classes are called; None for numbers.
    n_predicted : int
        How many rows may be predicted.

    Returns
    -------
    list of dict
        `feature`, `values`, and `lines`: each `label` (None for numbers) and `means`.
    """
    places = dict(
        zip(
            (feature.name for feature in encoder.features),
            zip(encoder.features, encoder.groups, strict=True),
            strict=True,
        )
    )
    chosen = [places[name] for name in ranked if _is_shown(places[name][0])][:FEATURES]
    size = min(len(X), ROWS, n_predicted // (VALUES * max(1, len(chosen))))
    if not size:
        return []
    rows = X[np.unique(np.linspace(0, len(X) - 1, size).astype(int))]
    return [
        _shape(predict, rows, feature, place, encoder.onehot, labels)
        for feature, place in chosen
    ]


def _is_shown(feature: FeatureCode) -> bool:
    if feature.is_empty or feature.width > 1:
        return False
    if feature.is_category and not feature.categories:
        return False
    return feature.is_category or feature.type in {*NUMERIC, ColumnType.BOOLEAN}


def _shape(
    predict: Predict,
    rows: Array,
    feature: FeatureCode,
    place: slice,
    onehot: bool,
    labels: Sequence[Any] | None,
) -> Json:
    if feature.is_category:
        values: Sequence[Any] = feature.categories[:VALUES]
        width = place.stop - place.start
        codes = np.eye(width) if onehot else np.arange(float(len(values)))[:, None]
        columns = codes[: len(values)]
    else:
        values = _values(rows[:, place.start])
        columns = np.array(values, float)[:, None]
    copies = np.repeat(rows[None], len(values), axis=0)
    copies[:, :, place] = columns[:, None, :]
    found = predict(copies.reshape(-1, rows.shape[1]))
    means = found.reshape(len(values), len(rows), -1).mean(axis=1)
    return {
        "feature": feature.name,
        "values": list(values),
        "lines": _lines(means, labels),
    }


def _values(column: Array) -> list[float]:
    """Return values to look at: those that occur, or quantiles of many."""
    known = np.unique(column[~np.isnan(column)])
    if len(known) > VALUES:
        known = np.unique(np.quantile(known, np.linspace(0, 1, VALUES)))
    return known.tolist()


def _lines(means: Array, labels: Sequence[Any] | None) -> list[Json]:
    if labels is None:
        return [{"label": None, "means": means[:, 0].tolist()}]
    shown = list(positive_classes(len(labels)))[:CLASSES]
    return [{"label": labels[code], "means": means[:, code].tolist()} for code in shown]
