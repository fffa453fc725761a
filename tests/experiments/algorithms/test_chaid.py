from __future__ import annotations

import pickle
from math import exp

import numpy as np
import pytest
from scipy import stats
from sklearn.utils.estimator_checks import parametrize_with_checks

from experiments.algorithms.chaid.associations import (
    ClassAssociation,
    NumberAssociation,
)
from experiments.algorithms.chaid.estimator import ChaidClassifier, ChaidRegressor
from experiments.algorithms.chaid.merging import Merger, Rules, groupings, merges_tried

NAN = np.nan
FEMALE, MALE = 0, 1
CHERBOURG, QUEENSTOWN, SOUTHAMPTON = 0, 1, 2
MISSING = 3
#: Sex, port, how many of them died and lived: the 1,309 passengers of the Titanic.
TITANIC = [
    (FEMALE, CHERBOURG, 11, 102),
    (FEMALE, QUEENSTOWN, 23, 37),
    (FEMALE, SOUTHAMPTON, 93, 198),
    (FEMALE, NAN, 0, 2),
    (MALE, CHERBOURG, 109, 48),
    (MALE, QUEENSTOWN, 56, 7),
    (MALE, SOUTHAMPTON, 517, 106),
]
PLAIN = {"min_samples_split": 2, "min_samples_leaf": 1, "bonferroni": False}


@parametrize_with_checks([ChaidClassifier(), ChaidRegressor()])
def test_chaid_keeps_the_contract_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def passengers() -> tuple[np.ndarray, np.ndarray]:
    rows = [(s, p, k) for s, p, *n in TITANIC for k in (0, 1) for _ in range(n[k])]
    table = np.array(rows, float)
    return table[:, :2], table[:, 2].astype(int)


@pytest.fixture(scope="module")
def titanic(passengers) -> ChaidClassifier:
    return ChaidClassifier(**PLAIN, categorical_features=[0, 1]).fit(*passengers)


def test_titanic_has_the_tree_and_figures_of_the_chaid_package(titanic):
    asked = [node.question for node in titanic.nodes_ if node.question]

    assert [question.groups for question in asked] == [
        ((FEMALE,), (MALE,)),
        ((CHERBOURG, MISSING), (QUEENSTOWN, SOUTHAMPTON)),
        ((CHERBOURG,), (QUEENSTOWN, SOUTHAMPTON)),
    ]
    assert [question.statistic for question in asked] == pytest.approx(
        [365.886947811, 24.0936494474, 16.4413525404], rel=1e-11
    )
    assert [exp(question.log_p) for question in asked] == pytest.approx(
        [1.47145310169e-81, 9.17624191599e-07, 5.017855245e-05], rel=1e-9
    )
    assert titanic.nodes_[0].sums.tolist() == [809, 500]


def test_unseen_values_end_at_the_node_that_does_not_know_them(titanic):
    unknown_sex, unknown_port, missing_port = titanic.predict_proba(
        [[9, CHERBOURG], [MALE, 9], [MALE, NAN]]
    )

    assert unknown_sex.tolist() == [809 / 1309, 500 / 1309]
    assert unknown_port.tolist() == missing_port.tolist() == [682 / 843, 161 / 843]


@pytest.mark.parametrize("statistic", ["pearson", "likelihood_ratio"])
def test_chi2_is_that_of_scipy(statistic):
    table = np.array([[10, 20, 30, 0], [25, 15, 5, 0], [7, 9, 30, 0]], float)
    power = {"pearson": 1, "likelihood_ratio": 0}[statistic]
    expected = stats.chi2_contingency(table[:, :3], correction=False, lambda_=power)

    found = ClassAssociation(statistic).compare(table[None])

    assert found.statistic == pytest.approx([expected.statistic], rel=1e-12)
    assert np.exp(found.log_p) == pytest.approx([expected.pvalue], rel=1e-12)


def test_f_is_that_of_scipy():
    rng = np.random.default_rng(0)
    groups = [rng.normal(mean, size=20 + mean) for mean in range(3)]
    table = np.array([[len(g), g.sum(), (g**2).sum()] for g in groups])
    expected = stats.f_oneway(*groups)

    found = NumberAssociation().compare(table[None])

    assert found.statistic == pytest.approx([expected.statistic], rel=1e-9)
    assert np.exp(found.log_p) == pytest.approx([expected.pvalue], rel=1e-9)


def test_p_too_small_for_a_float_still_tells_which_is_smaller():
    tables = np.array([[[n, 0], [0, n]] for n in (600, 700, 800, 900)], float)

    log_p = ClassAssociation().compare(tables).log_p

    assert log_p == pytest.approx(
        stats.norm.logsf(np.sqrt([1200, 1400, 1600, 1800])) + np.log(2), rel=1e-4
    )


