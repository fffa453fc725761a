"""Which rows are learned from, chosen on, tested on, and the folds; all seeded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.learning.problems import TrainingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from experiments.learning.plans import SplitSettings

Places = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int64]]
Fold = tuple[Places, Places]

#: So many ways to divide groups are drawn where class shares are to be kept.
GROUP_DRAWS = 30


@dataclass(frozen=True)
class Split:
    """Places of rows: each array holds positions from 0, not row numbers.

    Parameters
    ----------
    train, validation, test : array of int
        Disjoint; validation and test may be empty.
    folds : tuple of (array, array)
        What is learned from and what is tested on, within all rows outside `test`.
    repeats : int
        How often every row outside `test` is tested.
    """

    train: Places
    validation: Places
    test: Places
    folds: tuple[Fold, ...] = ()
    repeats: int = 1

    @property
    def once(self) -> tuple[Fold, ...]:
        """The folds of the first repeat, which test no row twice."""
        return self.folds[: len(self.folds) // self.repeats]

    def digest(self, rows: Places) -> str:
        """Return the SHA-256 of who is where, by the `_row` of each row."""
        found = hashlib.sha256()
        for name, places in self.parts():
            found.update(f"{name}:{len(places)}:".encode())
            found.update(np.ascontiguousarray(rows[places], dtype="<i8").tobytes())
        return found.hexdigest()

    def parts(self) -> Iterator[tuple[str, Places]]:
        """Yield every part and the tested rows of every fold, with its name."""
        yield from (
            ("train", self.train),
            ("validation", self.validation),
            ("test", self.test),
        )
        for number, (_, tested) in enumerate(self.folds):
            yield f"fold_{number}", tested


@dataclass(frozen=True)
class Sides:
    """What a split goes by, one entry a row; None where it is not asked for.

    Parameters
    ----------
    n_samples : int
    strata : array of int, optional
        Class codes whose shares are kept.
    groups : array of int, optional
        Rows with the same number stay together.
    times : array, optional
        Sortable, nothing missing.
    duplicates : array of int, optional
        Equal rows carry the same number and stay together.
    """

    n_samples: int
    strata: Codes | None = None
    groups: Codes | None = None
    times: np.ndarray[Any, Any] | None = None
    duplicates: Codes | None = None

    def take(self, places: Places) -> Sides:
        """Return the sides of some of the rows."""
        sides = (self.strata, self.groups, self.times, self.duplicates)
        taken = (None if side is None else side[places] for side in sides)
        return Sides(len(places), *taken)


def make_split(settings: SplitSettings, sides: Sides) -> Split:
    """Divide the rows as the settings say.

    Raises
    ------
    TrainingError
        Where the rows are too few for what is asked.
    """
    return _METHODS[settings.method](settings, sides)


def inner_folds(
    settings: SplitSettings, sides: Sides, places: Places, folds: int
) -> tuple[Fold, ...]:
    """Return folds of some of the rows alone, divided as the settings say."""
    whole = {"train_ratio": 1.0, "validation_ratio": 0.0, "cv_folds": folds}
    settings = settings.model_copy(update=whole | {"cv_repeats": 1})
    found = make_split(settings, sides.take(places))
    return tuple((places[learned], places[tested]) for learned, tested in found.folds)


def _random(settings: SplitSettings, sides: Sides) -> Split:
    units, members = _units(sides)
    strata = None if sides.strata is None else sides.strata[units]
    n_test = _count(settings.test_ratio, len(units))
    n_validation = _count(settings.validation_ratio, len(units))
    everyone = np.arange(len(units))
    rest, test = _hold_out(everyone, n_test, strata, settings.random_seed)
    train, validation = _hold_out(rest, n_validation, strata, settings.random_seed)
    folds = tuple(
        (members(rest[learned]), members(rest[tested]))
        for learned, tested in _folds(settings, rest, strata)
    )
    return Split(
        members(train), members(validation), members(test), folds, settings.cv_repeats
    )


def _units(sides: Sides) -> tuple[Places, Callable[[Places], Places]]:
    """Return one row for each that is divided, and who goes along with it."""
    if sides.duplicates is None:
        return np.arange(sides.n_samples), lambda chosen: chosen
    _, first, unit = np.unique(sides.duplicates, return_index=True, return_inverse=True)
    return first, lambda chosen: np.flatnonzero(np.isin(unit, chosen))


def _hold_out(
    places: Places, size: int, strata: Codes | None, seed: int
) -> tuple[Places, Places]:
    if not size:
        return places, places[:0]
    from sklearn.model_selection import (  # noqa: PLC0415 -- heavy import
        train_test_split,
    )

    stratify = None if strata is None else strata[places]
    _check_sizes(len(places), size, stratify)
    kept, held = train_test_split(
        places, test_size=size, random_state=seed, stratify=stratify
    )
    return kept, held


def _check_sizes(n_samples: int, size: int, strata: Codes | None) -> None:
    if n_samples - size < 1:
        raise TrainingError(
            f"{n_samples} rows are too few to keep {size} of them apart."
        )
    if strata is None:
        return
    counts = np.unique(strata, return_counts=True)[1]
    if counts.min() < 2:
        raise TrainingError(
            "A class with one row cannot be in two parts: leave the class out, or "
            "switch off “Keep class shares”."
        )
    if min(size, n_samples - size) < len(counts):
        raise TrainingError(
            f"{n_samples} rows are too few to have each of the {len(counts)} classes "
            "in every part: change the shares, or switch off “Keep class shares”."
        )


def _folds(
    settings: SplitSettings, places: Places, strata: Codes | None
) -> Iterator[Fold]:
    if not settings.cv_folds:
        return iter(())
    from sklearn.model_selection import (  # noqa: PLC0415 -- heavy import
        KFold,
        StratifiedKFold,
    )

    labels = None if strata is None else strata[places]
    _check_folds(settings.cv_folds, len(places), labels)
    kind = KFold if labels is None else StratifiedKFold
    folds = _shuffled(kind, settings)
    return (fold for _ in _repeats(settings) for fold in folds.split(places, labels))


def _shuffled(kind: Any, settings: SplitSettings) -> Any:
    """Return folds that are drawn anew in every repeat, as scikit-learn's are."""
    # One generator for all repeats: the first is what the seed alone would give.
    random = np.random.RandomState(settings.random_seed)
    return kind(settings.cv_folds, shuffle=True, random_state=random)


