"""The star network: from the numbers of a star to its class and its periods."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.families.stars.assembling import (
    CANDIDATES,
    CURVE,
    FOLDED,
    PERIODOGRAM,
    SUMMARY,
)
from experiments.families.stars.folding import BINS, POINTS
from experiments.families.stars.periodograms import LENGTH, N_CANDIDATES
from experiments.networks.estimator import NetworkClassifier

if TYPE_CHECKING:
    import torch

    from experiments.learning.watching import Watch
    from experiments.networks.nets import Schedule

Matrix = np.ndarray[Any, np.dtype[np.float64]]

#: Standardised numbers are drawn in to this; a strange star is no infinite one.
FURTHEST = 5.0


class StarNetwork(NetworkClassifier):
    """Tells classes of variable stars, and picks the period among candidates.

    Parameters
    ----------
    config : {"compact", "optimal", "large", "custom"}
    size : tuple of int, optional
        Embedding, hidden channels, heads and layers where the size has no name.
    dropout : float
    schedule, seed, threads, device, watch
        See `Network`.
    """

    most_threads = 4
    #: Models that were written before sizes of one's own have none.
    size: tuple[int, int, int, int] | None = None

    def __init__(  # noqa: PLR0913 -- an estimator's parameters
        self,
        *,
        schedule: Schedule,
        config: str = "compact",
        size: tuple[int, int, int, int] | None = None,
        dropout: float = 0.1,
        seed: int = 42,
        threads: int = 1,
        device: str = "auto",
        watch: Watch | None = None,
    ) -> None:
        super().__init__(
            schedule=schedule, seed=seed, threads=threads, device=device, watch=watch
        )
        self.config = config
        self.size = size
        self.dropout = dropout

    def learn(self, X: Matrix, Y: np.ndarray[Any, Any]) -> None:
        """Learn the usual numbers of stars, and which classes have periods."""
        facts = X[:, CANDIDATES.start :]
        self.centre_ = facts.mean(axis=0)
        self.spread_ = np.maximum(facts.std(axis=0), 1e-3)
        known = ~np.isnan(Y[:, 1:3])
        of_class = Y[:, 0][:, None] == np.arange(len(self.classes_))
        counts = np.maximum(of_class.sum(axis=0), 1)
        #: Whether most stars of a class have a first, a second period.
        self.periodic_ = (of_class.T.astype(float) @ known) / counts[:, None] > 0.5

    def inputs(self, X: Matrix) -> dict[str, np.ndarray[Any, Any]]:
        """Return the branches' inputs."""
        size = len(X)
        facts = ((X[:, CANDIDATES.start :] - self.centre_) / self.spread_).clip(
            -FURTHEST, FURTHEST
        )
        periods, summary = facts[:, :N_CANDIDATES], facts[:, N_CANDIDATES:]
        scatter = summary[:, -N_CANDIDATES:]
        found = {
            "curve": X[:, CURVE].reshape(size, 2, POINTS),
            "periodogram": X[:, PERIODOGRAM].reshape(size, 2, LENGTH),
            "folded": X[:, FOLDED].reshape(size, N_CANDIDATES, BINS),
            "candidates": np.stack([periods, scatter], axis=2),
            "summary": summary,
        }
        return {name: values.astype(np.float32) for name, values in found.items()}

    def targets(self, X: Matrix, Y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return codes, log10 of both periods, and log10 of the candidates."""
        found = [Y[:, 0], *np.log10(Y[:, 1:3]).T, *X[:, CANDIDATES].T]
        return np.column_stack(found).astype(np.float32)

    def module(self) -> torch.nn.Module:
        """Return the network of the chosen size."""
        from experiments.networks.star_hybrid import (  # noqa: PLC0415 -- heavy import
            CONFIGS,
            MultiBranchStarModelHybrid,
            StarModelConfig,
        )

        named = StarModelConfig(*self.size) if self.size else CONFIGS[self.config]
        config = replace(named, dropout=self.dropout)
        n_summary = SUMMARY.stop - SUMMARY.start
        return MultiBranchStarModelHybrid(config, len(self.classes_), n_summary)

    def criterion(self) -> torch.nn.Module:
        """Return cross-entropy and the errors of the periods together."""
        from experiments.networks.star_hybrid import (  # noqa: PLC0415 -- heavy import
            StarLoss,
        )

        return StarLoss()

    def periods(self, X: Matrix) -> Matrix:
        """Return the candidates chosen as periods in days, shape (n_samples, 2)."""
        return self._chosen(X, self.outputs(X)[1])

    def beside(self, X: Matrix) -> dict[str, list[Any]]:
        """Return both periods where the class of a star has such."""
        logits, scores = self.outputs(X)
        days = self._chosen(X, scores)
        there = self.periodic_[logits.argmax(axis=1)]
        return {
            name: [
                float(value) if known else None
                for value, known in zip(days[:, place], there[:, place], strict=True)
            ]
            for place, name in enumerate(("period_days", "period2_days"))
        }

    def _chosen(self, X: Matrix, scores: np.ndarray[Any, Any]) -> Matrix:
        days: Matrix = 10 ** np.take_along_axis(
            X[:, CANDIDATES], scores.argmax(axis=2), axis=1
        )
        return days


def errors(
    estimator: StarNetwork, X: Matrix, Y: np.ndarray[Any, Any]
) -> dict[str, float | None]:
    """Return how far periods are off, over the stars whose periods are known."""
    days = estimator.periods(X)
    dex = np.abs(np.log10(days) - np.log10(Y[:, 1:3]))
    off = np.abs(days[:, 0] / Y[:, 1] - 1)
    has_first, has_second = (~np.isnan(Y[:, 1:3])).T
    return {
        "period_mae_dex": _mean(dex[has_first, 0]),
        "period_within_1": _mean(off[has_first] <= 0.01),
        "period_within_5": _mean(off[has_first] <= 0.05),
        "period2_mae_dex": _mean(dex[has_second, 1]),
    }


def _mean(values: np.ndarray[Any, Any]) -> float | None:
    return float(values.mean()) if len(values) else None
