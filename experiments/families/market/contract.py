"""What both market families share: columns, and parameters with their bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.algorithms.parameters import parameter
from experiments.families.contracts import Contract, ContractColumn
from experiments.networks.parameters import NetworkParameters

if TYPE_CHECKING:
    from experiments.networks.nets import Schedule

#: The parameters that say which days are learned from.
DATA = ("days", "train_val_split", "symbols")
SYMBOLS = ("BTC", "ETH", "SOL")
#: Of the tested symbols so many have a chart of their own.
MOST_SYMBOLS = 3


def _price(name: str, meaning: str) -> ContractColumn:
    return ContractColumn(name, meaning, low=0, low_excluded=True)


CONTRACT = Contract(
    (
        ContractColumn("date", "the day", "date"),
        ContractColumn(
            "symbol",
            "what is traded; without it all is one",
            "category",
            required=False,
        ),
        _price("open", "the first price of the day"),
        _price("high", "the highest price of the day"),
        _price("low", "the lowest price of the day"),
        _price("close", "the last price of the day"),
        ContractColumn("volume", "what was traded that day", low=0),
    )
)


class MarketParameters(NetworkParameters):
    """Which days a market network learns from, and how long."""

    days: int = parameter(
        730,
        "Days",
        "The latest days of each symbol that are learned from and tested on. Days "
        "before them are looked back at only.",
        unit="days",
        recommended=(365, 730, 1095),
        ge=90,
        le=1825,
    )
    train_val_split: float = parameter(
        0.8,
        "Training share before the test",
        "Share of the days before the test that weights are learned from; the later "
        "ones decide when to stop.",
        recommended={0.7: "70/30", 0.8: "80/20", 0.9: "90/10"},
        ge=0.6,
        le=0.9,
    )
    epochs: int = parameter(
        100,
        "Epochs",
        "How often all training rows are gone through, at the most.",
        unit="epochs",
        recommended=(20, 50, 100, 200),
        ge=10,
        le=500,
    )
    patience: int = parameter(
        15,
        "Patience",
        "Epochs without progress on the days kept aside after which training ends; the "
        "best epoch is what is kept.",
        unit="epochs",
        recommended=(10, 12, 15, 20),
        ge=5,
        le=50,
    )
    batch_size: int = parameter(
        32,
        "Batch size",
        "Days the weights are corrected by at a time.",
        unit="days",
        recommended=(8, 16, 32, 64, 128),
        ge=8,
        le=256,
    )
    learning_rate: float = parameter(
        0.001,
        "Learning rate",
        "How far each correction goes. It falls by itself when nothing gets better.",
        recommended=(0.0001, 0.0005, 0.001, 0.005, 0.01),
        ge=0.0001,
        le=0.1,
    )
    dropout: float = parameter(
        0.2,
        "Dropout",
        "Share of the units that are left out at random in each correction.",
        recommended=(0, 0.2, 0.4),
        ge=0,
        le=0.9,
    )

    def schedule(self) -> Schedule:
        """Return how long and how fast to learn."""
        from experiments.networks.nets import Schedule  # noqa: PLC0415 -- heavy import

        return Schedule(
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            weight_decay=self.weight_decay,
            patience=self.patience,
            validation=1 - self.train_val_split,
            untaught_counts=True,
        )