def _repeats(settings: SplitSettings) -> range:
    return range(settings.cv_repeats)


def _check_folds(folds: int, n_samples: int, labels: Codes | None) -> None:
    if n_samples < folds:
        raise TrainingError(f"{n_samples} rows are too few for {folds} folds.")
    if labels is None:
        return
    smallest = int(np.unique(labels, return_counts=True)[1].min())
    if smallest < folds:
        raise TrainingError(
            f"The smallest class has {smallest} rows to learn from, too few for "
            f"{folds} folds: use at most {smallest}, or leave the class out."
        )


def _by_group(settings: SplitSettings, sides: Sides) -> Split:
    if sides.groups is None:
        raise TrainingError("A split by group needs the column that names the group.")
    if sides.duplicates is not None:
        sides = replace(sides, groups=joined(sides.groups, sides.duplicates))
    seed = settings.random_seed
    everyone = np.arange(sides.n_samples)
    rest, test = _hold_out_groups(everyone, settings.test_ratio, sides, seed)
    share = settings.validation_ratio / (1 - settings.test_ratio)
    train, validation = _hold_out_groups(rest, share, sides, seed)
    folds = tuple(
        (rest[learned], rest[tested])
        for learned, tested in _group_folds(settings, rest, sides)
    )
    return Split(train, validation, test, folds, settings.cv_repeats)


def joined(first: Codes, second: Codes) -> Codes:
    """Return groups in which rows are together that are so in either of two ways."""
    from scipy.sparse import coo_array  # noqa: PLC0415 -- heavy import
    from scipy.sparse.csgraph import (  # noqa: PLC0415 -- heavy import
        connected_components,
    )

    _, one = np.unique(first, return_inverse=True)
    _, other = np.unique(second, return_inverse=True)
    size = one.max() + other.max() + 2
    edges = coo_array((np.ones(len(one)), (one, one.max() + 1 + other)), (size, size))
    _, found = connected_components(edges, directed=False)
    codes: Codes = found[one].astype(np.int64)
    return codes


