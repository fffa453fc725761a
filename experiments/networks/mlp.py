"""A plain network for rows of numbers."""

from __future__ import annotations

import torch
from torch import nn


class Perceptron(nn.Module):
    """Two hidden layers of one size.

    Parameters
    ----------
    n_inputs, hidden_size, n_outputs : int
    dropout : float
    """

    def __init__(
        self, n_inputs: int, hidden_size: int, n_outputs: int, dropout: float
    ) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(n_inputs, hidden_size),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden_size, hidden_size),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden_size, n_outputs),
        )

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Return the logits of rows of shape (batch, n_inputs)."""
        logits: torch.Tensor = self.layers(rows)
        return logits
