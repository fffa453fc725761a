"""Synthetic prices: phases that show, bars that hold together, seeds that hold."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from datasets.generators.markets.generator import generate
from datasets.generators.markets.parameters import PricesParameters
from datasets.generators.markets.paths import PHASES
from experiments.families.market.contract import CONTRACT


def made(**changes) -> pl.DataFrame:
    return pl.concat(list(generate(PricesParameters(**{"n_days": 200} | changes))))


def test_every_symbol_has_its_days_and_the_columns_of_the_contract():
    rows = made(symbols=["BTC", "ADA", "BTC"])

    assert CONTRACT.lacking(rows.columns) == []
    counts = rows.group_by("symbol").len().sort("symbol")
    assert list(counts.iter_rows()) == [("ADA", 200), ("BTC", 200)]
    assert rows["date"].n_unique() == 200


def test_a_bar_holds_all_its_prices():
    rows = made()

    ends = rows.select(
        (pl.col("low") <= pl.min_horizontal("open", "close")).all().alias("low"),
        (pl.col("high") >= pl.max_horizontal("open", "close")).all().alias("high"),
    )
    assert ends.row(0) == (True, True)
    one = rows.filter(symbol="BTC")
    assert np.allclose(one["open"][1:], one["close"][:-1])


def test_phases_move_prices_their_way():
    rows = made(n_days=3000).with_columns(
        pl.col("close").log().diff().over("symbol").alias("move")
    )
    found = dict(rows.group_by("phase").agg(pl.col("move").mean()).iter_rows())

    assert set(found) == {phase.name for phase in PHASES}
    assert found["crash"] < found["correction"] < found["rise"] < found["recovery"]


def test_the_same_seed_gives_the_same_prices_whatever_follows():
    few, more = made(symbols=["BTC"]), made(symbols=["BTC", "ETH"])

    assert more.filter(symbol="BTC").equals(few)
    assert not made(symbols=["BTC"], seed=1).equals(few)


@pytest.mark.parametrize("wrong", [{"n_days": 29}, {"symbols": []}])
def test_settings_have_bounds(wrong):
    with pytest.raises(ValidationError, match=r"should have at least|greater than or"):
        PricesParameters(**wrong)
