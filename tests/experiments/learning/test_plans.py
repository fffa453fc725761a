from __future__ import annotations

import pytest
from pydantic import ValidationError

from datasets.recipes import StepSpec
from experiments.learning.plans import Plan, SplitSettings
from tests.experiments.tables import iris_plan


def test_plan_survives_json():
    plan = iris_plan(
        "knn",
        hyperparameters={"n_neighbors": 3},
        steps=[StepSpec(step="scale", columns=("petal_length",))],
        split={"cv_folds": 5, "train_ratio": 0.7},
    )

    assert Plan.model_validate_json(plan.model_dump_json()) == plan


def test_plan_as_it_stands_has_no_recipe():
    steps = [StepSpec(step="scale", columns=("petal_length",))]

    assert iris_plan(steps=steps, preprocessing="as_is").recipe == []
    assert iris_plan(steps=steps).recipe == steps


@pytest.mark.parametrize(
    ("train", "validation", "test"),
    [(0.6, 0, 0.4), (0.7, 0, 0.3), (0.8, 0, 0.2), (0.6, 0.2, 0.2), (0.7, 0.1, 0.2)],
)
def test_test_share_is_what_is_left(train, validation, test):
    settings = SplitSettings(train_ratio=train, validation_ratio=validation)

    assert settings.test_ratio == test


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"train_ratio": 0.8, "validation_ratio": 0.3}, "more than all rows"),
        ({"train_ratio": 1}, "No rows are left to test on"),
        ({"train_ratio": 0.8, "validation_ratio": 0.2}, "No rows are left to test on"),
        ({"method": "group"}, "needs the column that names the group"),
        ({"method": "time"}, "needs the column that holds the time"),
        ({"cv_folds": 21}, "less than or equal to 20"),
        ({"cv_folds": 1}, "greater than or equal to 2"),
        ({"cv_repeats": 3}, "Only folds are repeated"),
        (
            {"cv_repeats": 3, "cv_folds": 3, "method": "time", "time_column": "t"},
            "not those in the order of time",
        ),
        (
            {"method": "time", "time_column": "t", "keep_duplicates_together": True},
            "cannot keep equal rows",
        ),
        ({"train_ratio": 0}, "greater than or equal to 0.05"),
        ({"random_seed": -1}, "greater than or equal to 0"),
        ({"shuffle": True}, "Extra inputs"),
    ],
)
def test_settings_that_cannot_be_are_refused(values, sentence):
    with pytest.raises(ValidationError, match=sentence):
        SplitSettings(**values)


def test_all_rows_may_be_learned_from_with_folds():
    assert SplitSettings(train_ratio=1, cv_folds=5).test_ratio == 0
