from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import (
    KFold,
    RepeatedKFold,
    RepeatedStratifiedKFold,
    StratifiedKFold,
    TimeSeriesSplit,
    train_test_split,
)

from experiments.evaluation.splits import Sides, make_split
from experiments.learning.plans import SplitSettings
from experiments.learning.problems import TrainingError

LABELS = np.repeat([0, 1, 2], [50, 30, 20])


def split_of(n_samples: int = 100, sides: dict | None = None, **values):
    return make_split(SplitSettings(**values), Sides(n_samples, **(sides or {})))


@pytest.mark.parametrize("strata", [None, LABELS])
def test_random_split_is_scikit_learns(strata):
    found = split_of(sides={"strata": strata}, cv_folds=5)

    train, test = train_test_split(
        np.arange(100), test_size=0.2, random_state=42, stratify=strata
    )
    assert found.train.tolist() == train.tolist()
    assert found.test.tolist() == test.tolist()
    kind = KFold if strata is None else StratifiedKFold
    labels = None if strata is None else strata[train]
    expected = kind(5, shuffle=True, random_state=42).split(train, labels)
    for (learned, tested), (inner, outer) in zip(found.folds, expected, strict=True):
        assert learned.tolist() == train[inner].tolist()
        assert tested.tolist() == train[outer].tolist()


@settings(max_examples=40, deadline=None)
@given(
    n_samples=st.integers(30, 200),
    train=st.sampled_from([0.5, 0.6, 0.7, 0.8]),
    validation=st.sampled_from([0.0, 0.1, 0.15]),
    folds=st.sampled_from([None, 2, 3, 5]),
    method=st.sampled_from(["random", "group", "time"]),
    seed=st.integers(0, 2**32 - 1),
)
def test_parts_are_disjoint_and_complete(
    n_samples, train, validation, folds, method, seed
):
    everyone = np.arange(n_samples)
    found = split_of(
        n_samples,
        {"groups": everyone % 10, "times": everyone[::-1]},
        method=method,
        train_ratio=train,
        validation_ratio=validation,
        cv_folds=folds,
        random_seed=seed,
        group_column="g",
        time_column="t",
    )

    parts = np.concatenate([found.train, found.validation, found.test])
    assert sorted(parts.tolist()) == everyone.tolist()
    for learned, tested in found.folds:
        assert not set(learned) & set(tested)
        assert not (set(learned) | set(tested)) & set(found.test)