@pytest.mark.parametrize(
    ("kind", "n_groups", "expected"),
    [("nominal", 2, 15), ("nominal", 3, 25), ("ordinal", 3, 6), ("floating", 3, 12)],
)
def test_groupings_of_five_categories_are_counted(kind, n_groups, expected):
    assert groupings(5, n_groups, kind) == expected


def test_merges_on_the_way_down_are_counted():
    assert (merges_tried(5, "ordinal"), merges_tried(5, "nominal")) == (10, 20)


def rules(**changes) -> Rules:
    said = {
        "association": ClassAssociation(),
        "alpha_merge": 0.05,
        "alpha_resplit": None,
        "min_leaf": 1,
        "bonferroni": True,
        "exhaustive": False,
    }
    return Rules(**{**said, **changes})


ALIKE = np.array([[80, 20], [20, 80], [78, 22], [22, 78], [79, 21]], float)


def test_categories_that_do_not_differ_are_merged():
    found = Merger(ALIKE, "nominal", rules()).grouping()

    assert found.groups == ((0, 2, 4), (1, 3))


def test_ordered_categories_merge_with_neighbours_only():
    found = Merger(ALIKE, "ordinal", rules()).grouping()

    assert found.groups == ((0,), (1,), (2,), (3,), (4,))


def test_missing_category_merges_with_any():
    found = Merger(ALIKE, "floating", rules()).grouping()

    assert (0, 4) in found.groups or (2, 4) in found.groups


def test_p_counts_the_groupings_that_were_possible():
    once = Merger(ALIKE, "nominal", rules(bonferroni=False)).grouping()
    counted = Merger(ALIKE, "nominal", rules()).grouping()

    assert counted.log_p == pytest.approx(once.log_p + np.log(15))
    assert counted.statistic == once.statistic


def test_small_group_goes_to_the_one_it_differs_least_from():
    sums = np.array([[80, 20], [20, 80], [0, 6]], float)

    alone = Merger(sums, "nominal", rules(alpha_merge=0.2)).grouping()
    merged = Merger(sums, "nominal", rules(alpha_merge=0.2, min_leaf=10)).grouping()

    assert alone.groups in (((0,), (1, 2)), ((0,), (1,), (2,)))
    assert merged.groups == ((0,), (1, 2))


def test_merged_group_is_divided_where_its_parts_differ():
    sums = np.array([[23, 7], [13, 7], [17, 13], [7, 13], [45, 35]], float)

    merged = Merger(sums, "ordinal", rules()).grouping()
    divided = Merger(sums, "ordinal", rules(alpha_resplit=0.049)).grouping()

    assert merged is None
    assert divided.groups == ((0, 1), (2, 3, 4))


def test_exhaustive_takes_the_best_grouping_on_the_way():
    found = Merger(ALIKE, "nominal", rules(exhaustive=True)).grouping()

    assert found.groups == ((0, 2, 4), (1, 3))


def test_numbers_are_asked_in_ranges_and_all_ranges_lead_somewhere():
    X = np.concatenate([np.linspace(0, 1, 200), np.linspace(5, 6, 200)])[:, None]
    y = (X[:, 0] > 2).astype(int)
    tree = ChaidClassifier().fit(X, y)

    assert tree.predict([[-9], [0.5], [3], [5.5], [99]]).tolist()[::4] == [0, 1]
    assert len(tree.nodes_) == 3


def test_means_are_told_apart():
    rng = np.random.default_rng(3)
    kind = rng.integers(0, 4, 400).astype(float)
    y = np.array([10, 10, 20, 30])[kind.astype(int)] + rng.normal(size=400)
    tree = ChaidRegressor(categorical_features=[0], alpha_merge=0.001)

    tree.fit(kind[:, None], y)

    assert tree.nodes_[0].question.groups == ((0, 1), (2,), (3,))
    assert tree.predict([[0], [2], [3]]) == pytest.approx([10, 20, 30], abs=0.3)
    assert tree.predict([[9]]) == pytest.approx([y.mean()])


def test_row_of_weight_two_counts_as_two_rows(passengers):
    X, y = passengers
    weights = np.random.default_rng(0).integers(0, 3, len(y))
    tree = ChaidClassifier(categorical_features=[0, 1])

    weighted = tree.fit(X, y, weights).predict_proba(X)
    repeated = tree.fit(X.repeat(weights, 0), y.repeat(weights)).predict_proba(X)

    assert weighted == pytest.approx(repeated, abs=1e-12)


def test_saved_and_grown_again_answer_the_same(titanic, passengers):
    X, y = passengers

    saved = pickle.loads(pickle.dumps(titanic))
    again = ChaidClassifier(**PLAIN, categorical_features=[0, 1]).fit(X, y)

    assert saved.predict_proba(X).tolist() == titanic.predict_proba(X).tolist()
    assert again.predict_proba(X).tolist() == titanic.predict_proba(X).tolist()
