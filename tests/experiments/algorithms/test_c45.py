from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.utils.estimator_checks import parametrize_with_checks

from experiments.algorithms.c45.estimator import C45Classifier
from experiments.algorithms.c45.pruning import expected_errors
from experiments.algorithms.c45.tree import LEAF, Tree
from tests.experiments.algorithms.weka import WekaTable, weka_folds, weka_table

NAN = np.nan
SUNNY, OVERCAST, RAIN = 0, 1, 2
STAY, PLAY = 0, 1
#: Outlook, temperature, humidity, wind, class: the example of Quinlan's book (1993),
#: chapter 3, where the outlook of the sixth row is missing.
GOLF = np.array(
    [
        (SUNNY, 75, 70, 1, PLAY),
        (SUNNY, 80, 90, 1, STAY),
        (SUNNY, 85, 85, 0, STAY),
        (SUNNY, 72, 95, 0, STAY),
        (SUNNY, 69, 70, 0, PLAY),
        (NAN, 72, 90, 1, PLAY),
        (OVERCAST, 83, 78, 0, PLAY),
        (OVERCAST, 64, 65, 1, PLAY),
        (OVERCAST, 81, 75, 0, PLAY),
        (RAIN, 71, 80, 1, STAY),
        (RAIN, 65, 70, 1, STAY),
        (RAIN, 75, 80, 0, PLAY),
        (RAIN, 68, 80, 0, PLAY),
        (RAIN, 70, 96, 0, PLAY),
    ]
)
#: Options, then leaves, nodes, rows right of all, rows right in ten folds: printed by
#: Weka 3.6.14, `weka.classifiers.trees.J48 -t … -x 10 -s 1`.
J48 = [
    ("iris", {}, (5, 9, 147, 144)),
    ("iris", {"confidence": 0.1, "min_samples_leaf": 5}, (4, 7, 146, 143)),
    ("diabetes", {}, (20, 39, 646, 567)),
    ("diabetes", {"unpruned": True}, (22, 43, 648, 558)),
    ("breast-cancer", {}, (4, 6, 217, 216)),
    ("breast-cancer", {"unpruned": True}, (152, 179, 252, 199)),
    ("labor", {}, (3, 5, 50, 42)),
    ("labor", {"unpruned": True}, (13, 22, 55, 45)),
    ("labor", {"subtree_raising": False}, (2, 3, 48, 42)),
    ("credit-g", {}, (103, 140, 855, 705)),
    ("vowel", {}, (106, 198, 967, 807)),
    ("vowel", {"subtree_raising": False}, (106, 198, 967, 809)),
    ("hypothyroid", {}, (15, 29, 3765, 3756)),
]


@parametrize_with_checks([C45Classifier()])
def test_c45_keeps_the_contract_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def golf() -> C45Classifier:
    tree = C45Classifier(unpruned=True, categorical_features=[0, 3])
    return tree.fit(GOLF[:, :4], GOLF[:, 4])


def test_golf_has_the_tree_of_the_book(golf):
    tree = golf.tree_

    assert tree.feature.tolist() == [0, 2, LEAF, 3, LEAF, LEAF, LEAF, LEAF]
    assert tree.threshold[1] == 75
    leaves = tree.counts[tree.feature == LEAF].round(1).tolist()
    assert leaves == [[0, 3.2], [0, 2], [3, 0.4], [0, 3], [2, 0.4]]


def test_missing_value_is_answered_as_in_the_book(golf):
    (shares,) = golf.predict_proba([[SUNNY, 70, NAN, 0]])

    assert shares[PLAY].round(2) == 0.44


def test_unseen_category_counts_as_missing(golf):
    unseen, missing = golf.predict_proba([[7, 70, 95, 1], [NAN, 70, 95, 1]])

    assert unseen.tolist() == missing.tolist()
    assert 0 < unseen[PLAY] < 1


def test_empty_branch_says_what_its_parent_says():
    X = np.array([[0, 0]] * 3 + [[0, 1]] * 3 + [[1, 0], [1, 1], [1, 2]] * 3, float)
    y = [0] * 3 + [1] * 3 + [2] * 9
    tree = C45Classifier(categorical_features=[1]).fit(X, y)

    shares = tree.predict_proba([[0, 1], [0, 2], [1, 2]])

    assert shares.tolist() == [[0, 1, 0], [0.5, 0.5, 0], [0, 0, 1]]


