"""The regime network: a plain model of the day, corrected by the days before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from experiments.families.market.contract import CONTRACT
from experiments.families.market.indicators import DAYS_A_YEAR
from experiments.families.market.story import told_of_symbols
from experiments.families.market.windows import (
    blocks_aside,
    days_in,
    sequences_in,
    standardised,
    symbols_in,
)
from experiments.families.regime.rules import REGIMES
from experiments.families.regime.samples import MARGINS, SHOWN
from experiments.networks.estimator import NetworkClassifier

if TYPE_CHECKING:
    import torch

    from experiments.families.regime.declaration import RegimeParameters
    from experiments.learning.preparation import Frame
    from experiments.learning.watching import Watch
    from experiments.networks.nets import Schedule

Matrix = np.ndarray[Any, np.dtype[np.float64]]
Places = np.ndarray[Any, np.dtype[np.int64]]

#: The logarithm of the probability of a class that was never learned.
IMPOSSIBLE = -7.0


class RegimeNetwork(NetworkClassifier):
    """Corrects a logistic regression on the margins by what all the days tell.

    Parameters
    ----------
    hidden_size : int
    dropout : float
    ahead : int
        Days that the target lies ahead.
    schedule, seed, threads, device, watch
        See `Network`.
    """

    def __init__(  # noqa: PLR0913 -- an estimator's parameters
        self,
        *,
        schedule: Schedule,
        hidden_size: int = 32,
        dropout: float = 0.2,
        ahead: int = 7,
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
        self.ahead = ahead

    def divided(self, X: Matrix, Y: np.ndarray[Any, Any]) -> tuple[Places, Places]:
        """Keep the last days of a few stretches aside."""
        return blocks_aside(days_in(X), self.schedule.validation, self.ahead)

    def learn(self, X: Matrix, Y: np.ndarray[Any, Any]) -> None:
        """Learn the spread of every indicator, and what the day itself tells."""
        self.scaler_ = StandardScaler().fit(self._days(X)[:, -1, :-1])
        codes = Y[:, 0].astype(int)
        self.usual_ = LogisticRegression(C=0.1, max_iter=1000)
        self.usual_.fit(self._plain(self._shown(X)), codes)

    def inputs(self, X: Matrix) -> dict[str, np.ndarray[Any, Any]]:
        """Return the days, and what is usual after the last of them."""
        shown = self._shown(X)
        # A class may be among the days kept aside only: it is as good as impossible.
        usual = np.full((len(X), len(self.classes_)), IMPOSSIBLE)
        plain = self._plain(shown)
        usual[:, self.usual_.classes_] = self.usual_.predict_log_proba(plain)
        return {"days": shown.astype(np.float32), "usual": usual.astype(np.float32)}

    def _shown(self, X: Matrix) -> Matrix:
        """Return indicators standardised, and regimes as columns of zeros and ones."""
        days = self._days(X)
        indicators, regimes = days[:, :, :-1], days[:, :, -1].astype(int)
        scaled = standardised(indicators, self.scaler_)
        return np.concatenate([scaled, np.eye(len(REGIMES))[regimes]], axis=2)

    def targets(self, X: Matrix, Y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return the class codes."""
        return Y[:, 0].astype(np.int64)

    def module(self) -> torch.nn.Module:
        """Return the attention over the days."""
        from experiments.networks.days import (  # noqa: PLC0415 -- heavy import
            AttentionOverDays,
        )

        return AttentionOverDays(
            len(SHOWN) + len(REGIMES),
            self.hidden_size,
            len(self.classes_),
            self.dropout,
        )

    def criterion(self) -> torch.nn.Module:
        """Return cross-entropy."""
        import torch  # noqa: PLC0415 -- heavy import

        return torch.nn.CrossEntropyLoss()

    def _plain(self, shown: Matrix) -> Matrix:
        """Return what the plain model sees: margins and regime of the last day."""
        return shown[:, -1, -len(MARGINS) - len(REGIMES) :]

    def _days(self, X: Matrix) -> Matrix:
        return sequences_in(X, len(SHOWN) + 1)


def flips(
    estimator: RegimeNetwork, X: Matrix, Y: np.ndarray[Any, Any]
) -> dict[str, float | None]:
    """Return how often a year the foretold regime changes, and the true one."""
    truth = Y.reshape(len(Y), -1)[:, 0]
    return {
        "flips_a_year": flips_a_year(estimator.predict(X), X),
        "true_flips_a_year": flips_a_year(truth, X),
    }


def flips_a_year(codes: np.ndarray[Any, Any], X: Matrix) -> float:
    """Return how often codes change from a day to the next, of one symbol, a year."""
    order = np.lexsort((days_in(X), symbols_in(X)))
    same = np.diff(symbols_in(X)[order]) == 0
    changes = (np.diff(codes[order]) != 0) & same
    return float(DAYS_A_YEAR * changes.sum() / max(1, same.sum()))


def story(
    estimator: RegimeNetwork,
    X: Matrix,
    y: np.ndarray[Any, Any],
    frame: Frame,
    parameters: RegimeParameters,
) -> dict[str, Any]:
    """Return the regimes of tested days, foretold and true, as codes of classes."""

    def codes(places: Places) -> dict[str, Any]:
        said = estimator.predict(X[places])
        return {"foretold": said.tolist(), "true": y[places].tolist()}

    return {"regimes": told_of_symbols(frame, X, CONTRACT, codes)}
