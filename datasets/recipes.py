"""Recipes: chains of steps that are checked, fitted, stored and replayed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from datasets.monitor import Monitor, SilentMonitor
from datasets.steps import catalogue
from datasets.steps.base import State, Step, StepError
from datasets.tables import ROW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from datasets.engines import Columns, Engine
    from datasets.tables import Schema, Table


_TOLD_BY_DATA = frozenset({"missing_column", "type"})


class StepSpec(BaseModel):
    """A step as somebody wants it: its name, columns by name, and parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    step: Annotated[str, Field(max_length=100)]
    columns: tuple[str, ...] = ()
    parameters: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _columns_of_parameters(cls, values: Any) -> Any:
        """Take the columns from a parameter that names them, such as of a renaming."""
        entry = catalogue.step(str(values.get("step")))
        parameters = values.get("parameters")
        if values.get("columns") or not (entry and isinstance(parameters, dict)):
            return values
        named = parameters.get(entry.columns_in) or ()
        columns = (named,) if isinstance(named, str) else named
        if not isinstance(columns, tuple | dict):
            return values
        return {**values, "columns": tuple(columns)}


class FittedStep(StepSpec):
    """A step with what it learned, as JSON; complete enough to be replayed."""

    version: int
    state: State = Field(default_factory=dict)


