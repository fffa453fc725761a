"""A fitted pipeline: from rows as they come to predictions, or reasons why not."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from datasets.engines import engine
from datasets.recipes import FittedRecipe, Replayer
from datasets.tables import ROW, Column, Schema
from datasets.values import to_json
from experiments.evaluation.checks import FILLING
from experiments.evaluation.numbers import plain
from experiments.problems import LARGEST
from experiments.signature import (
    Reason,
    RefusedValueError,
    Signature,
    input_columns,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.algorithms.catalogue import Algorithm
    from experiments.encoding import Encoder, Matrix
    from experiments.plans import Plan
    from experiments.samples import Samples
    from experiments.training import Fitted

    Codes = np.ndarray[Any, np.dtype[np.int64]]
    Json = dict[str, Any]

    Answers = np.ndarray[Any, np.dtype[np.float64]]

#: Rows an artefact carries along, to be answered again before it is served.
SELF_CHECK_ROWS = 10


@dataclass(frozen=True)
class Prediction:
    """The answer to one row; `row` is its place among those asked, from 0."""

    row: int
    prediction: Any
    probabilities: dict[str, float] | None = None
    warnings: tuple[Reason, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the answer as the API gives it."""
        answer = {"row": self.row, "prediction": self.prediction}
        if self.probabilities is not None:
            answer["probabilities"] = self.probabilities
        if self.warnings:
            answer["warnings"] = [warning.to_json() for warning in self.warnings]
        return answer


