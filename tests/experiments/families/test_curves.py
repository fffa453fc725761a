from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from experiments.families.exoplanet.curves import (
    CURVE_LENGTH,
    DECADES,
    FAINT,
    curve_edges,
    flat_share,
    transit_curves,
)

MIDDLE = CURVE_LENGTH // 2
#: Period (days), duration (hours), depth (ppm), impact: the extremes of Kepler's table,
#: a hot Jupiter, an Earth, and grazing and deep eclipses.
ROWS = np.array(
    [
        (0.2997, 0.167, 0.8, 0.0),
        (129995.8, 117.5, 1_541_400.0, 99.9),
        (3.52, 3.1, 14_700.0, 0.5),
        (365.25, 13.0, 84.0, 0.0),
        (1.2, 2.0, 500.0, 1.05),
        (0.5, 11.9, 300_000.0, 0.9),
    ]
)


@pytest.fixture(scope="module")
def curves():
    return transit_curves(*ROWS.T)


def test_every_row_keeps_its_depth(curves):
    drawn = -curves.min(axis=1)

    assert drawn == pytest.approx(np.log10(1 + ROWS[:, 2] / FAINT) / DECADES, rel=1e-6)


def test_every_row_keeps_its_width(curves):
    # The last row has no end: its next transit begins when this one is over.
    side, edges, half = curves[:5, MIDDLE + 1 :], curve_edges(), ROWS[:5, 1] / 2
    last = (side == 0).argmax(axis=1)

    # The last bin within the transit holds its end.
    assert (edges[last - 1] < half).all()
    assert (half <= edges[last] * (1 + 1e-9)).all()


def archive(name):
    """Return the rows of a table of the archive that say all that a curve needs."""
    path = Path(os.environ.get("DATAMINE_TEST_DATA", "."), "exoplanets", name)
    if not path.exists():
        pytest.skip(f"DATAMINE_TEST_DATA has no exoplanets/{name}")
    rows = pl.read_csv(path, infer_schema_length=None).with_columns(
        pl.col("impact").cast(pl.Float64).fill_null(0.3)  # which TESS does not tell
    )
    sizes = rows.select("period", "duration", "depth", "impact").cast(pl.Float64)
    return sizes.drop_nulls().filter(pl.col("depth") > 0).to_numpy()


@pytest.mark.parametrize(
    ("name", "most"), [("koi_converted.csv", 6000), ("toi_converted.csv", 700)]
)
def test_every_object_of_the_archive_keeps_depth_and_width(name, most):
    rows, edges = archive(name), curve_edges()
    assert len(rows) > most
    for some in np.array_split(rows, len(rows) // 500):  # 500 curves are 8 MB
        drawn = transit_curves(*some.T)

        depth = FAINT * (10 ** (-drawn.min(axis=1).astype(float) * DECADES) - 1)
        ends = edges[(drawn[:, MIDDLE + 1 :] == 0).argmax(axis=1)]

        assert depth == pytest.approx(some[:, 2], rel=1e-5)
        assert (ends >= some[:, 1] / 2 * (1 - 1e-9)).all()
        assert (ends <= some[:, 1] / 2 * 1.02).all()


def test_the_next_transit_is_at_the_period(curves):
    edges, period = curve_edges(), ROWS[3, 0] * 24
    bin_of = np.searchsorted(edges, period) - 1

    assert curves[3, MIDDLE + 1 + bin_of] == curves[3, MIDDLE]
    assert curves[3, MIDDLE - 1 - bin_of] == curves[3, MIDDLE]
    assert curves[3, MIDDLE + bin_of - 20] == 0


def test_curves_are_symmetric_and_between_0_and_1(curves):
    assert curves.shape == (6, 2001)
    assert np.array_equal(curves, curves[:, ::-1])
    assert curves.max() == 0
    assert curves.min() > -1.05


def test_a_faint_and_a_deep_transit_are_both_seen():
    faint, deep = transit_curves(*np.array([(5, 3, 100, 0.2), (5, 3, 1e5, 0.2)]).T)

    assert faint.min() < -0.1
    assert -0.8 < deep.min() < -0.7


def test_a_grazing_transit_has_no_flat_part():
    assert flat_share(np.array([10_000.0] * 3), np.array([0.0, 0.95, 2.0])) == (
        pytest.approx([0.818, 0.0, 0.0], abs=1e-3)
    )
