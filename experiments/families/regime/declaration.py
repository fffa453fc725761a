"""Which regime a market will be in: contract, parameters, rival."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments.algorithms.parameters import Setting, parameter
from experiments.families.family import Family, Rival
from experiments.families.market.contract import CONTRACT, DATA, MarketParameters
from experiments.families.regime.thresholds import Thresholds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.families.market.windows import MarketAssembler

_HERE = "experiments.families.regime"
#: Units where nothing is said.
HIDDEN_SIZE = 32
#: Fewer days are doubtful.
A_YEAR = 365


class RegimeParameters(MarketParameters):
    """Hyperparameters of the regime network, and where a regime begins."""

    hidden_size: int | None = parameter(
        None,
        "Hidden size",
        f"Units of the network; empty means {HIDDEN_SIZE}.",
        unit="units",
        recommended=(32, 64, 128, 256),
        ge=32,
        le=256,
    )
    min_r2: None = parameter(
        None, "Least R²", "A gate of `volatility` only; always empty here."
    )
    symbols: list[str] | None = parameter(
        None,
        "Symbols",
        "What to learn from, as the column of symbols names it; empty means all.",
    )
    horizon: int = parameter(
        7,
        "Horizon",
        "How many days ahead the regime is foretold.",
        unit="days",
        recommended=(1, 7, 14, 30),
        ge=1,
        le=60,
    )
    window: int = parameter(
        30,
        "Window",
        "Days the network is shown.",
        unit="days",
        recommended=(30, 60),
        ge=5,
        le=120,
    )
    bear_drawdown: float = parameter(
        0.5,
        "Bear market: below the peak by",
        "Share of the highest price so far that was lost.",
        ge=0.05,
        le=0.95,
    )
    bear_days: int = parameter(
        30,
        "Bear market: for more than",
        "Days in a row at least that far below the peak.",
        unit="days",
        ge=0,
        le=365,
    )
    expansion_rise: float = parameter(
        0.3,
        "Expansion: rise of",
        "Share by which the price rose in 30 days, out of a bear's drawdown.",
        ge=0.01,
        le=5,
    )
    bull_drawdown: float = parameter(
        0.2,
        "Bull market: below the peak by less than",
        "Share of the highest price so far.",
        ge=0.01,
        le=0.95,
    )
    bull_volatility: float = parameter(
        0.6,
        "Bull market: volatility below",
        "Of the last 30 days, a year.",
        ge=0.01,
        le=10,
    )
    bull_trend: float = parameter(
        0.1,
        "Bull market: trend above",
        "Share by which the price rose in 30 days.",
        ge=0,
        le=5,
    )

    @property
    def thresholds(self) -> Thresholds:
        """Where a regime begins."""
        return Thresholds(
            self.bear_drawdown,
            self.bear_days,
            self.expansion_rise,
            self.bull_drawdown,
            self.bull_volatility,
            self.bull_trend,
        )


def reach(parameters: RegimeParameters) -> int:
    """Return how many days after a sample its target lies."""
    return parameters.horizon


def doubt(parameters: RegimeParameters) -> str | None:
    """Return what may come of few days: a bear market lasts longer than some."""
    if parameters.days >= A_YEAR:
        return None
    return (
        f"{parameters.days} days may lie within one regime: then there is nothing to "
        f"tell apart and training ends without a model. Take {A_YEAR} days or more, or "
        "several symbols."
    )


FAMILY = Family(
    CONTRACT,
    rivals=(
        Rival(
            "persistence",
            "Persistence (the regime stays, as often as it did)",
            f"{_HERE}.rivals:build_persistence",
            "log_loss",
            higher=False,
        ),
    ),
    split={"method": "time", "time_column": "date"},
    sections={
        "Data": DATA,
        "Regimes": (
            "horizon",
            "window",
            "bear_drawdown",
            "bear_days",
            "expansion_rise",
            "bull_drawdown",
            "bull_volatility",
            "bull_trend",
        ),
    },
    notice="Regimes are rules on past prices. The peak counts from the first day that "
    "is sent: send the whole history of a symbol. This is no advice to trade.",
    fewest_of_class=20,
    assembler=f"{_HERE}.declaration:build_assembler",
    computed_target="regime",
    measures=f"{_HERE}.network:flips",
    story=f"{_HERE}.network:story",
    reach=f"{_HERE}.declaration:reach",
    doubt=f"{_HERE}.declaration:doubt",
)


def build_assembler(
    parameters: RegimeParameters, columns: Mapping[str, str]
) -> MarketAssembler:
    """Return what makes samples of daily prices."""
    from experiments.families.regime.samples import (  # noqa: PLC0415 -- heavy import
        RegimeAssembler,
    )

    return RegimeAssembler(
        columns,
        parameters.window,
        parameters.days,
        parameters.horizon,
        tuple(parameters.symbols) if parameters.symbols else None,
        parameters.thresholds,
    )


def build(parameters: RegimeParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from experiments.families.regime.network import (  # noqa: PLC0415 -- heavy import
        RegimeNetwork,
    )

    return RegimeNetwork(
        hidden_size=parameters.hidden_size or HIDDEN_SIZE,
        dropout=parameters.dropout,
        ahead=parameters.horizon,
        schedule=parameters.schedule(),
        seed=setting.seed,
        threads=setting.threads,
        watch=setting.watch,
    )
