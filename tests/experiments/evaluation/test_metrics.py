from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as reference

from experiments.evaluation.metrics import (
    class_report,
    classification_metrics,
    regression_metrics,
)


def drawn(n_classes: int, n_samples: int = 200, seed: int = 0, ties: bool = False):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, n_samples)
    shares = rng.dirichlet(np.ones(n_classes), n_samples)
    if ties:
        # Eighths add up exactly, so that what is equal stays equal.
        shares = rng.multinomial(8, np.ones(n_classes) / n_classes, n_samples) / 8
    return y, shares


def expected_labels(y, predicted) -> dict[str, float]:
    found = {
        "accuracy": reference.accuracy_score(y, predicted),
        "balanced_accuracy": reference.balanced_accuracy_score(y, predicted),
        "mcc": reference.matthews_corrcoef(y, predicted),
    }
    for average in ("macro", "micro", "weighted"):
        values = reference.precision_recall_fscore_support(
            y, predicted, average=average, zero_division=0
        )
        for name, value in zip(("precision", "recall", "f1"), values, strict=False):
            found[f"{name}_{average}"] = value
    return found


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("n_classes", [2, 3, 7])
def test_classification_metrics_are_scikit_learns(n_classes, ties):
    y, shares = drawn(n_classes, ties=ties)
    expected = expected_labels(y, shares.argmax(axis=1))
    one_hot = np.eye(n_classes)[y]
    scores = shares[:, 1] if n_classes == 2 else shares
    truth = y if n_classes == 2 else one_hot
    expected |= {
        "roc_auc": reference.roc_auc_score(y, scores, multi_class="ovr"),
        "average_precision": reference.average_precision_score(truth, scores),
        "log_loss": reference.log_loss(y, shares),
        "brier": reference.brier_score_loss(y, scores),
    }

    found = classification_metrics(y, shares)

    ece = found.pop("ece")
    assert found == pytest.approx(expected, abs=1e-9)
    assert 0 <= ece <= 1


def test_class_without_rows_leaves_areas_undefined():
    y, shares = drawn(3)
    shares = shares[y != 2]
    y = y[y != 2]

    found = classification_metrics(y, shares)

    assert found["roc_auc"] is None
    assert found["average_precision"] is None
    predicted = shares.argmax(axis=1)
    assert found["f1_macro"] == pytest.approx(
        reference.f1_score(y, predicted, average="macro")
    )
    assert found["balanced_accuracy"] == pytest.approx(
        np.mean([(predicted[y == k] == k).mean() for k in (0, 1)])
    )


def test_calibration_error_by_hand():
    y = np.array([0, 0, 1, 1])
    shares = np.array([[0.85, 0.15], [0.85, 0.15], [0.85, 0.15], [0.35, 0.65]])

    found = classification_metrics(y, shares)["ece"]

    assert found == pytest.approx(0.75 * abs(2 / 3 - 0.85) + 0.25 * abs(1 - 0.65))


def test_certain_and_wrong_stays_finite():
    found = classification_metrics(np.array([0, 1]), np.array([[0.0, 1], [0, 1]]))

    assert found["log_loss"] == pytest.approx(
        reference.log_loss([0, 1], [[0.0, 1], [0, 1]])
    )


def test_regression_metrics_are_scikit_learns():
    rng = np.random.default_rng(0)
    y = rng.normal(size=100) + 10
    predicted = y + rng.normal(size=100)

    found = regression_metrics(y, predicted)

    assert found == pytest.approx(
        {
            "r2": reference.r2_score(y, predicted),
            "mae": reference.mean_absolute_error(y, predicted),
            "mse": reference.mean_squared_error(y, predicted),
            "rmse": reference.root_mean_squared_error(y, predicted),
            "mape": reference.mean_absolute_percentage_error(y, predicted),
        },
        abs=1e-9,
    )


def test_mean_predictor_explains_nothing():
    y = np.array([0.0, 1, 2, 5])

    found = regression_metrics(y, np.full(4, 2.0))

    assert found["r2"] == 0
    assert found["mape"] is None


@pytest.mark.parametrize(
    ("y", "predicted", "r2"), [([1.0], [2.0], None), ([2.0, 2], [2.0, 2], 1.0)]
)
def test_r2_of_one_value(y, predicted, r2):
    assert regression_metrics(np.array(y), np.array(predicted))["r2"] == r2


def test_no_rows_have_no_metrics():
    assert classification_metrics(np.array([], int), np.empty((0, 2))) == {}
    assert regression_metrics(np.array([]), np.array([])) == {}


def test_report_has_every_class_and_the_averages():
    y, shares = drawn(3)
    predicted = shares.argmax(axis=1)

    found = class_report(y, predicted, ["a", "b", "c"])

    theirs = reference.classification_report(
        y, predicted, output_dict=True, zero_division=0
    )
    for entry, key in zip(found["classes"], "012", strict=True):
        assert entry["precision"] == pytest.approx(theirs[key]["precision"])
        assert entry["f1"] == pytest.approx(theirs[key]["f1-score"])
        assert entry["support"] == theirs[key]["support"]
    assert found["macro"]["recall"] == pytest.approx(theirs["macro avg"]["recall"])
    assert found["weighted"]["f1"] == pytest.approx(theirs["weighted avg"]["f1-score"])
