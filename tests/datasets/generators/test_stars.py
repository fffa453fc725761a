"""Synthetic stars: what classes look like, and that chance is a seed."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from datasets.generators.stars.generator import LEVELS, generate
from datasets.generators.stars.parameters import StarsParameters
from datasets.generators.stars.sampling import observe
from datasets.generators.stars.shapes import SHAPES, Chance

#: Classes of which nobody could say what their period is.
APERIODIC = {"beater", "burster", "dipper", "long term trend", "stochastic"}


def made(**changes) -> pl.DataFrame:
    return pl.concat(list(generate(StarsParameters(**{"n_per_class": 2} | changes))))


def test_every_class_has_its_stars_in_long_form():
    rows = made()

    counts = rows.group_by("label").agg(pl.col("star_id").n_unique())
    assert dict(counts.iter_rows()) == dict.fromkeys(SHAPES, 2)
    assert len(SHAPES) == 14
    assert rows.columns == [
        "star_id", "time", "flux", "flux_err", "label", "period", "period2",
    ]  # fmt: skip


def test_a_star_says_one_label_and_one_period_in_order_of_time():
    for _, star in made().group_by("star_id"):
        assert star["label"].n_unique() == 1
        assert star["period"].n_unique() == 1
        assert star["time"].is_sorted()


def test_only_classes_that_have_a_period_say_one():
    rows = made(n_per_class=3)

    without = set(rows.filter(pl.col("period").is_null())["label"])
    with_two = set(rows.filter(pl.col("period2").is_not_null())["label"])
    assert without == APERIODIC
    assert with_two == {"resolved close peaks", "resolved distant peaks"}


def test_the_same_seed_gives_the_same_stars():
    assert made(seed=7).equals(made(seed=7))
    assert not made(seed=7).equals(made(seed=8))


def test_numbers_of_stars_do_not_tell_their_class():
    labels = made(n_per_class=10).unique("star_id", maintain_order=True)["label"]

    assert (labels[:-1] != labels[1:]).mean() > 0.8


@pytest.mark.parametrize("difficulty", LEVELS)
def test_noise_and_amplitude_are_those_of_the_difficulty(difficulty):
    level = LEVELS[difficulty]

    rows = made(difficulty=difficulty, augment=False, n_per_class=4)

    sine = rows.filter(pl.col("label") == "sinusoidal")
    assert sine["flux_err"].is_between(level.noise[0] * 0.9, level.noise[1] * 1.1).all()
    spread = sine.group_by("star_id").agg(pl.col("flux").std())["flux"]
    low, high = level.amplitude
    assert spread.is_between(low * 0.5, high + level.noise[1]).all()


def test_flaws_are_added_where_wanted():
    clean, flawed = (made(augment=flag)["flux"].to_numpy() for flag in (False, True))

    assert np.abs(clean - flawed).max() > 0.01


def test_shapes_repeat_after_their_period():
    times = np.linspace(0, 30, 4000)
    for name in ("sinusoidal", "double dip", "eclipsing binaries", "pulsator"):
        chance = Chance(np.random.default_rng(3), 30.0, 4.0)
        shape = SHAPES[name](times, chance)
        again = np.interp(times[:2000] + shape.period, times, shape.values)
        assert np.abs(again - shape.values[:2000]).mean() < 0.1, name


def test_a_space_star_is_seen_in_two_to_four_sessions():
    for seed in range(20):
        seen = observe(np.random.default_rng(seed), 30.0, 75, from_ground=False)

        assert 2 <= len(np.unique(seen.sessions)) <= 4
        assert 4.5 <= seen.span <= 30
        assert (np.diff(seen.times) > 0).all()


def test_from_the_ground_there_are_days_without_measurements():
    seen = observe(np.random.default_rng(1), 30.0, 75, from_ground=True)

    assert ((seen.times + 0.1) % 1 < 0.5).all()
    assert (np.diff(seen.times) > 0.5).sum() >= 3
