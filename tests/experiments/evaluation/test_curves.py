from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import auc, roc_curve

from experiments.evaluation.curves import POINTS, classification_curves, residuals


def classified(n_samples: int, n_classes: int):
    rng = np.random.default_rng(0)
    y = rng.integers(0, n_classes, n_samples)
    scores = rng.normal(size=(n_samples, n_classes)) + 2 * np.eye(n_classes)[y]
    return y, np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


def test_small_curve_is_scikit_learns():
    y, shares = classified(60, 2)

    (found,) = classification_curves(y, shares, ["no", "yes"])["roc"]

    fpr, tpr, _ = roc_curve(y, shares[:, 1], drop_intermediate=False)
    assert found["label"] == "yes"
    assert found["fpr"] == pytest.approx(fpr)
    assert found["tpr"] == pytest.approx(tpr)


def test_large_curves_are_thinned_and_keep_their_area():
    y, shares = classified(20_000, 3)

    found = classification_curves(y, shares, ["a", "b", "c"])

    for curve in found["roc"]:
        assert len(curve["fpr"]) == len(curve["tpr"]) <= POINTS
        assert (curve["fpr"][0], curve["tpr"][-1]) == (0, 1)
        assert auc(curve["fpr"], curve["tpr"]) == pytest.approx(curve["auc"], abs=2e-3)
    for curve in found["pr"]:
        assert len(curve["recall"]) <= POINTS
        assert (curve["recall"][0], curve["recall"][-1]) == (0, 1)
        assert curve["prevalence"] == pytest.approx(1 / 3, abs=0.02)


def test_calibration_counts_every_row():
    y, shares = classified(500, 2)

    (found,) = classification_curves(y, shares, ["no", "yes"])["calibration"]

    assert sum(found["count"]) == 500
    weighted = np.dot(found["observed"], found["count"])
    assert weighted == pytest.approx((y == 1).sum())


def test_class_without_rows_has_no_curve():
    y, shares = classified(50, 3)
    y[y == 1] = 0

    found = classification_curves(y, shares, ["a", "b", "c"])

    assert [curve["label"] for curve in found["roc"]] == ["a", "c"]


def test_only_the_largest_of_many_classes_are_drawn():
    y, shares = classified(500, 20)

    found = classification_curves(y, shares, list(range(20)))

    assert len(found["roc"]) == 12


def test_residuals_are_sampled():
    y = np.arange(5000.0)

    found = residuals(y, y + 1, seed=0)

    assert len(found["predicted"]) == 1000
    assert set(found["residual"]) == {-1.0}
    assert found == residuals(y, y + 1, seed=0)
