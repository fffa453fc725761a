"""How much a market will move: contract, parameters, rivals, gates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasets.words import word
from experiments.algorithms.parameters import Setting, parameter
from experiments.families.contracts import Contract, ContractColumn
from experiments.families.family import Family, Rival
from experiments.families.market.contract import (
    CONTRACT,
    DATA,
    SYMBOLS,
    MarketParameters,
)
from experiments.learning.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from experiments.families.market.windows import MarketAssembler

_HERE = "experiments.families.volatility"
#: The answer is about the days of the first, the others stand beside it.
HORIZONS = (7, 1, 30)
WINDOW = 60


def target_name(horizon: int) -> str:
    """Return what the volatility over the next days is called."""
    return f"volatility_{horizon}"


class VolatilityParameters(MarketParameters):
    """Hyperparameters of the volatility network, and the gate it has to pass."""

    days: int = parameter(
        365,
        "Days",
        "The latest days of each symbol that are learned from and tested on. Days "
        "before them are looked back at only.",
        unit="days",
        recommended=(365, 730, 1095, 1825),
        ge=90,
        le=1825,
    )
    hidden_size: int = parameter(
        64,
        "Hidden size",
        "Units of the network.",
        unit="units",
        recommended=(32, 64, 128, 256),
        ge=32,
        le=256,
    )
    layers: int = parameter(
        2,
        "Layers",
        "Of the LSTM, one above the other.",
        recommended=(2, 3),
        ge=2,
        le=3,
    )
    min_r2: float = parameter(
        0.5,
        "Least R²",
        "A version whose R² of the volatility over 7 days, on the test days, is below "
        "is marked. Honest figures of daily prices are about 0.2.",
        recommended=(0, 0.2, 0.5),
        ge=0,
        le=1,
    )
    symbols: list[str] | None = parameter(
        list(SYMBOLS),
        "Symbols",
        "What to learn from; empty means all that the data hold.",
    )


def _rival(name: str, title: str) -> Rival:
    return Rival(
        name,
        title,
        f"{_HERE}.rivals:build_{name}",
        "qlike",
        higher=False,
        test=f"{_HERE}.scores:compare",
    )


FAMILY = Family(
    Contract(
        (
            *CONTRACT.columns,
            *(
                ContractColumn(
                    target_name(horizon),
                    f"computed: the volatility over {horizon} days",
                    role="extra",
                    required=False,
                )
                for horizon in HORIZONS[1:]
            ),
        )
    ),
    rivals=(
        _rival("log_har", "log-HAR (volatility of a day, a week, a month)"),
        _rival("persistence", "Persistence (the last 7 days again)"),
        _rival("garch", "GARCH(1,1)"),
    ),
    split={"method": "time", "time_column": "date"},
    sections={"Data": DATA, "Volatility": ("hidden_size", "layers", "min_r2")},
    notice="Volatilities are shares a year (0.6 is 60 %), over the next 7 days. This "
    "is no advice to trade.",
    assembler=f"{_HERE}.declaration:build_assembler",
    computed_target=target_name(HORIZONS[0]),
    measures=f"{_HERE}.network:measures",
    scores=f"{_HERE}.scores:scores",
    story=f"{_HERE}.network:story",
    gates=f"{_HERE}.declaration:gates",
    reach=f"{_HERE}.declaration:reach",
)


def reach(parameters: VolatilityParameters) -> int:
    """Return how many days after a sample its targets look at."""
    return max(HORIZONS)


def gates(
    parameters: VolatilityParameters, metrics: Mapping[str, float | None]
) -> Iterator[Problem]:
    """Yield the gate that a version does not pass, beside those of its rivals."""
    reached = metrics.get("r2_symbols")
    if reached is None or reached < parameters.min_r2:
        amount = word("unknown") if reached is None else f"{reached:.3f}"
        yield Problem(
            None,
            "below_gate",
            f"Below the gate min_r2: R² of the volatility over 7 days, mean over "
            f"symbols, is {amount}, less than {parameters.min_r2:g}.",
        )


def build_assembler(
    parameters: VolatilityParameters, columns: Mapping[str, str]
) -> MarketAssembler:
    """Return what makes samples of daily prices."""
    from experiments.families.volatility import (  # noqa: PLC0415 -- heavy import
        samples,
    )

    return samples.VolatilityAssembler(
        columns,
        WINDOW,
        parameters.days,
        reach(parameters),
        tuple(parameters.symbols) if parameters.symbols else None,
    )


def build(parameters: VolatilityParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from experiments.families.volatility import (  # noqa: PLC0415 -- heavy import
        network,
    )

    return network.VolatilityNetwork(
        hidden_size=parameters.hidden_size,
        layers=parameters.layers,
        dropout=parameters.dropout,
        ahead=reach(parameters),
        schedule=parameters.schedule(),
        seed=setting.seed,
        threads=setting.threads,
        watch=setting.watch,
    )
