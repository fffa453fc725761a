"""Synthetic transits: the columns of the contract, plausible and seeded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from django.conf import settings

from datasets.generators.transits.generator import VERDICTS, generate
from datasets.generators.transits.parameters import TransitsParameters
from experiments.families.exoplanet.declaration import CONTRACT

EXAMPLE = Path(settings.BASE_DIR, "static", "examples", "example_dataset.csv")


def made(**changes) -> pl.DataFrame:
    wanted = TransitsParameters(**{"n_per_class": 200} | changes)
    return pl.concat(list(generate(wanted)))


def test_the_table_keeps_the_contract_of_the_family():
    rows = made()

    assert not CONTRACT.lacking(rows.columns)
    assert rows.height == 600
    assert set(rows["label"]) == set(VERDICTS)
    for column in CONTRACT.role("feature"):
        low, high = rows[column.name].min(), rows[column.name].max()
        assert column.allows(low, high), column.name
        assert column.is_usual(low, high), column.name


def test_a_planet_like_the_earth_takes_half_a_day():
    rows = made(n_per_class=5000).filter(
        (pl.col("label") == "CONFIRMED")
        & pl.col("srad").is_between(0.95, 1.05)
        & (pl.col("impact") < 0.3)
    )

    of_a_year = rows["duration"] * (365.25 / rows["period"]) ** (1 / 3)
    assert of_a_year.median() == pytest.approx(13, abs=1)


def test_verdicts_differ_where_they_do_in_the_sky():
    rows = made(n_per_class=2000)
    middle = {v: rows.filter(label=v)["depth"].median() for v in VERDICTS}

    assert middle["FALSE POSITIVE"] > 3 * middle["CONFIRMED"]
    assert rows.filter(label="CONFIRMED")["impact"].max() < 0.9
    assert rows.filter(label="FALSE POSITIVE")["impact"].max() > 1


def test_undecided_candidates_are_as_wanted():
    sure, unsure = (made(undecided=u).filter(label="CANDIDATE") for u in (0.0, 1.0))

    assert sure["impact"].max() < 0.9 < unsure["impact"].max()


def test_the_same_seed_gives_the_same_objects():
    assert made(seed=3).equals(made(seed=3))
    assert not made(seed=3).equals(made(seed=4))
    assert (np.array(made()["label"][:20]) != "CANDIDATE").any()


def test_the_example_that_is_shipped_is_drawn_here_with_labels_as_numbers():
    columns = [column.name for column in CONTRACT.columns]
    codes = {label: code for code, label in enumerate(VERDICTS)}
    drawn = made(n_per_class=100, seed=42).select(columns)

    shipped = pl.read_csv(EXAMPLE)

    assert shipped.equals(
        drawn.with_columns(pl.col("label").replace_strict(codes, return_dtype=pl.Int64))
    )
