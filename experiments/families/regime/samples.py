"""Samples of the regime family: indicators of the last days, and a regime to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from datasets.tables import ColumnType
from experiments.families.market.indicators import indicators_of
from experiments.families.market.windows import MarketAssembler
from experiments.families.regime.rules import REGIMES, margins_of, regimes_of
from experiments.families.regime.thresholds import Thresholds

if TYPE_CHECKING:
    from experiments.families.market.prices import Array, Series

INDICATORS = (
    "drawdown", "days_since_peak", "trend_30", "volatility_5", "volatility_20",
    "volatility_60", "momentum_5", "momentum_20", "strength_14", "band_20",
    "average_5_20", "average_20_50", "volume_20", "high_low", "open_close",
)  # fmt: skip
#: How far the rules are from changing their answer.
MARGINS = (
    "to_bear", "days_to_bear", "was_deep", "to_expansion", "to_bull", "to_calm",
    "to_trend",
)  # fmt: skip
SHOWN = (*INDICATORS, *MARGINS)

#: The thresholds of the house.
USUAL = Thresholds()


@dataclass(frozen=True)
class RegimeAssembler(MarketAssembler):
    """Shows indicators and regimes of the last days; the last column is today's regime.

    Parameters
    ----------
    thresholds : Thresholds
    """

    thresholds: Thresholds = USUAL

    names: ClassVar[tuple[str, ...]] = (*SHOWN, "regime")
    target_types: ClassVar = {"regime": ColumnType.CATEGORY}

    def sequences(self, series: Series) -> dict[str, Array]:
        """Return the indicators, the margins of the rules, and the regime."""
        return {
            **indicators_of(series),
            **margins_of(series.close, self.thresholds, self.ahead),
            "regime": regimes_of(series.close, self.thresholds).astype(np.float64),
        }

    def targets(self, series: Series) -> dict[str, Any]:
        """Return the name of the regime some days ahead."""
        regimes = regimes_of(series.close, self.thresholds)
        return {"regime": np.array(REGIMES, dtype=object)[regimes[self.ahead :]]}
