"""Screening for diabetes from four values: contract, parameters, rivals."""

from __future__ import annotations

from typing import Any

from experiments.algorithms.parameters import Setting, parameter
from experiments.families.contracts import Contract, ContractColumn
from experiments.families.family import Family, Rival
from experiments.networks.parameters import NetworkParameters

_HERE = "experiments.families.diabetes"

CONTRACT = Contract(
    (
        ContractColumn(
            "HbA1c",
            "glycated haemoglobin",
            unit="%",
            low=0,
            high=30,
            low_excluded=True,
            usual=(0.5, 20),
        ),
        ContractColumn(
            "AGE", "the age", "integer", "years", low=0, high=130, usual=(15, 110)
        ),
        ContractColumn(
            "BMI",
            "the body mass index",
            unit="kg/m²",
            low=0,
            high=150,
            low_excluded=True,
            usual=(12, 70),
        ),
        ContractColumn(
            "Gender",
            "the gender",
            "category",
            labels={"M": ("male", "man"), "F": ("female", "woman")},
        ),
        ContractColumn(
            "CLASS",
            "the diagnosis",
            "category",
            role="target",
            labels={
                "N": ("Negative", "No", "None"),
                "P": ("Prediabetes", "Pre-diabetes"),
                "Y": ("Diabetes", "Yes", "Positive"),
            },
        ),
    )
)

FAMILY = Family(
    CONTRACT,
    rivals=(
        Rival(
            "hba1c_rule",
            "HbA1c rule (5.7, 6.5)",
            f"{_HERE}.rivals:build_rule",
            "balanced_accuracy",
        ),
        Rival(
            "shallow_tree",
            "Decision tree of depth 4",
            f"{_HERE}.rivals:build_tree",
            "balanced_accuracy",
        ),
    ),
    split={"keep_duplicates_together": True},
    notice="This is no medical device: it screens, and a physician diagnoses.",
    fewest_rows=10,
    fewest_of_class=10,
    paces={"": (1e-5, 6e-5)},
)


class DiabetesParameters(NetworkParameters):
    """Hyperparameters of the screening network."""

    epochs: int = parameter(
        190,
        "Epochs",
        "How often all training rows are gone through, at the most.",
        unit="epochs",
        recommended=(100, 190, 200, 300),
        ge=1,
        le=1000,
    )
    batch_size: int = parameter(
        64,
        "Batch size",
        "Rows the weights are corrected by at a time.",
        unit="rows",
        recommended=(16, 32, 64, 128),
        ge=1,
        le=1024,
    )
    hidden_size: int = parameter(
        64,
        "Hidden size",
        "Units in each of the two hidden layers.",
        unit="units",
        recommended=(32, 64, 128),
        ge=4,
        le=512,
    )
    patience: int = parameter(
        60,
        "Patience",
        "Epochs without progress on the rows kept aside after which training ends; the "
        "best epoch is what is kept.",
        unit="epochs",
        recommended=(30, 60, 190),
        ge=1,
        le=500,
    )


def build(parameters: DiabetesParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from experiments.families.diabetes.network import (  # noqa: PLC0415 -- heavy import
        DiabetesNetwork,
    )
    from experiments.networks.nets import Schedule  # noqa: PLC0415 -- heavy import

    return DiabetesNetwork(
        hidden_size=parameters.hidden_size,
        dropout=parameters.dropout,
        schedule=Schedule(
            epochs=parameters.epochs,
            batch_size=parameters.batch_size,
            learning_rate=parameters.learning_rate,
            weight_decay=parameters.weight_decay,
            patience=parameters.patience,
            slow_after=20,
        ),
        seed=setting.seed,
        threads=setting.threads,
        watch=setting.watch,
    )
