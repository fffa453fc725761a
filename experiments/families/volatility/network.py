"""The volatility network: log-HAR for three horizons, corrected by the days before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.preprocessing import StandardScaler

from experiments.families.market.contract import CONTRACT
from experiments.families.market.story import told_of_symbols
from experiments.families.market.windows import (
    blocks_aside,
    days_in,
    sequences_in,
    standardised,
    symbols_in,
)
from experiments.families.volatility.declaration import HORIZONS, target_name
from experiments.families.volatility.rivals import har_terms
from experiments.families.volatility.samples import SHOWN
from experiments.families.volatility.scores import scores
from experiments.networks.estimator import Network

if TYPE_CHECKING:
    import torch

    from experiments.families.volatility.declaration import VolatilityParameters
    from experiments.learning.preparation import Frame
    from experiments.learning.watching import Watch
    from experiments.networks.nets import Schedule

Matrix = np.ndarray[Any, np.dtype[np.float64]]
Places = np.ndarray[Any, np.dtype[np.int64]]

#: Nine of ten volatilities are to lie within so many deviations of their logarithm.
INTERVAL, DEVIATIONS = 0.9, 1.645
#: No price moves by more, as logarithms: of volatility, and of its variance. Log-HAR is
#: a line, which leaves all bounds where days are unlike any that were seen.
FARTHEST, WIDEST = 25.0, 6.0


class VolatilityNetwork(RegressorMixin, Network):
    """Foretells mean and spread of the logarithm of volatility over 7, 1 and 30 days.

    Parameters
    ----------
    hidden_size, layers : int
    dropout : float
    ahead : int
        Days that the farthest target looks ahead.
    schedule, seed, threads, device, watch
        See `Network`.
    """

    def __init__(  # noqa: PLR0913 -- an estimator's parameters
        self,
        *,
        schedule: Schedule,
        hidden_size: int = 64,
        layers: int = 2,
        dropout: float = 0.2,
        ahead: int = 30,
        seed: int = 42,
        threads: int = 1,
        device: str = "auto",
        watch: Watch | None = None,
    ) -> None:
        super().__init__(
            schedule=schedule, seed=seed, threads=threads, device=device, watch=watch
        )
        self.hidden_size = hidden_size
        self.layers = layers
        self.dropout = dropout
        self.ahead = ahead

    def fit(self, X: Matrix, y: Matrix) -> Self:
        """Learn from samples and their volatilities, a column for each horizon."""
        X, Y = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
        Y = Y.reshape(len(Y), -1)
        self.n_features_in_ = X.shape[1]
        # Of all rows, as the rival: log-HAR has no epoch to be chosen on some of them.
        logs, terms = np.log(Y), har_terms(X)
        self.usual_ = np.linalg.lstsq(terms, logs)[0]
        self.usual_spread_ = np.log(np.var(logs - terms @ self.usual_, axis=0))
        self.learn_weights(X, Y)
        return self

    def predict(self, X: Matrix) -> Matrix:
        """Return the volatility over the first horizon.

        It is the root of the expected squared volatility, which is what QLIKE ranks by.
        """
        means, spreads = self.foretold(X)
        found: Matrix = np.exp(means[:, 0] + spreads[:, 0] ** 2)
        return found

    def foretold(self, X: Matrix) -> tuple[Matrix, Matrix]:
        """Return mean and deviation of logarithms, each (n_samples, n_horizons)."""
        means, logs = self.outputs(np.asarray(X, dtype=np.float64))
        means, logs = means.astype(np.float64), logs.astype(np.float64)
        spreads = np.exp(logs.clip(-FARTHEST, WIDEST) / 2)
        return means.clip(-FARTHEST, FARTHEST), spreads

    def beside(self, X: Matrix) -> dict[str, list[Any]]:
        """Return every horizon with the interval of nine in ten."""
        means, spreads = self.foretold(X)
        found: dict[str, list[Any]] = {}
        for place, horizon in enumerate(HORIZONS):
            mean, spread = means[:, place], spreads[:, place]
            name = target_name(horizon)
            found[name] = np.exp(mean + spread**2).tolist()
            found[f"{name}_low"] = np.exp(mean - DEVIATIONS * spread).tolist()
            found[f"{name}_high"] = np.exp(mean + DEVIATIONS * spread).tolist()
        return found

    def divided(self, X: Matrix, Y: Matrix) -> tuple[Places, Places]:
        """Keep the last days of a few stretches aside."""
        return blocks_aside(days_in(X), self.schedule.validation, self.ahead)

    def learn(self, X: Matrix, Y: Matrix) -> None:
        """Learn the spread of what days show."""
        self.scaler_ = StandardScaler().fit(sequences_in(X, len(SHOWN))[:, -1])

    def inputs(self, X: Matrix) -> dict[str, np.ndarray[Any, Any]]:
        """Return the days standardised, and what log-HAR says."""
        days = sequences_in(X, len(SHOWN))
        shown = standardised(days, self.scaler_)
        usual = har_terms(X) @ self.usual_
        spread = np.broadcast_to(self.usual_spread_, usual.shape)
        return {
            "days": shown.astype(np.float32),
            "usual": np.concatenate([usual, spread], axis=1).astype(np.float32),
        }

    def targets(self, X: Matrix, Y: Matrix) -> np.ndarray[Any, Any]:
        """Return the logarithms."""
        return np.log(Y).astype(np.float32)

    def module(self) -> torch.nn.Module:
        """Return the LSTM with attention."""
        from experiments.networks.days import (  # noqa: PLC0415 -- heavy import
            MemoryOfDays,
        )

        return MemoryOfDays(
            len(SHOWN), self.hidden_size, self.layers, len(HORIZONS), self.dropout
        )

    def criterion(self) -> torch.nn.Module:
        """Return the negative logarithm of the normal density."""
        from experiments.networks.days import (  # noqa: PLC0415 -- heavy import
            NormalLoss,
        )

        return NormalLoss([target_name(horizon) for horizon in HORIZONS])


def measures(
    estimator: VolatilityNetwork, X: Matrix, Y: Matrix
) -> dict[str, float | None]:
    """Return R² as a mean over symbols, and how often the intervals held."""
    Y = Y.reshape(len(Y), -1)
    predicted, (means, spreads) = estimator.predict(X), estimator.foretold(X)
    off = np.abs(np.log(Y) - means) / spreads
    held = {
        f"within_{INTERVAL:.0%}_of_{target_name(horizon)}": float(
            (off[:, place] <= DEVIATIONS).mean()
        )
        for place, horizon in enumerate(HORIZONS)
    }
    reached = r2_by_symbol(Y[:, 0], predicted, X)
    return {"r2_symbols": reached, **scores(Y[:, 0], predicted), **held}


def r2_by_symbol(y: Matrix, predicted: Matrix, X: Matrix) -> float | None:
    """Return the mean over symbols of R²; None where a symbol does not vary."""
    found = []
    for symbol in np.unique(symbols_in(X)):
        rows = symbols_in(X) == symbol
        spread = np.var(y[rows])
        if not spread:
            return None
        found.append(1 - np.mean((y[rows] - predicted[rows]) ** 2) / spread)
    return float(np.mean(found)) if found else None


def story(
    estimator: VolatilityNetwork,
    X: Matrix,
    y: np.ndarray[Any, Any],
    frame: Frame,
    parameters: VolatilityParameters,
) -> dict[str, Any]:
    """Return the volatilities of tested days, with intervals, for the chart."""
    name = target_name(HORIZONS[0])

    def figures(places: Places) -> dict[str, Any]:
        told = estimator.beside(X[places])
        found = {
            "true": y[places].tolist(),
            "foretold": told[name],
            "low": told[f"{name}_low"],
            "high": told[f"{name}_high"],
        }
        rounded = {key: [round(v, 4) for v in values] for key, values in found.items()}
        return {**rounded, **scores(y[places], np.array(told[name]))}

    return {"volatilities": told_of_symbols(frame, X, CONTRACT, figures)}
