from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, precision_score, recall_score

from experiments.evaluation.scoring import Answered
from experiments.evaluation.threshold_curves import POINTS, threshold_curves
from experiments.evaluation.thresholds import Costs, Thresholds

RNG = np.random.default_rng(4)


def answered(n_rows: int = 300, *, y=None, scores=None) -> Answered:
    y = RNG.integers(0, 2, n_rows) if y is None else np.array(y)
    if scores is None:
        scores = np.round(np.clip(0.3 * y + RNG.random(n_rows) * 0.7, 0, 1), 2)
    scores = np.array(scores, float)
    both = np.column_stack([1 - scores, scores])
    return Answered(y, both, both, both)


def thresholds(one: Answered, label: str = "yes") -> Thresholds:
    found = threshold_curves(["no", "yes"], [one], None)
    return Thresholds.of(found, label)


@pytest.mark.parametrize("label", ["no", "yes"])
@pytest.mark.parametrize("threshold", [0.0, 0.17, 0.5, 0.52, 0.83, 1.0])
def test_every_threshold_equals_scikit_learn(label, threshold):
    one = answered()
    place = ["no", "yes"].index(label)

    choice = thresholds(one, label).at(threshold)

    truth, taken = one.y == place, one.predicted[:, place] >= threshold
    (_, alarms), (misses, hits) = confusion_matrix(truth, taken)
    found = (choice.hits, choice.misses, choice.false_alarms)
    assert found == (hits, misses, alarms)
    assert choice.accuracy == pytest.approx((truth == taken).mean())
    if taken.any():
        assert choice.precision == pytest.approx(precision_score(truth, taken))
        assert choice.recall == pytest.approx(recall_score(truth, taken))


@pytest.mark.parametrize("costs", [Costs(), Costs(1, 10), Costs(20, 1), Costs(0, 1)])
def test_cheapest_is_the_cheapest_there_is(costs):
    one = answered()

    cheapest = thresholds(one).cheapest(costs)

    def cost(threshold: float) -> float:
        taken = one.predicted[:, 1] >= threshold
        alarms, misses = (taken & (one.y == 0)).sum(), (~taken & (one.y == 1)).sum()
        return costs.false_alarm * alarms + costs.miss * misses

    assert cost(cheapest.threshold) == pytest.approx(cheapest.cost(costs))
    least = min(cost(threshold) for threshold in np.linspace(0, 1.01, 400))
    assert cheapest.cost(costs) == pytest.approx(least)


def test_dear_misses_lower_the_threshold_and_dear_alarms_raise_it():
    found = thresholds(answered())

    low, usual, high = (
        found.cheapest(costs).threshold
        for costs in (Costs(1, 20), Costs(), Costs(20, 1))
    )

    assert low < usual < high


def test_certainties_and_many_scores_are_kept_within_bounds():
    sure = thresholds(answered(y=[1, 1, 0], scores=[1.0, 1.0, 0.2]))
    many = answered(5000, scores=RNG.random(5000))

    assert [choice.hits for choice in sure.choices] == [2, 2]
    assert len(thresholds(many).choices) == POINTS


def test_there_is_no_choice_without_rows_for_it():
    one = answered(20)

    assert threshold_curves(["no", "yes"], [], None) is None
    assert threshold_curves(["a", "b", "c"], [one], None) is None
    assert threshold_curves(None, [one], None) is None
    assert threshold_curves(["no", "yes"], [], one)["basis"] == "validation"
    assert thresholds(one, "maybe") is None
