from __future__ import annotations

import numpy as np
import pytest
from sklearn.inspection import partial_dependence as reference
from sklearn.linear_model import LinearRegression

from experiments.evaluation.shapes import VALUES, partial_dependence
from experiments.learning.encoding import fit_encoder
from tests.experiments.tables import CATEGORY, NUMBER, make_frame


def encoded(onehot: bool = True):
    rng = np.random.default_rng(0)
    frame = make_frame(
        size=(NUMBER, rng.normal(size=60).tolist()),
        kind=(CATEGORY, rng.choice(["red", "green", "blue"], 60).tolist()),
    )
    encoder = fit_encoder(frame.data, frame.schema, ["size", "kind"], onehot=onehot)
    return encoder, encoder.matrix(frame.data, frame.schema)


def test_shape_of_a_number_is_scikit_learns():
    encoder, X = encoded()
    model = LinearRegression().fit(X, 3 * X[:, 0] + X[:, 1])

    (found, _) = partial_dependence(
        model.predict, X, encoder, ["size", "kind"], None, 10_000
    )

    theirs = reference(model, X, [0], custom_values={0: np.array(found["values"])})
    assert len(found["values"]) == VALUES
    assert found["lines"][0]["means"] == pytest.approx(theirs["average"][0], abs=1e-9)


@pytest.mark.parametrize("onehot", [True, False])
def test_shape_of_a_category_asks_for_each_value(onehot):
    encoder, X = encoded(onehot)

    def blue_counts(rows):
        is_blue = rows[:, 1] == (1.0 if onehot else 0.0)
        return np.column_stack([1.0 - is_blue, is_blue])

    (found,) = partial_dependence(blue_counts, X, encoder, ["kind"], ["n", "y"], 1000)

    assert found["values"] == ["blue", "green", "red"]
    assert found["lines"] == [{"label": "y", "means": [1.0, 0.0, 0.0]}]


def test_no_allowance_gives_no_shape():
    encoder, X = encoded()

    assert partial_dependence(lambda X: X[:, 0], X, encoder, ["size"], None, 5) == []
