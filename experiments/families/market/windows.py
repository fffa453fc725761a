"""Samples of a market: one a day and symbol, made of the days up to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from datasets.tables import Column, ColumnType, Schema
from experiments.families.assembling import Assembled, Block
from experiments.families.market.contract import SYMBOLS
from experiments.families.market.indicators import LOOKBACK
from experiments.families.market.prices import chosen_series, read_series
from experiments.learning.preparation import Frame
from experiments.learning.problems import TrainingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn.preprocessing import StandardScaler

    from experiments.families.assembling import Places
    from experiments.families.market.prices import Array, Series

#: Fewer days to learn from and test on are little, which the page says.
FEW_DAYS = 500
#: The columns of a matrix before those of the windows: the day, and the symbol's place.
CALENDAR = Block("date and symbol", 2)
#: Deviations beyond which what a day shows tells no more.
FARTHEST = 4.0
#: Days kept aside are of at most so many times.
MOST_STRETCHES = 5


@dataclass(frozen=True)
class MarketAssembler:
    """Makes a sample of each day that enough days precede.

    Parameters
    ----------
    columns : mapping of str to str
        What the columns of the contract are called in the table.
    window, days, ahead : int
        Days a sample shows, days of each symbol to learn from, and days after a sample
        that its targets look at.
    symbols : tuple of str, optional
        The ones to learn from; None is all.
    """

    columns: Mapping[str, str]
    window: int
    days: int
    ahead: int
    symbols: tuple[str, ...] | None = None

    #: Names of what `sequences` returns, in order.
    names: ClassVar[tuple[str, ...]] = ()
    #: What `targets` returns, by column.
    target_types: ClassVar[Mapping[str, ColumnType]] = {}

    def sequences(self, series: Series) -> dict[str, Array]:
        """Return what a sample shows of each day, by name."""
        raise NotImplementedError

    def targets(self, series: Series) -> dict[str, Any]:
        """Return what is learned about each day but the last `ahead`, by column."""
        raise NotImplementedError

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The parts of the matrix in order."""
        return (CALENDAR, *(Block(name, self.window) for name in self.names))

    def assemble(self, frame: Frame, *, learning: bool) -> Assembled:
        """Return a sample for each day, in the order of days."""
        series, notices = read_series(frame, self.columns)
        chosen, left_out = self._chosen(series, learning=learning)
        parts = [self._samples(one, learning=learning) for one in chosen]
        told = self._learnable if learning else self._history_only
        left_out += told(chosen, parts)
        order = np.concatenate([one.places for one in chosen] or [np.empty(0, int)])
        offsets = np.cumsum([0, *(len(one) for one in chosen)])[:-1]
        ends = [part + start for part, start in zip(parts, offsets, strict=True)]
        rows = _stacked([self._matrix(*pair) for pair in enumerate(chosen)], parts)
        places = np.concatenate(ends or [np.empty(0, int)]).astype(np.int64)
        taken = frame.take(order[places])
        if learning:
            taken = _with_targets(taken, self.target_types, chosen, parts, self.targets)
        samples = Assembled(
            taken,
            rows if len(rows) else np.empty((0, sum(b.width for b in self.blocks))),
            order,
            places - self.history + 1,
            places + 1,
            (*notices, *left_out),
        )
        return (
            samples.take(np.argsort(rows[:, 0], kind="stable"))
            if len(rows)
            else samples
        )

    @property
    def history(self) -> int:
        """Days that have to be there for one sample, with its own."""
        return LOOKBACK + self.window

    def _chosen(
        self, series: list[Series], *, learning: bool
    ) -> tuple[list[Series], list[str]]:
        try:
            return chosen_series(series, self.symbols, SYMBOLS)
        except TrainingError as refusal:
            if learning:
                raise
            return [], [str(refusal)]

    def _samples(self, series: Series, *, learning: bool) -> Places:
        """Return the days of a series that are samples."""
        stop = len(series) - self.ahead if learning else len(series)
        places = np.arange(self.history - 1, max(stop, self.history - 1))
        return places[-self.days :] if learning else places

    def _matrix(self, number: int, series: Series) -> Array:
        """Return the samples of all days of a series, NaN where days are lacking."""
        known = self.sequences(series)
        padding = np.full(self.window - 1, np.nan)
        windows = [
            np.lib.stride_tricks.sliding_window_view(
                np.concatenate([padding, known[name]]), self.window
            )
            for name in self.names
        ]
        calendar = np.column_stack([series.days, np.full(len(series), float(number))])
        return np.concatenate([calendar, *windows], axis=1)

    def _history_only(self, series: list[Series], parts: list[Places]) -> list[str]:
        return [
            f"Of {one.symbol} the first {len(one) - len(part)} days are history only: "
            f"an answer takes {self.history} days."
            for one, part in zip(series, parts, strict=True)
        ]

    def _learnable(self, series: list[Series], parts: list[Places]) -> list[str]:
        """Return what to know of the number of days; refuse too few."""
        least = self.history + self.ahead
        if not sum(map(len, parts)):
            longest = max(map(len, series))
            raise TrainingError(
                f"There are {longest} days; more than {least} are needed: {LOOKBACK} "
                f"for the indicators, {self.window} to show and {self.ahead} ahead."
            )
        told = [
            f"{one.symbol} has {len(one)} days, fewer than {least}, and was left out."
            for one, part in zip(series, parts, strict=True)
            if not len(part)
        ]
        longest = max(map(len, parts))
        if longest < FEW_DAYS:
            told.append(
                f"{longest} days are little: figures from fewer than {FEW_DAYS} days "
                "are very rough."
            )
        return told


