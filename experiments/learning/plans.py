"""What to learn and how: all that decides what a training session's numbers are."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from datasets.recipes import StepSpec
from datasets.words import word
from experiments.algorithms.catalogue import Task
from experiments.algorithms.parameters import parameter
from experiments.searching.settings import SearchSettings

#: Shares are compared up to this, so that 0.7 + 0.3 is a whole.
ROUNDING = 1e-9


class SplitSettings(BaseModel):
    """How rows are kept apart: training, validation, test, and folds.

    The shares are of all usable rows; the test part is what the others leave. Folds run
    over all rows outside the test part. `train_ratio` 1 leaves no test part: the
    evaluation is then by folds over all rows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    method: Literal["random", "time", "group"] = parameter(
        "random",
        "Split",
        "Random rows; the latest rows as test; or whole groups of rows together.",
        words={
            "random": word("random rows"),
            "time": word("latest rows as test"),
            "group": word("whole groups together"),
        },
    )
    train_ratio: float = parameter(
        0.8,
        "Training share",
        "Share of the rows that is learned from. With folds it may be 1.",
        recommended=(0.6, 0.7, 0.8),
        ge=0.05,
        le=1,
    )
    validation_ratio: float = parameter(
        0.0,
        "Validation share",
        "Share of the rows kept apart to choose hyperparameters on.",
        recommended=(0, 0.1, 0.2),
        ge=0,
        le=0.9,
    )
    random_seed: int = parameter(
        42,
        "Random seed",
        "The same seed gives the same split, folds and model.",
        ge=0,
        le=2**32 - 1,
    )
    stratified: bool = parameter(
        True,
        "Keep class shares",
        "Every part gets each class in the same share (classification).",
    )
    cv_folds: int | None = parameter(
        None,
        "Folds",
        "Cross-validation with this many folds; empty means none.",
        unit="folds",
        recommended=(3, 5, 10),
        ge=2,
        le=20,
    )
    cv_repeats: int = parameter(
        1,
        "Repeats",
        "How often all folds are drawn anew; more make their mean steadier.",
        recommended=(1, 3, 10),
        ge=1,
        le=10,
    )
    group_column: str | None = Field(
        None,
        title="Group column",
        description="Rows with the same value stay in the same part.",
    )
    time_column: str | None = Field(
        None,
        title="Time column",
        description="Earlier rows are learned from, later ones tested on.",
    )
    gap: int = parameter(
        0,
        "Gap",
        "Moments left out between what is learned from and what is tested on: days "
        "where a row is a day. Rows of one moment stay together.",
        unit="moments",
        ge=0,
        le=100_000,
    )
    keep_duplicates_together: bool = parameter(
        False,
        "Keep duplicates together",
        "Rows that are equal in all features stay in the same part.",
    )

    same_as: int | None = parameter(
        None,
        "Same split as",
        "A trained experiment on the same data whose parts and folds are taken, row "
        "for row; of the settings here only the learning curve counts then.",
        ge=1,
        le=2**62,
    )
    learning_curve: bool = parameter(
        False,
        "Learning curve",
        "Train five times more, on 10 % of the rows and up, to see what more rows "
        "would bring; takes about two and a half trainings longer.",
    )

    @property
    def test_ratio(self) -> float:
        """The share of the rows that is left for the test."""
        return max(0.0, round(1 - self.train_ratio - self.validation_ratio, 9))

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.train_ratio + self.validation_ratio > 1 + ROUNDING:
            raise ValueError(
                "Training and validation share are more than all rows together."
            )
        if not self.test_ratio and not self.cv_folds:
            raise ValueError(
                "No rows are left to test on: lower the training share, or use folds."
            )
        if self.method == "group" and not self.group_column:
            raise ValueError("A split by group needs the column that names the group.")
        if self.method == "time" and not self.time_column:
            raise ValueError("A split by time needs the column that holds the time.")
        if self.method == "time" and self.keep_duplicates_together:
            raise ValueError(
                "A split by time cannot keep equal rows of different times together."
            )
        if self.cv_repeats > 1 and (self.method == "time" or not self.cv_folds):
            raise ValueError(
                "Only folds are repeated, and not those in the order of time: choose "
                "folds, or one repeat."
            )
        return self


class Plan(BaseModel):
    """What to learn and how.

    `steps` is the recipe: with `leak_free`, the table is the import (or any version
    before the recipe's first learning step), steps that learn nothing are applied to
    all rows, and from the first learning step on everything is fitted on training
    rows alone. With `as_is` the table is used as it stands and there are no steps.
    With `split_digest` the split has to be the earlier one of that digest. With
    `started_from`, the SHA-256 of an earlier model's artefact, a network begins with
    the weights of that model instead of drawn ones.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    algorithm: str
    hyperparameters: dict[str, Any] = Field(default_factory=dict)
    target: str
    features: list[str]
    task: Task
    split: SplitSettings = Field(default_factory=SplitSettings)
    search: SearchSettings | None = None
    preprocessing: Literal["leak_free", "as_is"] = "leak_free"
    steps: list[StepSpec] = Field(default_factory=list)
    random_seed: int = Field(42, ge=0, le=2**32 - 1)
    split_digest: str | None = None
    started_from: str | None = None

    @property
    def recipe(self) -> list[StepSpec]:
        """The steps that are fitted inside the folds; none where data is as it is."""
        return self.steps if self.preprocessing == "leak_free" else []
