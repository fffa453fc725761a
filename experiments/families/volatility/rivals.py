"""What the volatility network has to beat: log-HAR, persistence, GARCH(1,1)."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin

from experiments.algorithms.parameters import Setting
from experiments.families.market.indicators import DAYS_A_YEAR
from experiments.families.market.windows import days_in, sequences_in, symbols_in
from experiments.families.volatility.declaration import HORIZONS
from experiments.families.volatility.samples import HAR, SHOWN

Matrix = np.ndarray[Any, np.dtype[np.float64]]

#: Returns are fitted in percent, as `arch` wants them.
PERCENT = 100


def shown_in(X: Matrix, *names: str) -> Matrix:
    """Return what samples show of their last day, shape (n_samples, n_names)."""
    last = sequences_in(X, len(SHOWN))[:, -1]
    return last[:, [SHOWN.index(name) for name in names]]


def har_terms(X: Matrix) -> Matrix:
    """Return 1 and the volatilities of a day, a week and a month, as logarithms."""
    return np.column_stack([np.ones(len(X)), shown_in(X, *HAR)])


class LogHar(RegressorMixin, BaseEstimator):
    """Least squares on the logarithms of past volatilities (Corsi 2009)."""

    def fit(self, X: Matrix, y: Matrix) -> Self:
        """Learn the weights, and how far logarithms are off."""
        logs, terms = np.log(y), har_terms(X)
        self.coefficients_ = np.linalg.lstsq(terms, logs)[0]
        self.variance_ = float(np.var(logs - terms @ self.coefficients_))
        return self

    def predict(self, X: Matrix) -> Matrix:
        """Return the root of the expected squared volatility."""
        found: Matrix = np.exp(har_terms(X) @ self.coefficients_ + self.variance_)
        return found


class Persistence(RegressorMixin, BaseEstimator):
    """Says that the next days move as the last seven did."""

    def fit(self, X: Matrix, y: Matrix) -> Self:
        """Learn the volatility to say where prices did not move."""
        self.least_ = float(y.min())
        return self

    def predict(self, X: Matrix) -> Matrix:
        """Return the volatility of the last seven days."""
        found: Matrix = np.maximum(np.exp(shown_in(X, "realised_7")[:, 0]), self.least_)
        return found


class Garch(RegressorMixin, BaseEstimator):
    """GARCH(1,1) on the daily returns of each symbol, fitted by `arch`."""

    def fit(self, X: Matrix, y: Matrix) -> Self:
        """Learn constant, shock and persistence of the variance of each symbol."""
        returns, symbols = PERCENT * shown_in(X, "returns")[:, 0], symbols_in(X)
        order = np.argsort(days_in(X), kind="stable")
        self.parameters_ = {
            int(symbol): _fitted(returns[order][symbols[order] == symbol])
            for symbol in np.unique(symbols)
        }
        self.usual_ = np.mean(list(self.parameters_.values()), axis=0)
        return self

    def predict(self, X: Matrix) -> Matrix:
        """Return the volatility of the next days, past shocks being those shown."""
        known = [self.parameters_.get(int(s), self.usual_) for s in symbols_in(X)]
        omega, alpha, beta = np.array(known).T
        returns = PERCENT * sequences_in(X, len(SHOWN))[:, :, SHOWN.index("returns")]
        variance = np.var(returns, axis=1)
        for shocks in returns.T**2:
            variance = omega + alpha * shocks + beta * variance
        total = variance.copy()
        for _ in range(1, HORIZONS[0]):
            variance = omega + (alpha + beta) * variance
            total += variance
        found: Matrix = np.sqrt(DAYS_A_YEAR * total / HORIZONS[0]) / PERCENT
        return found


def _fitted(returns: Matrix) -> tuple[float, float, float]:
    """Return omega, alpha and beta of returns in percent."""
    from arch import arch_model  # noqa: PLC0415 -- heavy import

    model = arch_model(returns, mean="Zero", vol="GARCH", p=1, q=1, rescale=False)
    found = model.fit(disp="off", show_warning=False).params
    return float(found["omega"]), float(found["alpha[1]"]), float(found["beta[1]"])


def build_log_har(setting: Setting) -> Any:
    """Return log-HAR."""
    return LogHar()


def build_persistence(setting: Setting) -> Any:
    """Return persistence."""
    return Persistence()


def build_garch(setting: Setting) -> Any:
    """Return GARCH(1,1)."""
    return Garch()
