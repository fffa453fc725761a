"""Drift is told where there is one, and seldom where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.evaluation.drift import Level, counts, deciles, shift

N = 400


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def numbers(rng, mean: float = 0.0, size: int = N) -> list[float | None]:
    return rng.normal(mean, 1, size).tolist()


def colours(rng, share: float = 0.5, size: int = N) -> list[str]:
    return rng.choice(["red", "blue"], size, p=[share, 1 - share]).tolist()


@pytest.mark.parametrize(
    ("mean", "level"), [(0.0, Level.STEADY), (0.4, Level.MOVED), (2.0, Level.FAR)]
)
def test_numbers_that_moved_are_told_by_how_far(rng, mean, level):
    found = shift(deciles(numbers(rng)), numbers(rng, mean))

    assert (found.test, found.level(1)) == ("KS", level)


@pytest.mark.parametrize(
    ("share", "level"), [(0.5, Level.STEADY), (0.7, Level.MOVED), (0.95, Level.FAR)]
)
def test_categories_that_moved_are_told_by_how_far(rng, share, level):
    found = shift(counts(colours(rng)), colours(rng, share))

    assert (found.test, found.level(1)) == ("χ²", level)


@pytest.mark.parametrize(("kept", "make"), [(deciles, numbers), (counts, colours)])
def test_what_did_not_move_is_seldom_called_moved(rng, kept, make):
    known = kept(make(rng))

    levels = [shift(known, make(rng)[:60]).level(1) for _ in range(300)]

    assert sum(level != Level.STEADY for level in levels) <= 6  # 1 % of 300, twice


def test_statistics_are_those_of_scipy():
    from scipy import stats  # noqa: PLC0415 -- heavy import

    before, now = [3] * 30 + [7] * 50, [3] * 40 + [7] * 40
    numeric = shift(deciles(before), now)
    named = shift(counts(list(map(str, before))), list(map(str, now)))

    assert numeric.statistic == pytest.approx(stats.ks_2samp(before, now).statistic)
    table = [[30, 50], [40, 40]]
    expected = stats.chi2_contingency(table, correction=False)
    assert named.statistic == pytest.approx(expected.statistic)
    assert named.p_value == pytest.approx(2 * expected.pvalue)


def test_missing_values_alone_move_a_column(rng):
    found = shift(deciles(numbers(rng)), [*numbers(rng, size=200), *[None] * 200])

    assert (found.missing, found.missing_before) == (0.5, 0.0)
    assert found.level(10) is Level.FAR


def test_unseen_categories_count_as_others():
    found = shift(counts(["a"] * 90 + ["b"] * 10), ["c"] * 50)

    assert found.level(10) is Level.FAR


@pytest.mark.parametrize("values", [[], [None, None]])
def test_nothing_is_said_of_no_values(values):
    assert shift(deciles([1.0, 2.0]), values) is None
    assert shift(counts([None]), ["a"]) is None