@dataclass(frozen=True)
class Quarantined:
    """A row that was not answered, and why."""

    row: int
    reasons: tuple[Reason, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the refusal as the API gives it."""
        return {"row": self.row, "reasons": [r.to_json() for r in self.reasons]}


@dataclass(frozen=True)
class Predictions:
    """Every row is in exactly one of the two lists."""

    predictions: list[Prediction] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return all answers as the API gives them."""
        return {
            "predictions": [item.to_json() for item in self.predictions],
            "quarantined": [item.to_json() for item in self.quarantined],
            "notices": self.notices,
        }


@dataclass(frozen=True)
class FittedPipeline:
    """Everything a row goes through: contract, steps, encoder, estimator.

    Parameters
    ----------
    signature : Signature
        The columns rows must have.
    recipe : FittedRecipe
        The steps with what they learned, without those that drop rows.
    encoder : Encoder
        From columns to numbers.
    estimator : object
        Fitted, with the contract of scikit-learn.
    missing_allowed : bool
        Whether the estimator takes missing values.
    """

    signature: Signature
    recipe: FittedRecipe
    encoder: Encoder
    estimator: Any
    missing_allowed: bool

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is made on use, which belongs to this process."""
        fields = ("signature", "recipe", "encoder", "estimator", "missing_allowed")
        return {name: self.__dict__[name] for name in fields}

    def predict(self, rows: Sequence[Mapping[str, Any]]) -> Predictions:
        """Answer rows given as values by column name.

        The order of columns does not matter; columns the model does not know are
        left aside, with a notice. A row with a value the model does not take is
        quarantined with every reason; an unusual value is answered with a warning.
        """
        answered = Predictions(notices=self._notices(rows))
        places, remarks, values = self._read(rows, answered)
        if not places:
            return answered
        X, kept = self._encoded(values, len(places))
        lost = self._lost(X)
        for place in np.flatnonzero(lost).tolist():
            answered.quarantined.append(self._unusable(X[place], places[kept[place]]))
        usable = np.flatnonzero(~lost)
        if len(usable):
            found = answers(self.estimator, X[usable], self.signature.labels)
            rows_answered = [kept[place] for place in usable.tolist()]
            self._tell(found, rows_answered, places, remarks, answered)
        answered.quarantined.sort(key=lambda item: item.row)
        return answered

    def _notices(self, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        known = {column.name for column in self.signature.columns}
        extra: dict[str, None] = {}
        for row in rows:
            extra.update(dict.fromkeys(name for name in row if name not in known))
        extra.pop(self.signature.target, None)
        if not extra:
            return []
        named = ", ".join(f"“{name}”" for name in list(extra)[:20])
        return [
            f"These columns are not used by the model and were left aside: {named}."
        ]

    def _read(
        self, rows: Sequence[Mapping[str, Any]], answered: Predictions
    ) -> tuple[list[int], list[tuple[Reason, ...]], dict[str, list[Any]]]:
        columns = self.signature.columns
        values: dict[str, list[Any]] = {column.name: [] for column in columns}
        places, remarks = [], []
        for place, row in enumerate(rows):
            read, reasons, unusual = self._read_row(row)
            if reasons:
                answered.quarantined.append(Quarantined(place, tuple(reasons)))
                continue
            places.append(place)
            remarks.append(tuple(unusual))
            for column, value in zip(columns, read, strict=True):
                values[column.name].append(value)
        return places, remarks, values

    def _read_row(
        self, row: Mapping[str, Any]
    ) -> tuple[list[Any], list[Reason], list[Reason]]:
        read, reasons, unusual = [], [], []
        for column in self.signature.columns:
            if column.name not in row:
                detail = f"The column “{column.name}” is not there."
                reasons.append(Reason(column.name, "missing_column", detail))
                continue
            try:
                value = column.read(row[column.name])
            except RefusedValueError as error:
                reasons.append(error.reason)
                continue
            read.append(value)
            if remark := column.remark(value):
                unusual.append(remark)
        return read, reasons, unusual

    @cached_property
    def _replayer(self) -> Replayer:
        columns = tuple(
            Column(f"c{place}", column.name, column.type)
            for place, column in enumerate(self.signature.columns)
        )
        return Replayer(self.recipe, Schema(columns), engine("polars"))

    def _encoded(
        self, values: dict[str, list[Any]], length: int
    ) -> tuple[Matrix, Sequence[int]]:
        """Return the rows encoded, and the place each had among those read."""
        if not self.recipe.steps:
            return self.encoder.row_matrix(values, length), range(length)
        after = self._replayer(values)
        kept = after[ROW]
        return self.encoder.row_matrix(after, len(kept)), kept

    def _lost(self, X: Matrix) -> np.ndarray[Any, np.dtype[np.bool_]]:
        large = (np.abs(X) > LARGEST).any(axis=1)
        if self.missing_allowed:
            return np.asarray(large)
        return np.asarray(large | np.isnan(X).any(axis=1))

    def _unusable(self, encoded: Answers, row: int) -> Quarantined:
        reasons = []
        for feature, place in zip(
            self.encoder.features, self.encoder.groups, strict=True
        ):
            part = encoded[place]
            if np.isnan(part).any() and not self.missing_allowed:
                detail = f"“{feature.name}” has no value after the steps."
                reasons.append(Reason(feature.name, "missing_value", detail))
            elif (np.abs(part) > LARGEST).any():
                detail = f"“{feature.name}” is beyond ±3.4e38 after the steps."
                reasons.append(Reason(feature.name, "too_large", detail))
        return Quarantined(row, tuple(reasons))

    def _tell(
        self,
        found: Answers,
        kept: Sequence[int],
        places: Sequence[int],
        remarks: Sequence[tuple[Reason, ...]],
        answered: Predictions,
    ) -> None:
        labels = self.signature.labels
        names = None if labels is None else [str(label) for label in labels]
        best = None if labels is None else found.argmax(axis=1).tolist()
        for index, (place, answer) in enumerate(zip(kept, found.tolist(), strict=True)):
            if labels is None or names is None or best is None:
                prediction, shares = plain(answer), None
            else:
                prediction = labels[best[index]]
                shares = dict(zip(names, answer, strict=True))
            answered.predictions.append(
                Prediction(places[place], prediction, shares, remarks[place])
            )


def answers(estimator: Any, X: Matrix, labels: Sequence[Any] | None) -> Answers:
    """Return probabilities, a column for every label, or numbers.

    Classes are the codes 0 … n in estimators; one that was never learned gets 0.
    """
    import sklearn  # noqa: PLC0415 -- heavy import

    with sklearn.config_context(assume_finite=True):
        if labels is None:
            numbers: Answers = estimator.predict(X)
            return numbers
        found: Answers = estimator.predict_proba(X)
    classes = estimator.classes_
    if len(classes) == len(labels):
        return found
    complete = np.zeros((len(found), len(labels)))
    complete[:, classes] = found
    return complete


def make_pipeline(
    plan: Plan, entry: Algorithm, samples: Samples, fitted: Fitted, train: Codes
) -> FittedPipeline:
    """Put together what was learned from the rows at the places `train`."""
    preparation = fitted.preparation
    recipe = FittedRecipe(steps=(*samples.before.steps, *preparation.recipe.steps))
    native = entry.missing == "native"
    inputs = served_inputs(plan, samples, recipe)
    filled = {
        name for step in recipe.steps if step.step in FILLING for name in step.columns
    }
    allowed = inputs.names if native else [n for n in inputs.names if n in filled]
    columns = input_columns(samples.inputs.take(train).select(inputs), allowed)
    labels = None if samples.labels is None else tuple(samples.labels)
    return FittedPipeline(
        Signature(columns, plan.target, samples.target_type, labels),
        recipe,
        preparation.encoder,
        served(fitted.estimator),
        native,
    )


def served_inputs(plan: Plan, samples: Samples, recipe: FittedRecipe) -> Schema:
    """Return the columns a row must have: the features, and what steps work on."""
    known = [c for c in samples.inputs.schema if c.name != plan.target]
    if any(not step.columns for step in recipe.steps):
        return Schema(tuple(known))
    named = {*plan.features, *(name for s in recipe.steps for name in s.columns)}
    return Schema(tuple(column for column in known if column.name in named))


def served(estimator: Any) -> Any:
    """Return the estimator set to one thread: a pool costs more than a row."""
    single = {
        name: 1 for name in estimator.get_params() if name.split("__")[-1] == "n_jobs"
    }
    return estimator.set_params(**single)


def self_check(pipeline: FittedPipeline, samples: Samples, train: Codes) -> Json:
    """Return some training rows with their answers, to be compared on loading."""
    places = np.unique(np.linspace(0, len(train) - 1, SELF_CHECK_ROWS).astype(int))
    inputs = samples.inputs.take(train[places])
    columns = {
        column.name: [_json(v) for v in inputs.column(column.name).to_list()]
        for column in pipeline.signature.columns
    }
    rows = [
        dict(zip(columns, values, strict=True))
        for values in zip(*columns.values(), strict=True)
    ]
    return {"rows": rows, "answers": pipeline.predict(rows).to_json()}


def _json(value: Any) -> Any:
    return None if value is None else to_json(value)
