"""Vetting of transits from nine columns: contract, parameters, rival."""

from __future__ import annotations

from typing import Any

from experiments.algorithms.parameters import Setting, parameter
from experiments.families.contracts import Contract, ContractColumn
from experiments.families.family import Family, Rival
from experiments.networks.parameters import NetworkParameters

_HERE = "experiments.families.exoplanet"

CONTRACT = Contract(
    (
        ContractColumn(
            "period",
            "the orbital period",
            unit="days",
            low=0,
            low_excluded=True,
            usual=(0.05, 200_000),
        ),
        ContractColumn(
            "duration",
            "the duration of the transit",
            unit="hours",
            low=0,
            low_excluded=True,
            usual=(0.02, 500),
        ),
        ContractColumn(
            "depth",
            "the depth of the transit",
            unit="ppm",
            low=0,
            low_excluded=True,
            usual=(0.5, 1_600_000),
        ),
        ContractColumn(
            "impact", "the impact parameter", unit="stellar radii", low=0, high=200
        ),
        ContractColumn("snr", "the signal-to-noise ratio"),
        ContractColumn(
            "steff",
            "the temperature of the star",
            unit="K",
            low=0,
            low_excluded=True,
            usual=(1000, 60_000),
        ),
        ContractColumn(
            "srad", "the radius of the star", unit="R☉", low=0, low_excluded=True
        ),
        ContractColumn("slogg", "the surface gravity of the star", unit="dex"),
        ContractColumn(
            "tmag", "the brightness of the star", unit="mag", usual=(-5, 30)
        ),
        ContractColumn(
            "label",
            "the verdict",
            "category",
            role="target",
            labels={
                "CANDIDATE": ("0", "PC"),
                "CONFIRMED": ("1", "CP"),
                "FALSE POSITIVE": ("2", "FP", "FALSE_POSITIVE"),
            },
        ),
    )
)

FAMILY = Family(
    CONTRACT,
    rivals=(
        Rival(
            "boosting",
            "Gradient boosting on the same columns",
            f"{_HERE}.rivals:build_boosting",
            "accuracy",
        ),
    ),
    split={"keep_duplicates_together": True},
    fewest_of_class=100,
    measures=f"{_HERE}.network:errors",
    story=f"{_HERE}.story:story",
    paces={"": (2e-4, 6e-4)},
)


class ExoplanetParameters(NetworkParameters):
    """Hyperparameters of the vetting network."""

    dropout: float = parameter(
        0.2,
        "Dropout",
        "Share of the units that are left out at random in each correction.",
        recommended=(0, 0.2, 0.4),
        ge=0,
        le=0.9,
    )


def build(parameters: ExoplanetParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from experiments.families.exoplanet.network import (  # noqa: PLC0415 -- heavy import
        ExoplanetNetwork,
    )
    from experiments.networks.nets import Schedule  # noqa: PLC0415 -- heavy import

    return ExoplanetNetwork(
        dropout=parameters.dropout,
        schedule=Schedule(
            epochs=parameters.epochs,
            batch_size=parameters.batch_size,
            learning_rate=parameters.learning_rate,
            weight_decay=parameters.weight_decay,
            judged_by="valid_accuracy",
            patience=parameters.patience,
            averaged=True,
        ),
        seed=setting.seed,
        threads=setting.threads,
        watch=setting.watch,
    )