class FittedRecipe(BaseModel):
    """Fitted steps in order. Dumps to JSON and back without loss."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: tuple[FittedStep, ...] = ()


def build(spec: StepSpec) -> Step[Any]:
    """Return the step a spec asks for.

    Raises
    ------
    StepError
        If there is no such step, or a parameter is wrong.
    """
    entry = _entry(spec)
    try:
        parameters = entry.parameters_model()(**spec.parameters)
    except ValidationError as error:
        raise _parameter_error(entry, error) from error
    return entry.step_class()(spec.columns, parameters)


def check_recipe(specs: Sequence[StepSpec], schema: Schema) -> Schema:
    """Check the steps against the columns, each after those before it.

    After a step whose outcome the data decide, a column that seems to be absent or of
    another type is no fault yet: fitting tells.

    Returns
    -------
    Schema
        The columns afterwards, as far as known without data.

    Raises
    ------
    StepError
        With the `position` of the first step that cannot be done.
    """
    is_known = True
    for position, spec in enumerate(specs):
        with _at(position):
            step = build(spec)
            try:
                schema = _checked(spec, schema).outcome(schema)
            except StepError as error:
                if is_known or error.code not in _TOLD_BY_DATA:
                    raise
            is_known = is_known and step.is_outcome_known
    return schema


def fit_recipe(
    specs: Sequence[StepSpec],
    table: Table,
    engine: Engine,
    monitor: Monitor | None = None,
    *,
    for_model: bool = False,
) -> tuple[FittedRecipe, Table]:
    """Fit each step on what the steps before it make of `table`.

    Parameters
    ----------
    specs, table, engine
        What is done to what, and by what.
    monitor
        Asked before each step whether to go on.
    for_model
        Whether a model learns from the rows: gaps that a filling step would leave at
        the start of a table are filled as in new rows.

    Returns
    -------
    FittedRecipe, Table
        What was learned, and the table afterwards, still lazy.

    Raises
    ------
    StepError
        With the `position` of the first step that cannot be done.
    """
    monitor = monitor or SilentMonitor()
    fitted = []
    for position, spec in enumerate(specs):
        monitor.check()
        with _at(position):
            step = _checked(spec, table.schema)
            state = step.fit(table, engine)
            table = step.apply(table, state, engine)
            if for_model:
                table = step.complete(table, state, engine)
        fitted.append(
            FittedStep(**spec.model_dump(), version=step.version, state=state)
        )
    return FittedRecipe(steps=tuple(fitted)), table


def replay(fitted: FittedRecipe, table: Table, engine: Engine) -> Table:
    """Do the steps again with what they learned; nothing is fitted, all is lazy.

    Raises
    ------
    StepError
        If the table lacks a column, a column has another type, or a step has
        changed since the recipe was fitted.
    """
    for position, item in enumerate(fitted.steps):
        with _at(position):
            step = _checked(item, table.schema)
            _check_version(item, step)
            table = step.replay(table, item.state, engine)
    return table


def learning_starts(specs: Sequence[StepSpec]) -> int | None:
    """Return the place of the first step that learns from data, or None."""
    learning = (i for i, spec in enumerate(specs) if build(spec).learns)
    return next(learning, None)


class Replayer:
    """A fitted recipe made ready for a few rows at a time, as predictions need.

    Parameters
    ----------
    fitted
        The recipe.
    schema
        The columns the rows come with.
    engine
        Where the values are computed.

    Attributes
    ----------
    schema
        The columns that come out.
    """

    def __init__(self, fitted: FittedRecipe, schema: Schema, engine: Engine) -> None:
        self._inputs = schema
        self._compiled = engine.compile(
            schema, lambda table: replay(fitted, table, engine)
        )
        self.schema = self._compiled.schema

    def __call__(self, values: Mapping[str, Sequence[Any]]) -> Columns:
        """Return what becomes of these rows.

        Parameters
        ----------
        values
            One list per column, by column name, typed as the schema says; None is
            missing.

        Returns
        -------
        dict of str to list
            By column name, and under `_row` the place of each row among those
            given: steps may drop some.
        """
        columns = {c.id: values[c.name] for c in self._inputs}
        result = self._compiled(columns)
        named = {column.name: result[column.id] for column in self.schema}
        return {ROW: result[ROW], **named}

    def frame(self, frame: Any) -> Any:
        """Return what becomes of rows that the engine's library holds already.

        Parameters
        ----------
        frame
            `_row` and the columns by id: for Polars a `DataFrame`, and the same
            comes out.
        """
        return self._compiled.frame(frame)


@contextmanager
def _at(position: int) -> Iterator[None]:
    """Tell a `StepError` which step of the recipe it came from."""
    try:
        yield
    except StepError as error:
        error.position = position
        raise


def _entry(spec: StepSpec) -> catalogue.StepEntry:
    entry = catalogue.step(spec.step)
    if entry is None:
        known = ", ".join(sorted(catalogue.steps()))
        raise StepError(
            f"There is no step “{spec.step[:60]}”. There are: {known}.",
            code="unknown_step",
        )
    return entry


def _checked(spec: StepSpec, schema: Schema) -> Step[Any]:
    step = build(spec)
    entry = _entry(spec)
    _check_columns(spec, entry, schema)
    step.check(schema)
    return step


def _check_columns(spec: StepSpec, entry: catalogue.StepEntry, schema: Schema) -> None:
    if entry.needs_columns and not spec.columns:
        sentence = f"“{entry.title}” needs at least one column. Choose one."
        raise StepError(sentence, code="columns")
    types = {column.name: column.type for column in schema}
    for place, name in enumerate(spec.columns):
        if name not in types:
            raise StepError(
                f"“{entry.title}” needs the column “{name}”, which this table does "
                "not have.",
                name,
                "missing_column",
            )
        if name in spec.columns[:place]:
            sentence = f"“{entry.title}” names the column “{name}” twice."
            raise StepError(sentence, name, "columns")
        if types[name] not in entry.accepts:
            accepted = " or ".join(sorted(entry.accepts))
            raise StepError(
                f"“{entry.title}” works on {accepted} columns; “{name}” is "
                f"{types[name]}. Leave it out.",
                name,
                "type",
            )


def _check_version(item: FittedStep, step: Step[Any]) -> None:
    if item.version != step.version:
        raise StepError(
            f"The step “{_entry(item).title}” was stored in version {item.version}; "
            f"this program knows version {step.version}. Apply the steps anew.",
            code="version",
        )


def _parameter_error(entry: catalogue.StepEntry, error: ValidationError) -> StepError:
    """Return the first thing wrong with the parameters as a sentence."""
    first = error.errors(include_url=False, include_context=False)[0]
    parameter = str(first["loc"][0]) if first["loc"] else None
    about = f"“{parameter}”: " if parameter else ""
    reason = first["msg"].removeprefix("Value error, ")
    sentence = f"“{entry.title}” cannot be done: {about}{reason}."
    return StepError(sentence, code="parameter", parameter=parameter)