def test_classes_keep_their_shares():
    found = split_of(sides={"strata": LABELS}, validation_ratio=0.1, train_ratio=0.7)

    for part, size in ((found.train, 70), (found.validation, 10), (found.test, 20)):
        counts = np.bincount(LABELS[part])
        assert counts.tolist() == [size // 2, 3 * size // 10, size // 5]


def test_duplicates_stay_together():
    duplicates = np.arange(100) // 3

    found = split_of(
        sides={"strata": None, "duplicates": duplicates},
        keep_duplicates_together=True,
        cv_folds=4,
    )

    assert not set(duplicates[found.train]) & set(duplicates[found.test])
    for learned, tested in found.folds:
        assert not set(duplicates[learned]) & set(duplicates[tested])
    assert sum(len(tested) for _, tested in found.folds) == len(found.train)


@pytest.mark.parametrize("strata", [None, LABELS])
def test_repeated_folds_are_scikit_learns(strata):
    found = split_of(sides={"strata": strata}, train_ratio=1, cv_folds=3, cv_repeats=4)

    kind = RepeatedKFold if strata is None else RepeatedStratifiedKFold
    repeats = kind(n_splits=3, n_repeats=4, random_state=42)
    expected = list(repeats.split(np.arange(100), strata))
    assert len(found.folds) == 12
    for (learned, tested), (inner, outer) in zip(found.folds, expected, strict=True):
        assert (learned.tolist(), tested.tolist()) == (inner.tolist(), outer.tolist())
    once = np.concatenate([tested for _, tested in found.once])
    assert sorted(once.tolist()) == list(range(100))


def test_class_shares_are_kept_in_whole_groups():
    groups = np.arange(1000) // 8
    strata = (groups % 9 == 0).astype(int)  # one class in a ninth of the groups

    for seed in range(5):
        found = split_of(
            1000,
            {"groups": groups, "strata": strata},
            method="group",
            group_column="g",
            validation_ratio=0.2,
            train_ratio=0.6,
            random_seed=seed,
        )

        for part, share in ((found.test, 0.2), (found.validation, 0.2)):
            assert abs(strata[part].sum() - share * strata.sum()) <= 8
            assert abs(len(part) - share * 1000) <= 8


def test_groups_and_equal_rows_stay_together():
    groups, duplicates = np.arange(60) // 3, np.arange(60)
    duplicates[[0, 30]] = 99  # rows of two groups are equal

    for seed in range(8):
        found = split_of(
            60,
            {"groups": groups, "duplicates": duplicates},
            method="group",
            group_column="g",
            keep_duplicates_together=True,
            random_seed=seed,
        )

        together = {*np.flatnonzero(np.isin(groups, [0, 10])).tolist()}
        assert len(together & set(found.test.tolist())) in {0, 6}


def test_groups_stay_together():
    groups = np.arange(100) // 7

    found = split_of(
        sides={"groups": groups, "strata": LABELS},
        method="group",
        group_column="g",
        train_ratio=0.6,
        validation_ratio=0.2,
        cv_folds=3,
    )

    parts = [set(groups[p]) for p in (found.train, found.validation, found.test)]
    assert not parts[0] & parts[1]
    assert not (parts[0] | parts[1]) & parts[2]


def test_time_split_leaves_the_gap_and_divides_no_moment():
    times = np.arange(100) // 4

    found = split_of(
        sides={"times": times[::-1].copy()}, method="time", time_column="t", gap=3
    )

    moments = times[::-1]
    assert moments[found.train].max() < moments[found.test].min()
    # Of 25 moments of 4 rows the last 5 are tested, and 3 before them left out.
    assert (len(found.train), len(found.test)) == (68, 20)


def test_time_folds_divide_no_moment():
    times = np.arange(100) // 4

    found = split_of(
        sides={"times": times},
        method="time",
        time_column="t",
        train_ratio=1,
        cv_folds=3,
        gap=2,
    )

    edges = [(times[a].max(), times[b].min(), times[b].max()) for a, b in found.folds]
    assert edges == [(4, 7, 12), (10, 13, 18), (16, 19, 24)]


def test_time_folds_are_scikit_learns():
    found = split_of(
        sides={"times": np.arange(100)},
        method="time",
        time_column="t",
        train_ratio=1,
        cv_folds=3,
        gap=2,
    )

    expected = list(TimeSeriesSplit(3, gap=2).split(np.arange(100)))
    for (learned, tested), (inner, outer) in zip(found.folds, expected, strict=True):
        assert (learned.tolist(), tested.tolist()) == (inner.tolist(), outer.tolist())


def test_digest_follows_rows_and_parts():
    found = split_of()
    rows = np.arange(100)

    assert found.digest(rows) == split_of().digest(rows)
    assert found.digest(rows) != split_of(random_seed=43).digest(rows)
    assert found.digest(rows) != found.digest(rows + 1)
    assert found.digest(rows) != split_of(cv_folds=3).digest(rows)


@pytest.mark.parametrize(
    ("n_samples", "sides", "values", "sentence"),
    [
        (1, {}, {}, "1 rows are too few to keep 1"),
        (3, {}, {"train_ratio": 1, "cv_folds": 5}, "3 rows are too few for 5 folds"),
        (10, {"strata": [0] * 9 + [1]}, {}, "class with one row"),
        (10, {"strata": [0, 1, 2, 3, 4] * 2}, {}, "each of the 5 classes"),
        (10, {"strata": [0] * 7 + [1] * 3}, {"cv_folds": 5}, "too few for 5 folds"),
        (10, {"groups": [0] * 10}, {"method": "group"}, "one group only"),
        (10, {"groups": [0, 1] * 5}, {"method": "group", "cv_folds": 3}, "groups are"),
        (10, {"times": range(10)}, {"method": "time", "gap": 9}, "gap of 9 moments"),
        (6, {"times": range(6)}, {"method": "time", "cv_folds": 6}, "6 folds in time"),
        (10, {}, {"method": "group"}, "needs the column"),
        (10, {}, {"method": "time"}, "needs the column"),
    ],
)
def test_too_few_rows_are_told(n_samples, sides, values, sentence):
    arrays = {name: np.array(list(side)) for name, side in sides.items()}

    with pytest.raises(TrainingError, match=sentence):
        split_of(n_samples, arrays, group_column="g", time_column="t", **values)
