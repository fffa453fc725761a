"""A split as the numbers of its rows: written with a model, taken again by others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.evaluation.splits import Split, make_split
from experiments.learning.problems import TrainingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.evaluation.splits import Codes, Fold, Sides
    from experiments.learning.plans import Plan

    Rows = Mapping[str, np.ndarray[Any, np.dtype[np.int64]]]

#: Rows that are in no part: the gaps of a split by time.
UNUSED = "unused"


def divided(plan: Plan, sides: Sides, rows: Codes, kept: Rows | None) -> Split:
    """Return the split of a plan; with `kept` the earlier one, row for row.

    Parameters
    ----------
    plan : Plan
    sides : Sides
    rows : array of int, shape (n_samples,)
        The `_row` of each.
    kept : dict of str to array, or None
        What `rows_of` gave of the split that is taken again.

    Raises
    ------
    TrainingError
        Where the rows are too few, or not those that the earlier split is about.
    """
    if kept is None:
        split = make_split(plan.split, sides)
    else:
        split = split_from(kept, rows, plan.split.cv_repeats)
    if plan.split_digest not in {None, split.digest(rows)}:
        raise TrainingError(
            f"This is not the split of experiment {plan.split.same_as} that was to be "
            "taken again: the rows are others, or divided otherwise. Split anew."
        )
    return split


def rows_of(split: Split, rows: Codes) -> dict[str, Codes]:
    """Return the `_row` of each row of every part and fold, by the part's name.

    What a fold learns from is named only where it is not simply all other rows.
    """
    found = {name: rows[places] for name, places in split.parts()}
    used = np.concatenate([split.train, split.validation, split.test])
    unused = np.setdiff1d(np.arange(len(rows)), used)
    if len(unused):
        found[UNUSED] = rows[unused]
    others = len(split.train) + len(split.validation)
    for number, (learned, tested) in enumerate(split.folds):
        if len(learned) + len(tested) != others:
            found[f"learned_{number}"] = rows[learned]
    return found


def split_from(kept: Rows, rows: Codes, repeats: int) -> Split:
    """Return the split again, as places among `rows`.

    Parameters
    ----------
    kept : dict of str to array
        What `rows_of` gave.
    rows : array of int, shape (n_samples,)
        The `_row` of each row there is.
    repeats : int
        How often the folds were drawn.

    Raises
    ------
    TrainingError
        Where there are other rows than the split is about.
    """
    parts = ("train", "validation", "test", UNUSED)
    known = np.concatenate([kept[name] for name in parts if name in kept])
    if not np.array_equal(np.sort(known), np.sort(rows)):
        shared = int(np.isin(known, rows).sum())
        raise TrainingError(
            f"The split to be taken again is about {len(known)} rows, of which "
            f"{shared} are among the {len(rows)} here. Choose the same data, with the "
            "same steps that remove rows, or split anew."
        )
    order = np.argsort(rows)

    def places(name: str) -> Codes:
        found: Codes = order[np.searchsorted(rows[order], kept[name])]
        return found

    train, validation, test = (places(name) for name in parts[:3])
    others = np.concatenate([train, validation])

    def fold(number: int) -> Fold:
        tested = places(f"fold_{number}")
        if f"learned_{number}" in kept:
            return places(f"learned_{number}"), tested
        return others[~np.isin(others, tested)], tested

    count = sum(name.startswith("fold_") for name in kept)
    folds = tuple(fold(number) for number in range(count))
    return Split(train, validation, test, folds, repeats)
