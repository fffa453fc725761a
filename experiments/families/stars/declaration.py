"""Classes and periods of variable stars: contract, parameters, rival."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import model_validator

from datasets.words import word
from experiments.algorithms.parameters import Setting, parameter
from experiments.families.contracts import Contract, ContractColumn
from experiments.families.family import Family, Rival
from experiments.networks.parameters import NetworkParameters

if TYPE_CHECKING:
    from collections.abc import Mapping

_HERE = "experiments.families.stars"
#: The size that is put together by hand.
OWN = "custom"
#: What it is built by.
OWN_SIZE = ("embedding", "cnn_hidden", "heads", "layers")

CONTRACT = Contract(
    (
        ContractColumn(
            "star_id", "the name of the star", "category", is_expected_new=True
        ),
        ContractColumn(
            "time", "the time of a measurement", unit="days", is_expected_new=True
        ),
        ContractColumn("flux", "the flux, larger where the star is brighter"),
        ContractColumn(
            "flux_err",
            "the error of the flux",
            low=0,
            required=False,
            missing_allowed=True,
        ),
        ContractColumn("label", "the class of the star", "category", role="target"),
        ContractColumn(
            "period",
            "the period, empty where there is none",
            unit="days",
            role="extra",
            low=0,
            low_excluded=True,
            required=False,
        ),
        ContractColumn(
            "period2",
            "a second period, empty where there is none",
            unit="days",
            role="extra",
            low=0,
            low_excluded=True,
            required=False,
        ),
    )
)

FAMILY = Family(
    CONTRACT,
    rivals=(
        Rival(
            "boosting",
            "Gradient boosting on moments and periodogram",
            f"{_HERE}.rivals:build_boosting",
            "accuracy",
        ),
    ),
    assembler=f"{_HERE}.assembling:build_assembler",
    measures=f"{_HERE}.network:errors",
    story=f"{_HERE}.story:story",
    # Rows are measurements, of which a star has a hundred to some hundreds.
    paces={
        "compact": (4e-5, 2e-4),
        "optimal": (9e-5, 4.5e-4),
        "large": (1.4e-4, 7e-4),
    },
)


class StarsParameters(NetworkParameters):
    """Hyperparameters of the star network."""

    config: Literal["compact", "optimal", "large", "custom"] = parameter(
        "compact",
        "Size",
        "compact: 1.5 million weights, quick to train and to ask; optimal: 4.7 "
        "million; large: 10.8 million, which want thousands of stars; custom: by the "
        "four numbers for it.",
        words={
            "compact": word("compact"),
            "optimal": word("optimal"),
            "large": word("large"),
            OWN: word("custom"),
        },
    )
    embedding: int = parameter(
        128,
        "Embedding",
        "Width of every token and of the transformers; a multiple of the heads. For "
        "the size “custom”.",
        unit="units",
        recommended=(64, 128, 192, 256),
        ge=16,
        le=384,
    )
    cnn_hidden: int = parameter(
        64,
        "Hidden channels",
        "Inside the convolutions. For the size “custom”.",
        unit="channels",
        recommended=(32, 64, 96, 128),
        ge=8,
        le=256,
    )
    heads: int = parameter(
        4,
        "Heads",
        "Of each transformer. For the size “custom”.",
        recommended=(2, 4, 6, 8),
        ge=1,
        le=16,
    )
    layers: int = parameter(
        2,
        "Layers",
        "Of each transformer. For the size “custom”.",
        unit="layers",
        recommended=(1, 2, 3, 4),
        ge=1,
        le=8,
    )
    epochs: int = parameter(
        30,
        "Epochs",
        "How often all stars are gone through, at the most.",
        unit="epochs",
        recommended=(10, 20, 30, 50),
        ge=1,
        le=500,
    )
    batch_size: int = parameter(
        8,
        "Batch size",
        "Stars the weights are corrected by at a time. Larger batches take less time.",
        unit="stars",
        recommended=(8, 16, 32, 64),
        ge=2,
        le=512,
    )
    patience: int = parameter(
        15,
        "Patience",
        "Epochs without progress on the stars kept aside after which training ends; "
        "the best epoch is what is kept.",
        unit="epochs",
        recommended=(5, 10, 15),
        ge=1,
        le=500,
    )
    shortest_period: float = parameter(
        0.05,
        "Shortest period",
        "Where the periodogram begins.",
        unit="days",
        recommended=(0.02, 0.05, 0.1),
        ge=0.001,
        le=100,
    )
    longest_period: float = parameter(
        500,
        "Longest period",
        "Where the periodogram ends.",
        unit="days",
        recommended=(50, 500, 2000),
        ge=0.1,
        le=10_000,
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.longest_period < 2 * self.shortest_period:
            raise ValueError(
                "longest_period must be at least twice the shortest_period."
            )
        if self.own_size and self.embedding % self.heads:
            raise ValueError("embedding must be a multiple of heads.")
        return self

    @classmethod
    def size_of(cls, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the size, with the numbers it is built by where it has no name."""
        own = OWN_SIZE if values.get("config") == OWN else ()
        return tuple(values.get(name) for name in ("config", *own))

    @property
    def own_size(self) -> tuple[int, int, int, int] | None:
        """What is built where the size has no name."""
        if self.config != OWN:
            return None
        return self.embedding, self.cnn_hidden, self.heads, self.layers


def build(parameters: StarsParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from experiments.families.stars.network import (  # noqa: PLC0415 -- heavy import
        StarNetwork,
    )
    from experiments.networks.nets import Schedule  # noqa: PLC0415 -- heavy import

    return StarNetwork(
        config=parameters.config,
        size=parameters.own_size,
        dropout=parameters.dropout,
        schedule=Schedule(
            epochs=parameters.epochs,
            batch_size=parameters.batch_size,
            learning_rate=parameters.learning_rate,
            weight_decay=parameters.weight_decay,
            judged_by="valid_accuracy",
            patience=parameters.patience,
            slow_after=3,
            rows_at_once=64,
            averaged=True,
        ),
        seed=setting.seed,
        threads=setting.threads,
        watch=setting.watch,
    )
