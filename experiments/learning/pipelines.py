"""A fitted pipeline: from rows as they come to predictions, or reasons why not."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from datasets.engines import engine
from datasets.lineage import narrowed, origins
from datasets.recipes import FittedRecipe, Replayer, build
from datasets.tables import ROW, Column, Schema
from datasets.values import to_json
from experiments.evaluation.numbers import plain
from experiments.learning.answers import answers, beside
from experiments.learning.predictions import Predictions, Quarantined
from experiments.learning.preparation import Frame
from experiments.learning.problems import LARGEST
from experiments.learning.reading import RowReader, listed
from experiments.learning.signature import Reason, Signature, input_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from datasets.steps.base import Step
    from experiments.algorithms.catalogue import Algorithm
    from experiments.families.assembling import Assembler
    from experiments.learning.encoding import Encoder, Matrix
    from experiments.learning.fits import Fitted
    from experiments.learning.plans import Plan
    from experiments.learning.reading import Values
    from experiments.learning.samples import Samples

    Codes = np.ndarray[Any, np.dtype[np.int64]]
    Json = dict[str, Any]

    Answers = np.ndarray[Any, np.dtype[np.float64]]

#: Rows an artefact carries along, to be answered again before it is served.
SELF_CHECK_ROWS = 10
#: The same where one is made of many rows.
SELF_CHECK_SAMPLES = 2


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
    assembler : Assembler, optional
        Makes samples of several rows; an answer is then about the row that stands for
        its sample.
    notice : str
        What every reader of an answer has to know.
    """

    signature: Signature
    recipe: FittedRecipe
    encoder: Encoder
    estimator: Any
    missing_allowed: bool
    assembler: Assembler | None = None
    notice: str = ""

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is made on use, which belongs to this process."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def predict(self, rows: Sequence[Mapping[str, Any]]) -> Predictions:
        """Answer rows given as values by column name.

        The order of columns does not matter; columns the model does not know are
        left aside, with a notice. A row with a value the model does not take is
        quarantined with every reason; an unusual value is answered with a warning.
        """
        read = self._reader(rows)
        notices = [*([self.notice] if self.notice else []), *self._reader.notices(rows)]
        quarantined = [Quarantined(p, tuple(why)) for p, why in read.refusals.items()]
        places = read.places
        found, outputs = None, {}
        if places:
            X, places, said = self._encoded(read.values, places)
            notices += said
            # Also where one is NaN, which is not less than anything.
            if not np.abs(X).max(initial=0.0) <= LARGEST:
                X, places, lost = self._usable(X, places)
                quarantined += lost
            if places:
                found = self.ask(X)
                outputs = beside(self.estimator, X)
        quarantined.sort(key=lambda item: item.row)
        told = self._told(found, places, read.remarks, quarantined, notices)
        return replace(told, outputs=outputs) if outputs else told

    def matrix(self, rows: Sequence[Mapping[str, Any]]) -> Matrix:
        """Return the rows that can be read as the estimator is given them."""
        read = self._reader(rows)
        return self._encoded(read.values, read.places)[0]

    def ask(self, X: Matrix) -> Answers:
        """Return what the estimator says: probabilities of all classes, or numbers."""
        return answers(self.estimator, X, self.signature.labels)

    @cached_property
    def _reader(self) -> RowReader:
        return RowReader(self.signature)

    @cached_property
    def _replayer(self) -> Replayer:
        return Replayer(self.recipe, self._columns, engine("polars"))

    @property
    def _columns(self) -> Schema:
        columns = (
            Column(f"c{place}", column.name, column.type)
            for place, column in enumerate(self.signature.columns)
        )
        return Schema(tuple(columns))

    def _encoded(
        self, values: Mapping[str, Values], places: Sequence[int]
    ) -> tuple[Matrix, Sequence[int], Sequence[str]]:
        """Return the rows encoded, the place of each, and what to know of them.

        Steps may drop rows, and not every row stands for a sample.
        """
        if self.assembler is not None:
            frame = Frame.of(listed(values), self._columns)
            samples = self.assembler.assemble(frame, learning=False)
            kept = [places[row] for row in samples.frame.rows.tolist()]
            return samples.X, kept, samples.notices
        if self.recipe.steps:
            values = self._replayer(listed(values))
            places = list(map(places.__getitem__, values[ROW]))
        return self.encoder.row_matrix(values, len(places)), places, ()

    def _usable(
        self, X: Matrix, places: Sequence[int]
    ) -> tuple[Matrix, Sequence[int], list[Quarantined]]:
        """Return the rows that can be answered, and the others with their reasons."""
        lost = (np.abs(X) > LARGEST).any(axis=1)
        if not self.missing_allowed:
            lost |= np.isnan(X).any(axis=1)
        kept = [places[place] for place in np.flatnonzero(~lost).tolist()]
        refused = [
            self._unusable(X[place], places[place])
            for place in np.flatnonzero(lost).tolist()
        ]
        return X[~lost], kept, refused

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

    def _told(
        self,
        found: Answers | None,
        places: Sequence[int],
        remarks: Mapping[int, list[Reason]],
        quarantined: list[Quarantined],
        notices: list[str],
    ) -> Predictions:
        labels = self.signature.labels
        if found is None:
            return Predictions(quarantined=quarantined, notices=notices)
        if labels is None:
            return Predictions(
                places, plain(found), None, (), remarks, quarantined, notices
            )
        best = [labels[code] for code in found.argmax(axis=1).tolist()]
        names = tuple(str(label) for label in labels)
        return Predictions(places, best, found, names, remarks, quarantined, notices)


