"""The vetting network: from nine columns to a verdict, a period and a depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.preprocessing import QuantileTransformer

from experiments.families.exoplanet.curves import transit_curves
from experiments.networks.estimator import NetworkClassifier

if TYPE_CHECKING:
    import torch

    from experiments.learning.watching import Watch
    from experiments.networks.nets import Schedule

Matrix = np.ndarray[Any, np.dtype[np.float64]]

#: Where the columns of the contract stand in the matrix.
PERIOD, DURATION, DEPTH, IMPACT, RADIUS = 0, 1, 2, 3, 6
FIRST_FEATURE = IMPACT
EARTHS_A_SUN = 109.076


class ExoplanetNetwork(NetworkClassifier):
    """Vets transits.

    Parameters
    ----------
    dropout : float
    schedule, seed, threads, device, watch
        See `Network`.
    """

    most_threads = 2

    def __init__(
        self,
        *,
        schedule: Schedule,
        dropout: float = 0.2,
        seed: int = 42,
        threads: int = 1,
        device: str = "auto",
        watch: Watch | None = None,
    ) -> None:
        super().__init__(
            schedule=schedule, seed=seed, threads=threads, device=device, watch=watch
        )
        self.dropout = dropout

    def learn(self, X: Matrix, Y: np.ndarray[Any, Any]) -> None:
        """Learn the mean curve, the ranks of the six features, and two spreads.

        Ranks, because a few stars are a thousand times as bright or large as most. The
        network is shown how curves differ from the mean one: means over raw curves are
        nearly the same for transits of two hours and of ten.
        """
        curves = self.curves(X)
        self.mean_curve_ = curves.mean(axis=0, dtype=np.float64)
        self.curve_spread_ = max(float((curves - self.mean_curve_).std()), 1e-6)
        self.scaler_ = QuantileTransformer(
            n_quantiles=min(500, len(X)), output_distribution="normal", subsample=None
        ).fit(X[:, FIRST_FEATURE:])
        logarithms = np.log10(X[:, [PERIOD, DEPTH]])
        self.centre_ = logarithms.mean(axis=0)
        self.spread_ = np.maximum(logarithms.std(axis=0), 1e-6)

    def inputs(self, X: Matrix) -> dict[str, np.ndarray[Any, Any]]:
        """Return the curves, and the features as normal scores."""
        curves = (self.curves(X) - self.mean_curve_) / self.curve_spread_
        scores = self.scaler_.transform(X[:, FIRST_FEATURE:]).clip(-4, 4)
        return {
            "curve_input": curves.astype(np.float32)[:, :, None],
            "feat_input": scores.astype(np.float32),
        }

    def curves(self, X: Matrix) -> np.ndarray[Any, Any]:
        """Return the transit curves of rows."""
        columns = (X[:, place] for place in (PERIOD, DURATION, DEPTH, IMPACT))
        return transit_curves(*columns)

    def targets(self, X: Matrix, Y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return code, period and depth of each row, the latter two standardised."""
        scaled = (np.log10(X[:, [PERIOD, DEPTH]]) - self.centre_) / self.spread_
        return np.column_stack([Y[:, 0], scaled]).astype(np.float32)

    def module(self) -> torch.nn.Module:
        """Return the network with three heads."""
        from experiments.networks.transit import (  # noqa: PLC0415 -- heavy import
            TransitNetwork,
        )

        n_features = self.n_features_in_ - FIRST_FEATURE
        return TransitNetwork(n_features, len(self.classes_), self.dropout)

    def criterion(self) -> torch.nn.Module:
        """Return the weighted sum of the three losses."""
        from experiments.networks.transit import (  # noqa: PLC0415 -- heavy import
            TransitLoss,
        )

        return TransitLoss()

    def measured(self, X: Matrix) -> tuple[Matrix, Matrix]:
        """Return the periods in days and depths in ppm that the network reads."""
        _, *heads = self.outputs(X)
        scaled = np.column_stack(heads).astype(np.float64)
        period, depth = (10 ** (scaled * self.spread_ + self.centre_)).T
        return period, depth

    def beside(self, X: Matrix) -> dict[str, list[Any]]:
        """Return period, depth, their errors against the given ones, and the radius."""
        period, depth = self.measured(X)
        radius = X[:, RADIUS] * np.sqrt(X[:, DEPTH] / 1e6) * EARTHS_A_SUN
        found = {
            "period_days": period,
            "period_error_days": period - X[:, PERIOD],
            "depth_ppm": depth,
            "depth_error_ppm": depth - X[:, DEPTH],
            "planet_radius_earths": radius,
        }
        return {name: values.tolist() for name, values in found.items()}


def errors(
    estimator: ExoplanetNetwork, X: Matrix, Y: np.ndarray[Any, Any]
) -> dict[str, float | None]:
    """Return how far period (days) and depth (ppm) are off, on average."""
    period, depth = estimator.measured(X)
    return {
        "period_mae": float(np.abs(period - X[:, PERIOD]).mean()),
        "depth_mae": float(np.abs(depth - X[:, DEPTH]).mean()),
    }