def test_importances_are_shares_of_what_questions_tell(golf):
    importances = golf.feature_importances_

    assert importances.sum() == pytest.approx(1)
    assert importances[1] == 0
    assert (importances[[0, 2, 3]] > 0).all()


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # Quinlan's book, chapter 4: U(0, 6), U(0, 9), U(0, 1) and U(1, 16) at 25 %;
        # whole errors are approximated by the normal distribution.
        ([6, 0], 6 * 0.206),
        ([9, 0], 9 * 0.143),
        ([1, 0], 1 * 0.750),
        ([15, 1], 16 * 0.157),
        ([0, 0], 0),
    ],
)
def test_errors_to_expect_are_those_of_the_book(counts, expected):
    (found,) = expected_errors(np.array([counts], float), 0.25)

    assert found == pytest.approx(expected, rel=0.02, abs=1e-9)


def test_iris_has_five_leaves_and_errs_as_j48_does():
    found = load_iris()
    table = WekaTable(found.data, found.target, np.zeros(4, int))

    leaves, nodes, _, right = tried(table, {})

    assert (leaves, nodes) == (5, 9)
    assert right == pytest.approx(144, abs=1.5)


@pytest.mark.parametrize(("name", "options", "printed"), J48)
def test_tree_and_folds_are_those_of_j48(name, options, printed):
    assert tried(weka_table(name), options) == printed


def test_segments_differ_from_j48_in_one_row_of_1500():
    assert tried(weka_table("segment-challenge"), {}) == (34, 67, 1485, 1436 - 1)


def tried(table: WekaTable, options: dict) -> tuple[int, int, int, int]:
    """Return leaves, nodes and rows right of all, and rows right in Weka's folds."""
    model = C45Classifier(**options, categorical_features=table.categorical)
    folds_right = 0
    for tested in weka_folds(table.y):
        learned = np.setdiff1d(np.arange(len(table.y)), tested)
        model.fit(table.X[learned], table.y[learned])
        folds_right += int((model.predict(table.X[tested]) == table.y[tested]).sum())
    model.fit(table.X, table.y)
    right = int((model.predict(table.X) == table.y).sum())
    empty = branches_nobody_took(model.tree_, table.sizes)
    tree = model.tree_
    n_leaves = int((tree.feature == LEAF).sum())
    return n_leaves + empty, len(tree.feature) + empty, right, folds_right


def branches_nobody_took(tree: Tree, sizes: np.ndarray) -> int:
    """Count the branches J48 has for values that are declared and never seen."""
    asked = tree.feature[tree.feature != LEAF]
    return int((sizes - tree.sizes)[asked].sum())


def test_depth_is_limited():
    X, y = load_iris(return_X_y=True)

    tree = C45Classifier(max_depth=1).fit(X, y).tree_

    assert tree.feature.tolist() == [tree.feature[0], LEAF, LEAF]


def test_row_of_weight_two_counts_as_two_rows():
    X, y = load_iris(return_X_y=True)
    weights = np.random.default_rng(0).integers(0, 3, len(y))

    weighted = C45Classifier().fit(X, y, weights)
    repeated = C45Classifier().fit(X.repeat(weights, 0), y.repeat(weights))

    assert weighted.predict_proba(X).tolist() == repeated.predict_proba(X).tolist()


def test_saved_and_grown_again_answer_the_same():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(300, 4)).round(1)
    X[rng.random(X.shape) < 0.2] = NAN
    X[:, 0] = rng.integers(0, 5, 300)
    y = rng.integers(0, 3, 300)
    tree = C45Classifier(categorical_features=[0]).fit(X, y)

    saved = pickle.loads(pickle.dumps(tree))
    again = C45Classifier(categorical_features=[0]).fit(X, y)

    assert saved.predict_proba(X).tolist() == tree.predict_proba(X).tolist()
    assert again.predict_proba(X).tolist() == tree.predict_proba(X).tolist()
    assert np.allclose(tree.predict_proba(X).sum(axis=1), 1)
