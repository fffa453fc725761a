"""Tables made up from a seed: the same bytes on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from datasets.tables import DATA_PAGE, ROW, ROW_GROUP, Column, ColumnType, Schema

if TYPE_CHECKING:
    from pathlib import Path

SEED = 20
DAY = 86_400_000_000

Made = tuple[ColumnType, pl.Series]


def mixed(path: Path, rows: int, columns: int = 20) -> Schema:
    """Write a table of `rows`: of 20 columns 12 are numeric, 5 text, 1 boolean,
    1 dates, 1 times; 3 % are missing in all but the first.

    Returns
    -------
    Schema
        Its columns, named by their id.
    """
    random = np.random.default_rng(SEED)
    made = [_column(random, place, rows) for place in range(columns)]
    series = [one.alias(f"c{place}") for place, (_, one) in enumerate(made)]
    row = pl.Series(ROW, np.arange(rows))
    frame = pl.DataFrame([row, *series])
    frame.write_parquet(
        path, compression="zstd", row_group_size=ROW_GROUP, data_page_size=DATA_PAGE
    )
    return Schema(
        tuple(
            Column(s.name, s.name, kind)
            for s, (kind, _) in zip(series, made, strict=True)
        )
    )


def _column(random: np.random.Generator, place: int, rows: int) -> Made:
    kind, series = _KINDS[place % len(_KINDS)](random, rows)
    if place:
        gaps = pl.Series(random.random(rows) < 0.03)
        series = (
            series.to_frame("x").select(pl.when(~gaps).then(pl.col("x"))).to_series()
        )
    return kind, series


def _key(random: np.random.Generator, rows: int) -> Made:
    return ColumnType.INTEGER, pl.Series(random.permutation(rows) + 10_000)


def _count(random: np.random.Generator, rows: int) -> Made:
    return ColumnType.INTEGER, pl.Series(random.poisson(40, rows))


def _normal(random: np.random.Generator, rows: int) -> Made:
    return ColumnType.NUMBER, pl.Series(random.normal(50, 12, rows))


def _price(random: np.random.Generator, rows: int) -> Made:
    return ColumnType.NUMBER, pl.Series(random.lognormal(3, 1, rows).round(2))


def _words(random: np.random.Generator, rows: int, different: int) -> pl.Series:
    words = pl.Series([f"value {i:x}" for i in range(different)])
    return words.gather(random.integers(0, different, rows))


def _category(random: np.random.Generator, rows: int) -> Made:
    return ColumnType.CATEGORY, _words(random, rows, 12)


def _town(random: np.random.Generator, rows: int) -> Made:
    return ColumnType.CATEGORY, _words(random, rows, 5_000)


def _text(random: np.random.Generator, rows: int) -> Made:
    return ColumnType.TEXT, _words(random, rows, max(rows // 2, 1))


def _flag(random: np.random.Generator, rows: int) -> Made:
    return ColumnType.BOOLEAN, pl.Series(random.random(rows) < 0.3)


def _day(random: np.random.Generator, rows: int) -> Made:
    days = pl.Series(random.integers(10_000, 20_000, rows), dtype=pl.Int32)
    return ColumnType.DATE, days.cast(pl.Date)


def _time(random: np.random.Generator, rows: int) -> Made:
    micros = pl.Series(random.integers(10_000 * DAY, 20_000 * DAY, rows))
    return ColumnType.DATETIME, micros.cast(pl.Datetime("us"))


_KINDS: tuple[Any, ...] = (
    _key, _count, _normal, _price, _normal, _price, _count, _normal, _price, _normal,
    _count, _normal, _category, _town, _category, _text, _town, _flag, _day, _time,
)  # fmt: skip
