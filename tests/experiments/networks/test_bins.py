from __future__ import annotations

import numpy as np
import pytest

from experiments.networks.bins import SoftBins


def test_a_value_is_so_far_through_its_bin():
    X = np.arange(9.0)[:, None]
    bins = SoftBins(n_bins=2).fit(X, np.zeros(9, int))

    assert bins.edges_[0].tolist() == [0, 4, 8]
    assert bins.transform(np.array([[-1.0], [1.0], [4.0], [6.0], [99.0]])).tolist() == [
        [0, 0], [0.25, 0], [1, 0], [1, 0.5], [1, 1],
    ]  # fmt: skip


def test_bins_are_narrow_where_a_rare_class_is():
    X = np.concatenate([np.linspace(0, 100, 1000), np.linspace(40, 42, 20)])[:, None]
    y = np.repeat([0, 1], [1000, 20])

    (edges,) = SoftBins(n_bins=8).fit(X, y).edges_

    assert ((edges > 39) & (edges < 43)).sum() >= 4


@pytest.mark.parametrize(("values", "bins"), [([3.0, 3.0], 1), ([0.0, 1.0], 1)])
def test_few_values_make_few_bins(values, bins):
    X = np.array(values)[:, None]

    found = SoftBins(n_bins=16).fit(X, np.array([0, 1])).transform(X)

    assert found.shape == (2, bins)
    assert np.isfinite(found).all()
