from __future__ import annotations

import numpy as np
import pytest

from experiments.evaluation.kept_splits import rows_of, split_from
from experiments.evaluation.splits import Sides, make_split
from experiments.learning.plans import SplitSettings
from experiments.learning.problems import TrainingError

ROWS = np.arange(60) * 3 + 7
SIDES = Sides(60, groups=np.arange(60) // 4, times=np.arange(60)[::-1].copy())


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"validation_ratio": 0.2, "train_ratio": 0.6, "cv_folds": 3, "cv_repeats": 2},
        {"method": "group", "group_column": "g", "cv_folds": 4},
        {"method": "time", "time_column": "t", "gap": 4, "cv_folds": 3},
        {"train_ratio": 1, "cv_folds": 5},
    ],
)
def test_split_is_taken_again_row_for_row_in_any_order(values):
    split = make_split(SplitSettings(**values), SIDES)
    shuffled = np.random.default_rng(1).permutation(ROWS)

    found = split_from(rows_of(split, ROWS), shuffled, split.repeats)

    assert found.digest(shuffled) == split.digest(ROWS)
    assert len(found.once) == len(split.once)
    for (learned, tested), (before, after) in zip(
        found.folds, split.folds, strict=True
    ):
        assert sorted(shuffled[learned]) == sorted(ROWS[before])
        assert shuffled[tested].tolist() == ROWS[after].tolist()


@pytest.mark.parametrize("rows", [ROWS[:-2], np.append(ROWS, 1), ROWS + 1])
def test_split_of_other_rows_is_refused(rows):
    kept = rows_of(make_split(SplitSettings(), SIDES), ROWS)

    with pytest.raises(TrainingError, match="about 60 rows, of which"):
        split_from(kept, rows, 1)