def _hold_out_groups(
    places: Places, share: float, sides: Sides, seed: int
) -> tuple[Places, Places]:
    """Divide whole groups; of several draws the one that keeps class shares best."""
    if share <= 0:
        return places, places[:0]
    from sklearn.model_selection import (  # noqa: PLC0415 -- heavy import
        GroupShuffleSplit,
    )

    assert sides.groups is not None
    groups = sides.groups[places]
    n_groups = len(np.unique(groups))
    if n_groups < 2:
        raise TrainingError("There is one group only: it cannot be in two parts.")
    size = min(max(1, _count(share, n_groups)), n_groups - 1)
    strata = None if sides.strata is None else sides.strata[places]
    draws = 1 if strata is None else GROUP_DRAWS
    splitter = GroupShuffleSplit(draws, test_size=size, random_state=seed)
    kept, held = min(
        splitter.split(places, groups=groups),
        key=lambda parts: _unlike(strata, parts[1], share),
    )
    return places[kept], places[held]


def _unlike(strata: Codes | None, held: Places, share: float) -> float:
    """Return by how many rows a part misses its share of every class."""
    if strata is None:
        return 0.0
    counts = np.bincount(strata)
    found = np.bincount(strata[held], minlength=len(counts))
    return float(np.abs(found - share * counts).sum())


def _group_folds(
    settings: SplitSettings, places: Places, sides: Sides
) -> Iterator[Fold]:
    if not settings.cv_folds or sides.groups is None:
        return iter(())
    from sklearn.model_selection import (  # noqa: PLC0415 -- heavy import
        GroupKFold,
        StratifiedGroupKFold,
    )

    groups = sides.groups[places]
    n_groups = len(np.unique(groups))
    if n_groups < settings.cv_folds:
        raise TrainingError(
            f"{n_groups} groups are too few for {settings.cv_folds} folds."
        )
    labels = None if sides.strata is None else sides.strata[places]
    _check_folds(settings.cv_folds, len(places), labels)
    folds = _shuffled(GroupKFold if labels is None else StratifiedGroupKFold, settings)
    return (
        fold for _ in _repeats(settings) for fold in folds.split(places, labels, groups)
    )


def _by_time(settings: SplitSettings, sides: Sides) -> Split:
    """Divide moments: rows of one stay together, and gaps are as long as was said."""
    if sides.times is None:
        raise TrainingError("A split by time needs the column that holds the time.")
    moments, moment = np.unique(sides.times, return_inverse=True)
    order = np.argsort(moment, kind="stable")
    starts = np.searchsorted(moment[order], np.arange(len(moments) + 1))

    def rows(first: int, stop: int) -> Places:
        return order[starts[max(0, first)] : starts[max(0, first, stop)]]

    test = _cut(starts, settings.test_ratio, len(moments))
    learned = max(0, test - settings.gap) if settings.test_ratio else len(moments)
    validation = _cut(starts, settings.validation_ratio, learned)
    stop = validation - settings.gap if settings.validation_ratio else learned
    train = rows(0, stop)
    if not len(train):
        raise TrainingError(
            f"{len(moments)} moments are too few for these shares and a gap of "
            f"{settings.gap} moments."
        )
    folds = tuple(
        (rows(0, first), rows(start, end))
        for first, start, end in _time_folds(settings, learned)
    )
    return Split(train, rows(validation, learned), rows(test, len(moments)), folds)


def _cut(starts: Places, share: float, stop: int) -> int:
    """Return the moment from which on a share of all rows lies before `stop`."""
    if not share or not stop:
        return stop
    wanted = int(starts[stop]) - _count(share, int(starts[-1]))
    return int(np.searchsorted(starts[: stop + 1], max(0, wanted), side="right")) - 1


def _time_folds(settings: SplitSettings, n_moments: int) -> Iterator[tuple[int, ...]]:
    """Yield where each fold's learned moments stop, and its tested ones start and end.

    Each fold learns from all moments before it, as `TimeSeriesSplit` has it.
    """
    if not settings.cv_folds:
        return
    size = n_moments // (settings.cv_folds + 1)
    if size < 1 or n_moments - settings.gap - size * settings.cv_folds <= 0:
        raise TrainingError(
            f"{n_moments} moments are too few for {settings.cv_folds} folds in time "
            f"with a gap of {settings.gap} moments."
        )
    for number in range(settings.cv_folds, 0, -1):
        start = n_moments - number * size
        yield start - settings.gap, start, start + size


def _count(share: float, n_samples: int) -> int:
    """Return how many rows a share is; as scikit-learn, what is begun counts."""
    return int(np.ceil(round(share * n_samples, 9)))


_METHODS: dict[str, Callable[[SplitSettings, Sides], Split]] = {
    "random": _random,
    "group": _by_group,
    "time": _by_time,
}
