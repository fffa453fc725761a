from __future__ import annotations

import numpy as np
import pytest

from experiments.networks.cuts import Cuts

pytestmark = pytest.mark.unit


def test_cuts_lie_where_classes_part():
    X = np.arange(60.0)[:, None]
    y = np.repeat([0, 1, 2], [40, 10, 10])

    cuts = Cuts(most=4).fit(X, y)

    assert cuts.cuts_[0].tolist() == [39.5, 49.5]
    asked = np.array([[-1.0], [39.5], [45.0], [99.0]])
    assert cuts.transform(asked).tolist() == [[0, 0], [0, 0], [1, 0], [1, 1]]


def test_a_few_odd_rows_make_no_cut():
    X = np.arange(60.0)[:, None]
    y = np.zeros(60, int)
    y[20:22] = 1

    (cuts,) = Cuts(most=8, fewest_rows=3).fit(X, y).cuts_

    assert np.diff(cuts, prepend=-1, append=60).min() >= 3


def test_column_that_tells_nothing_has_no_cut():
    X = np.array([[3.0, 0.0], [3.0, 0.0], [3.0, 1.0], [3.0, 1.0]])

    cuts = Cuts(fewest_rows=1).fit(X, np.array([0, 0, 1, 1]))

    assert [len(column) for column in cuts.cuts_] == [0, 1]
    assert cuts.transform(X).tolist() == [[0], [0], [1], [1]]
