"""Networks that look at the last days, and correct what a plain model says of them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from experiments.networks.heads import LossOfHeads

HEADS = 4
#: A probability is corrected by a factor of at most e to this power, so that days like
#: none before cannot make the network sure of anything.
FARTHEST = 0.5
#: The same for a logarithm of volatility or of its variance.
CLOSEST = 0.5


class AttentionOverDays(nn.Module):
    """Dense layers on each day, attention between days, their mean, dense layers.

    The last layer begins with zeros: untaught, the network says what is usual.

    Parameters
    ----------
    n_inputs, hidden_size, n_classes : int
    dropout : float
    """

    def __init__(
        self, n_inputs: int, hidden_size: int, n_classes: int, dropout: float
    ) -> None:
        super().__init__()
        self.each_day = nn.Sequential(
            nn.Linear(n_inputs, 2 * hidden_size),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(2 * hidden_size, hidden_size),
            nn.ReLU(),
        )
        self.attention = nn.MultiheadAttention(
            hidden_size, HEADS, dropout=dropout, batch_first=True
        )
        self.together = nn.Sequential(
            nn.Linear(hidden_size, hidden_size // 2), nn.ReLU(), nn.Dropout(dropout)
        )
        self.correction = nn.Linear(hidden_size // 2, n_classes)
        nn.init.zeros_(self.correction.weight)
        nn.init.zeros_(self.correction.bias)

    def forward(self, days: torch.Tensor, usual: torch.Tensor) -> torch.Tensor:
        """Return logits.

        Parameters
        ----------
        days : tensor, shape (batch, n_days, n_inputs)
        usual : tensor, shape (batch, n_classes)
            Logarithms of the probabilities that are corrected.
        """
        each = self.each_day(days)
        seen, _ = self.attention(each, each, each, need_weights=False)
        told = self.correction(self.together(seen.mean(dim=1)))
        logits: torch.Tensor = usual + FARTHEST * torch.tanh(told / FARTHEST)
        return logits


class MemoryOfDays(nn.Module):
    """An LSTM over the days, attention among what it remembers, mean and spread.

    The last layers begin with zeros: untaught, the network says what is usual.

    Parameters
    ----------
    n_inputs, hidden_size, layers, n_outputs : int
    dropout : float
    """

    def __init__(
        self,
        n_inputs: int,
        hidden_size: int,
        layers: int,
        n_outputs: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.memory = nn.LSTM(
            n_inputs, hidden_size, layers, batch_first=True, dropout=dropout
        )
        self.attention = nn.Linear(hidden_size, 1)
        self.together = nn.Sequential(
            nn.Linear(hidden_size, hidden_size), nn.ReLU(), nn.Dropout(dropout)
        )
        self.correction = nn.Linear(hidden_size, 2 * n_outputs)
        nn.init.zeros_(self.correction.weight)
        nn.init.zeros_(self.correction.bias)

    def forward(
        self, days: torch.Tensor, usual: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return mean and logarithm of the variance, each (batch, n_outputs).

        Parameters
        ----------
        days : tensor, shape (batch, n_days, n_inputs)
        usual : tensor, shape (batch, 2 * n_outputs)
            The means that are corrected, then their logarithms of the variance.
        """
        remembered, _ = self.memory(days)
        weights = torch.softmax(self.attention(remembered), dim=1)
        told = self.correction(self.together((weights * remembered).sum(dim=1)))
        mean, spread = (usual + CLOSEST * torch.tanh(told / CLOSEST)).chunk(2, dim=1)
        return mean, spread


class NormalLoss(LossOfHeads):
    """The negative logarithm of the normal density, mean over all outputs.

    Parameters
    ----------
    names : sequence of str
        Of the outputs.
    """

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(dict.fromkeys(names, 1 / len(names)))

    def losses(
        self, outputs: tuple[torch.Tensor, torch.Tensor], targets: torch.Tensor
    ) -> list[torch.Tensor]:
        """Return the losses of means and logarithms of the variance."""
        mean, spread = outputs
        errors = (targets - mean) ** 2 / spread.exp()
        return list(0.5 * (spread + errors).mean(dim=0))
