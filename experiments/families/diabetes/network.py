"""The screening network: scaled values, two hidden layers, every class minded alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.preprocessing import StandardScaler

from experiments.networks.estimator import NetworkClassifier

if TYPE_CHECKING:
    import torch

    from experiments.networks.nets import Schedule
    from experiments.watching import Watch

Matrix = np.ndarray[Any, np.dtype[np.float64]]


class DiabetesNetwork(NetworkClassifier):
    """A perceptron on standardised values.

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
        """Learn mean and deviation of every column, and how rare each class is."""
        self.scaler_ = StandardScaler().fit(X)
        counts = np.bincount(Y[:, 0].astype(int), minlength=len(self.classes_))
        self.class_weights_ = len(Y) / (len(counts) * np.maximum(counts, 1))

    def inputs(self, X: Matrix) -> dict[str, np.ndarray[Any, Any]]:
        """Return the rows standardised."""
        return {"rows": self.scaler_.transform(X).astype(np.float32)}

    def targets(self, Y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return the class codes."""
        return Y[:, 0].astype(np.int64)

    def module(self) -> torch.nn.Module:
        """Return the perceptron."""
        from experiments.networks.mlp import Perceptron  # noqa: PLC0415 -- heavy import

        return Perceptron(
            self.n_features_in_, self.hidden_size, len(self.classes_), self.dropout
        )

    def criterion(self) -> torch.nn.Module:
        """Return cross-entropy in which every class weighs the same."""
        import torch  # noqa: PLC0415 -- heavy import

        weights = torch.tensor(self.class_weights_, dtype=torch.float32)
        return torch.nn.CrossEntropyLoss(weights)
