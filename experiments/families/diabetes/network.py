"""The screening network: where classes part, two hidden layers, classes balanced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.preprocessing import StandardScaler

from experiments.networks.cuts import Cuts
from experiments.networks.estimator import NetworkClassifier

if TYPE_CHECKING:
    import torch

    from experiments.learning.watching import Watch
    from experiments.networks.nets import Schedule

Matrix = np.ndarray[Any, np.dtype[np.float64]]

#: Places at most where the classes part in one column.
MOST_CUTS = 4


class DiabetesNetwork(NetworkClassifier):
    """A perceptron on standardised values, and on what side of each cut they are.

    Parameters
    ----------
    hidden_size : int
    dropout : float
    schedule, seed, threads, device, watch
        See `Network`.
    """

    def __init__(
        self,
        *,
        schedule: Schedule,
        hidden_size: int = 64,
        dropout: float = 0.1,
        seed: int = 42,
        threads: int = 1,
        device: str = "auto",
        watch: Watch | None = None,
    ) -> None:
        super().__init__(
            schedule=schedule, seed=seed, threads=threads, device=device, watch=watch
        )
        self.hidden_size = hidden_size
        self.dropout = dropout

    def learn(self, X: Matrix, Y: np.ndarray[Any, Any]) -> None:
        """Learn scale and cuts of every column, and how rare each class is."""
        codes = Y[:, 0].astype(np.int64)
        self.scaler_ = StandardScaler().fit(X)
        self.cuts_ = Cuts(most=MOST_CUTS).fit(X, codes)
        counts = np.bincount(codes, minlength=len(self.classes_))
        # The root: a rare class counts for more, and figures stay probabilities.
        self.class_weights_ = np.sqrt(len(Y) / (len(counts) * np.maximum(counts, 1)))

    def inputs(self, X: Matrix) -> dict[str, np.ndarray[Any, Any]]:
        """Return the rows standardised, and their sides of the cuts."""
        both = [self.scaler_.transform(X), self.cuts_.transform(X)]
        return {"rows": np.concatenate(both, axis=1).astype(np.float32)}

    def targets(self, X: Matrix, Y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return the class codes."""
        return Y[:, 0].astype(np.int64)

    def module(self) -> torch.nn.Module:
        """Return the perceptron."""
        from experiments.networks.mlp import Perceptron  # noqa: PLC0415 -- heavy import

        n_inputs = self.n_features_in_ + sum(map(len, self.cuts_.cuts_))
        return Perceptron(n_inputs, self.hidden_size, len(self.classes_), self.dropout)

    def from_matrix(self) -> torch.nn.Module:
        """Return the network with scaler and cuts before it."""
        from experiments.families.diabetes.whole import (  # noqa: PLC0415 -- heavy import
            Screening,
        )

        scaler, cuts = self.scaler_, self.cuts_.cuts_
        return Screening(scaler.mean_, scaler.scale_, cuts, self.fitted_module())

    def criterion(self) -> torch.nn.Module:
        """Return cross-entropy in which rare classes weigh more."""
        import torch  # noqa: PLC0415 -- heavy import

        weights = torch.tensor(self.class_weights_, dtype=torch.float32)
        return torch.nn.CrossEntropyLoss(weights)
