"""The hyperparameters of multilayer perceptrons, for classes and for numbers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from datasets.words import word
from experiments.algorithms.parameters import Parameters, Setting, parameter
from experiments.algorithms.scaling import standardize_parameter

Size = Annotated[int, Field(ge=1, le=1000)]


class NeuralNetworkParameters(Parameters):
    """What both multilayer perceptrons are told."""

    hidden_layer_sizes: tuple[Size, ...] = parameter(
        (100,),
        "Hidden layers",
        "How many units each layer between input and answer has: 64, 32 are two "
        "layers. At most five layers.",
        unit="units",
        min_length=1,
        max_length=5,
    )
    activation: Literal["relu", "tanh", "logistic"] = parameter(
        "relu",
        "Activation",
        "How a unit answers what comes in: cut at zero (relu), or bent (tanh, "
        "logistic).",
        words={
            "relu": word("cut at zero (relu)"),
            "tanh": word("bent, -1 to 1 (tanh)"),
            "logistic": word("bent, 0 to 1 (logistic)"),
        },
    )
    learning_rate: float = parameter(
        0.001,
        "Learning rate",
        "How far each step goes. Too large does not settle, too small takes long.",
        recommended=(0.0003, 0.001, 0.003, 0.01),
        ge=1e-5,
        le=1,
    )
    max_iter: int = parameter(
        200,
        "Most epochs",
        "How often all training rows are gone through at most.",
        unit="epochs",
        recommended=(100, 200, 500),
        ge=1,
        le=2000,
    )
    batch_size: int | None = parameter(
        None,
        "Batch size",
        "How many rows one step learns from; empty means 200, or all where there are "
        "fewer.",
        unit="rows",
        recommended=(32, 64, 200),
        ge=1,
        le=10_000,
    )
    alpha: float = parameter(
        0.0001,
        "Caution (L2)",
        "Pulls weights towards zero; larger is more cautious.",
        recommended=(0.0001, 0.001, 0.01, 0.1),
        ge=0,
        le=100,
    )
    solver: Literal["adam", "sgd"] = parameter(
        "adam",
        "Solver",
        "How steps are found: each weight at its own pace (adam), or all at one (sgd).",
        words={
            "adam": word("each weight at its own pace (adam)"),
            "sgd": word("all weights at one pace (sgd)"),
        },
    )
    early_stopping: bool = parameter(
        True,
        "Stop early",
        "Keeps a tenth of the training rows apart, stops when these are not answered "
        "better any more, and takes the best epoch.",
    )
    patience: int = parameter(
        10,
        "Patience",
        "So many epochs without getting better end the training.",
        unit="epochs",
        recommended=(10, 20, 50),
        ge=1,
        le=1000,
    )
    standardize: bool = standardize_parameter(True)

    def arguments(self, setting: Setting) -> dict[str, Any]:
        """Return what both estimators of scikit-learn are given."""
        same = {
            "hidden_layer_sizes", "activation", "max_iter", "alpha", "solver",
            "early_stopping",
        }  # fmt: skip
        return {
            **self.model_dump(include=same),
            "batch_size": self.batch_size or "auto",
            "learning_rate_init": self.learning_rate,
            "n_iter_no_change": self.patience,
            "random_state": setting.seed,
        }
