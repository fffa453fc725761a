"""The hyperparameters every network has, declared once for all families."""

from __future__ import annotations

from experiments.algorithms.parameters import Parameters, parameter


class NetworkParameters(Parameters):
    """How long a network learns, how fast, and how it is kept from learning by heart.

    A family declares anew what it starts from other values.
    """

    epochs: int = parameter(
        50,
        "Epochs",
        "How often all training rows are gone through, at the most.",
        unit="epochs",
        recommended=(20, 50, 100, 200),
        ge=1,
        le=1000,
    )
    batch_size: int = parameter(
        32,
        "Batch size",
        "Rows the weights are corrected by at a time. Smaller batches learn more in an "
        "epoch and take longer; they need less memory.",
        unit="rows",
        recommended=(16, 32, 64, 128),
        ge=1,
        le=1024,
    )
    learning_rate: float = parameter(
        0.001,
        "Learning rate",
        "How far each correction goes. It falls by itself when nothing gets better.",
        recommended=(0.0005, 0.001, 0.005),
        ge=0.00001,
        le=0.1,
    )
    patience: int = parameter(
        10,
        "Patience",
        "Epochs without progress on the rows kept aside after which training ends; the "
        "best epoch is what is kept.",
        unit="epochs",
        recommended=(5, 10, 20),
        ge=1,
        le=500,
    )
    dropout: float = parameter(
        0.1,
        "Dropout",
        "Share of the units that are left out at random in each correction.",
        recommended=(0, 0.1, 0.3),
        ge=0,
        le=0.9,
    )
    weight_decay: float = parameter(
        0.0001,
        "Weight decay",
        "How strongly weights are pulled towards zero.",
        recommended=(0, 0.0001, 0.01),
        ge=0,
        le=1,
    )
