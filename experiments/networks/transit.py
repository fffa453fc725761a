"""The network that vets transits: a curve, six features, three heads."""

from __future__ import annotations

import torch
from torch import nn

from experiments.networks.heads import LossOfHeads

#: Steps of the curve that are taken together.
POOL = 4

Heads = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


class TransitNetwork(nn.Module):
    """Convolutions over the curve, dense layers over the features, then both together.

    Parameters
    ----------
    n_features, n_classes : int
    dropout : float
    """

    def __init__(self, n_features: int, n_classes: int, dropout: float) -> None:
        super().__init__()
        self.curve = nn.Sequential(
            nn.Conv1d(1, 32, 7, stride=4, padding=3),
            nn.ReLU(),
            nn.MaxPool1d(POOL),
            nn.Conv1d(32, 64, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool1d(POOL),
            nn.Conv1d(64, 128, 3, padding=1),
            nn.ReLU(),
        )
        self.features = nn.Sequential(
            nn.Linear(n_features, 64),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(64, 32),
            nn.ReLU(),
        )
        self.together = nn.Sequential(
            nn.Linear(128 + 32, 128),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(128, 64),
            nn.ReLU(),
        )
        self.label = nn.Linear(64, n_classes)
        self.period = nn.Linear(64, 1)
        self.depth = nn.Linear(64, 1)

    def forward(self, curve_input: torch.Tensor, feat_input: torch.Tensor) -> Heads:
        """Return logits, and period and depth as standardised logarithms.

        Parameters
        ----------
        curve_input : tensor, shape (batch, 2001, 1)
        feat_input : tensor, shape (batch, n_features)
        """
        pooled = self.curve(curve_input.transpose(1, 2)).mean(dim=2)
        both = torch.cat([pooled, self.features(feat_input)], dim=1)
        found = self.together(both)
        return self.label(found), self.period(found), self.depth(found)


class TransitLoss(LossOfHeads):
    """Cross-entropy of the label, and half the squared errors of period and depth."""

    def __init__(self) -> None:
        super().__init__({"label": 1.0, "period": 0.5, "depth": 0.5})

    def losses(self, outputs: Heads, targets: torch.Tensor) -> list[torch.Tensor]:
        """Return the losses of heads against rows of code, period and depth."""
        logits, period, depth = outputs
        return [
            nn.functional.cross_entropy(logits, targets[:, 0].long()),
            nn.functional.mse_loss(period[:, 0], targets[:, 1]),
            nn.functional.mse_loss(depth[:, 0], targets[:, 2]),
        ]
