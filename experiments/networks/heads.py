"""What a network with several heads is taught by: a loss for each, and their sum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn


class LossOfHeads(nn.Module):
    """The weighted sum of the losses of several heads.

    Parameters
    ----------
    weights : mapping of str to float
        Of each head by its name, in the order in which pages show them.
    """

    def __init__(self, weights: Mapping[str, float]) -> None:
        super().__init__()
        self.weights = dict(weights)
        #: The loss of each head in the batch that was looked at last.
        self.told: dict[str, torch.Tensor] = {}

    def losses(self, outputs: Any, targets: torch.Tensor) -> list[torch.Tensor]:
        """Return the loss of each head, in the order of `weights`."""
        raise NotImplementedError

    def forward(self, outputs: Any, targets: torch.Tensor) -> torch.Tensor:
        """Return the loss of what the network answers against the targets."""
        found = dict(zip(self.weights, self.losses(outputs, targets), strict=True))
        self.told = {name: loss.detach() for name, loss in found.items()}
        parts = [self.weights[name] * loss for name, loss in found.items()]
        return torch.stack(parts).sum()
