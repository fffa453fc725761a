"""Networks that look at the last days, and correct what a plain model says of them."""

from __future__ import annotations

import torch
from torch import nn

HEADS = 4
#: A probability is corrected by a factor of at most e to this power, so that days like
#: none before cannot make the network sure of anything.
FARTHEST = 1.5


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