def make_pipeline(
    plan: Plan, entry: Algorithm, samples: Samples, fitted: Fitted, train: Codes
) -> FittedPipeline:
    """Put together what was learned from the rows at the places `train`."""
    preparation = fitted.preparation
    steps = (*samples.before.steps, *preparation.recipe.steps)
    recipe = FittedRecipe(steps=tuple(narrowed(steps, plan.features)[0]))
    native = entry.missing == "native"
    inputs = served_inputs(plan, samples, recipe)
    family = entry.family
    contract = family.contract if family else None
    filled = inputs_of(recipe, lambda step: step.fills)
    allowed = inputs.names if native else [n for n in inputs.names if n in filled]
    read = inputs_of(recipe, lambda step: step.reads_text)
    rows = samples.inputs_of(train).select(inputs)
    columns = tuple(
        replace(column, categories=None) if column.name in read else column
        for column in input_columns(rows, allowed, contract)
    )
    labels = None if samples.labels is None else tuple(samples.labels)
    return FittedPipeline(
        Signature(columns, plan.target, samples.target_type, labels),
        recipe,
        preparation.encoder,
        served(fitted.estimator),
        native,
        samples.assembler,
        family.notice if family else "",
    )


def served_inputs(plan: Plan, samples: Samples, recipe: FittedRecipe) -> Schema:
    """Return the columns a row must have: what the features are made of."""
    known = [c for c in samples.inputs.schema if c.name != plan.target]
    if samples.assembler is not None:
        return Schema(tuple(c for c in known if c.name in plan.features))
    if any(not step.columns for step in recipe.steps):
        return Schema(tuple(known))
    _, wanted = narrowed(recipe.steps, plan.features)
    return Schema(tuple(column for column in known if column.name in wanted))


def inputs_of(recipe: FittedRecipe, wanted: Callable[[Step[Any]], bool]) -> set[str]:
    """Return what the columns of the steps that are wanted are made of."""
    return {
        origin
        for place, spec in enumerate(recipe.steps)
        if wanted(build(spec))
        for name in spec.columns
        for origin in origins(recipe.steps[:place], name)
    }


def served(estimator: Any) -> Any:
    """Return the estimator set to one thread: a pool costs more than a row."""
    single = {
        name: 1 for name in estimator.get_params() if name.split("__")[-1] == "n_jobs"
    }
    return estimator.set_params(**single)


def self_check(pipeline: FittedPipeline, samples: Samples, train: Codes) -> Json:
    """Return some training rows with their answers, to be compared on loading."""
    size = SELF_CHECK_ROWS if samples.assembler is None else SELF_CHECK_SAMPLES
    places = np.unique(np.linspace(0, len(train) - 1, size).astype(int))
    inputs = samples.inputs_of(train[places])
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
