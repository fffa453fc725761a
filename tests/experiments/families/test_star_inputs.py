"""What the star network is given: periodograms, folded curves, even grids."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.families.stars.assembling import standardised
from experiments.families.stars.folding import BINS, POINTS, fold, resample
from experiments.families.stars.periodograms import (
    LENGTH,
    N_CANDIDATES,
    periodogram,
    shown_periods,
)
from experiments.families.stars.summary import NAMES, summarised

CIRCLE = 2 * np.pi


def times(n_points: int = 400, span: float = 20.0, seed: int = 0):
    return np.sort(np.random.default_rng(seed).uniform(0, span, n_points))


def curve(values, t):
    return standardised(t, 100 + values, np.full(len(t), 0.01))


@pytest.mark.parametrize("period", [0.31, 1.7, 6.2])
def test_a_sine_is_found_to_a_fifth_of_a_per_cent(period):
    t = times()

    found = periodogram(t, np.sin(CIRCLE * t / period), 0.05, 500)

    assert found.periods[0] == pytest.approx(period, rel=0.002)
    assert found.powers[0] == pytest.approx(1, abs=0.05)


def test_power_is_the_share_of_the_variance_a_wave_explains():
    t, period = times(), 1.7
    rng = np.random.default_rng(1)
    values = np.sin(CIRCLE * t / period) + rng.normal(0, 1, len(t))
    waves = np.column_stack([np.cos(CIRCLE * t / period), np.sin(CIRCLE * t / period)])
    centred = values - values.mean()
    rest = centred - waves @ np.linalg.lstsq(waves, centred, rcond=None)[0]

    found = periodogram(t, values, 0.05, 500)

    explained = 1 - (rest**2).sum() / (centred**2).sum()
    assert found.powers[0] == pytest.approx(explained, abs=0.01)


def test_the_second_wave_is_found_beside_the_first():
    t = times()
    values = np.sin(CIRCLE * t / 1.7) + 0.5 * np.sin(CIRCLE * t / 0.62)

    found = periodogram(t, values, 0.05, 500)

    assert found.periods[:2] == pytest.approx([1.7, 0.62], rel=0.005)


def test_the_period_of_two_unequal_eclipses_is_a_candidate():
    t, period = times(900), 2.3
    phase = t / period % 1
    values = -1.0 * (np.abs(phase - 0.5) < 0.04) - 0.6 * (
        np.minimum(phase, 1 - phase) < 0.04
    )

    found = periodogram(t, values, 0.05, 500)

    nearest = np.abs(found.candidates / period - 1).min()
    assert abs(found.periods[0] / period - 1) > 0.3
    assert nearest < 0.01
    assert found.candidates.shape == (N_CANDIDATES,)


def test_what_is_shown_peaks_at_the_period_and_ends_where_the_curve_does():
    t = times()

    found = periodogram(t, np.sin(CIRCLE * t / 1.7), 0.05, 500)

    periods = shown_periods(0.05, 500)
    assert found.shown.shape == (2, LENGTH)
    assert periods[found.shown[0].argmax()] == pytest.approx(1.7, rel=0.02)
    assert found.shown[1].max() < 0.2
    assert not found.shown[:, periods > 2.1 * 20].any()


def test_curves_without_change_or_with_few_points_are_borne():
    for t, values in (
        (times(30), np.zeros(30)),
        (np.arange(10.0), np.arange(10.0)),
        (np.repeat([0.0, 1.0], 5), np.arange(10.0)),
        (np.zeros(10), np.arange(10.0)),
    ):
        one = curve(values, t)
        found = periodogram(one.times, one.values, 0.05, 500)
        _, scatter = fold(one.times, one.values, found.candidates)

        assert np.isfinite(summarised(one, found, scatter)).all()
        assert np.isfinite(found.shown).all()
        assert np.isfinite(resample(one.times, one.values)).all()


def test_folding_takes_the_mean_of_each_bin_for_every_period():
    t, periods = times(5000), np.array([1.7, 0.9, 3.4])
    values = np.random.default_rng(3).normal(size=len(t))

    folded, _ = fold(t, values, periods)

    for row, period in zip(folded, periods, strict=True):
        bins = (t / period % 1 * BINS).astype(int)
        means = np.array([values[bins == b].mean() for b in range(BINS)])
        turns = [np.allclose(row, np.roll(means, turn)) for turn in range(BINS)]
        assert sum(turns) == 1


def test_a_folded_curve_begins_at_its_lowest_point():
    t = times(4000)

    folded, scatter = fold(t, np.sin(CIRCLE * t / 1.7), np.array([1.7, 1.1]))

    assert folded[0].argmin() in {*range(4), *range(BINS - 4, BINS)}
    assert scatter[0] < 0.05
    assert scatter[1] > 0.8


def test_empty_bins_take_what_is_around_them():
    t = times(60)

    folded, _ = fold(t, np.cos(CIRCLE * t / 1.7), np.array([1.7]))

    along = np.arange(BINS) / BINS
    assert np.abs(folded[0] + np.cos(CIRCLE * along)).mean() < 0.15


def test_resampling_keeps_the_curve_and_tells_gaps():
    t = np.concatenate([np.linspace(0, 8, 500), np.linspace(16, 20, 250)])

    values, mask = resample(t, np.sin(t))

    grid = np.linspace(0, 20, POINTS)
    seen = (grid <= 8) | (grid >= 16)
    assert (mask == seen).mean() > 0.995
    assert np.abs(values - np.sin(grid))[mask == 1].max() < 0.01
    assert not values[mask == 0].any()


def test_a_summary_has_a_number_for_each_name():
    t = times()
    one = curve(np.sin(CIRCLE * t / 1.7), t)
    found = periodogram(one.times, one.values, 0.05, 500)
    _, scatter = fold(one.times, one.values, found.candidates)

    told = dict(zip(NAMES, summarised(one, found, scatter), strict=True))

    assert told["log_span"] == pytest.approx(np.log10(20), abs=0.01)
    assert told["log_period_0"] == pytest.approx(np.log10(1.7), abs=0.001)
    assert told["log_spread"] == pytest.approx(np.log10(0.01 / np.sqrt(2)), abs=0.05)
    assert told["skewness"] == pytest.approx(0, abs=0.2)


def test_measurements_with_large_errors_count_for_little():
    t = times(200)
    rng = np.random.default_rng(2)
    errors = np.where(rng.random(len(t)) < 0.7, 0.01, 3.0)
    flux = np.sin(CIRCLE * t / 1.7) + errors * rng.normal(size=200)
    one = standardised(t, flux, errors)

    weighted, alike = (
        periodogram(one.times, one.values, 0.05, 500, weights).powers[0]
        for weights in (one.weights, None)
    )

    assert weighted > 0.9
    assert alike < 0.5
    assert one.weights.mean() == pytest.approx(1)
