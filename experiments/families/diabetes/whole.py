"""The screening network with all that is done to a row before it, as one module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.float64]]


class Screening(nn.Module):
    """From encoded rows to the probability of every class.

    Parameters
    ----------
    mean, scale : array, shape (n_features,)
        Of the scaler.
    cuts : sequence of arrays
        Where the classes part in each column.
    network : torch.nn.Module
        The perceptron with its learned weights.
    """

    def __init__(
        self,
        mean: Numbers,
        scale: Numbers,
        cuts: Sequence[Numbers],
        network: nn.Module,
    ) -> None:
        super().__init__()
        self.mean, self.scale = torch.from_numpy(mean), torch.from_numpy(scale)
        self.cuts = [torch.from_numpy(column) for column in cuts]
        self.network = network

    def forward(self, matrix: torch.Tensor) -> torch.Tensor:
        """Return probabilities of rows of shape (batch, n_features), in double."""
        parts = [(matrix - self.mean) / self.scale]
        for place, cuts in enumerate(self.cuts):
            if len(cuts):
                parts.append((matrix[:, place : place + 1] > cuts).double())
        logits = self.network(torch.cat(parts, dim=1).float())
        shares: torch.Tensor = logits.double().softmax(dim=1)
        return shares