def _stacked(matrices: list[Array], parts: list[Places]) -> Array:
    rows = [whole[part] for whole, part in zip(matrices, parts, strict=True)]
    return np.concatenate(rows) if rows else np.empty((0, 0))


def _with_targets(
    frame: Frame,
    types: Mapping[str, ColumnType],
    series: Sequence[Series],
    parts: Sequence[Places],
    targets: Any,
) -> Frame:
    """Return the frame with what is learned about each of its rows as columns."""
    import polars as pl  # noqa: PLC0415 -- heavy import

    found = [targets(one) for one in series]
    fresh = [
        pl.Series(
            f"target_{name}",
            np.concatenate(
                [one[name][part] for one, part in zip(found, parts, strict=True)]
            ),
        )
        for name in types
    ]
    columns = tuple(
        Column(f"target_{name}", name, kind) for name, kind in types.items()
    )
    kept = tuple(column for column in frame.schema if column.name not in types)
    return Frame(frame.data.with_columns(fresh), Schema((*kept, *columns)))


def days_in(X: Array) -> Array:
    """Return the day of each sample, as days since 1970."""
    days: Array = X[:, 0]
    return days


def symbols_in(X: Array) -> Places:
    """Return the place of each sample's symbol among those of its table."""
    return X[:, 1].astype(np.int64)


def sequences_in(X: Array, n_names: int) -> Array:
    """Return what samples show, shape (n_samples, window, n_names)."""
    windows = X[:, CALENDAR.width :].reshape(len(X), n_names, -1)
    return windows.transpose(0, 2, 1)


def standardised(days: Array, scaler: StandardScaler) -> Array:
    """Return what days show in deviations, shape as given, the farthest cut off."""
    flat: Array = scaler.transform(days.reshape(-1, days.shape[2]))
    return flat.clip(-FARTHEST, FARTHEST).reshape(days.shape)


def blocks_aside(days: Array, share: float, ahead: int) -> tuple[Places, Places]:
    """Return the samples to learn from, and those to choose an epoch on.

    The latter are the last days of each of a few equally long stretches, so that they
    are of all times. Days whose targets would reach into them are in neither part, nor
    are as many after them.

    Parameters
    ----------
    days : array of float, shape (n_samples,)
    share : float
        Of the days, to be kept aside.
    ahead : int
        Days that targets look ahead.
    """
    moments, moment = np.unique(days, return_inverse=True)
    n_stretches = int(np.clip(len(moments) // (10 * ahead), 1, MOST_STRETCHES))
    gap = min(ahead, len(moments) // 6)
    side = np.zeros(len(moments), dtype=np.int64)
    for stretch in np.array_split(np.arange(len(moments)), n_stretches):
        first, stop = stretch[-1] + 1 - int(len(stretch) * share), stretch[-1] + 1
        side[max(0, first - gap) : stop + gap] = -1
        side[first:stop] = 1
    return np.flatnonzero(side[moment] == 0), np.flatnonzero(side[moment] == 1)
