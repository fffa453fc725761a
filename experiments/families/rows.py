"""Rows as a family wants them: labels in one spelling, samples made of several rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from datasets.tables import ColumnType
from experiments.algorithms.catalogue import algorithm
from experiments.families.contracts import spelled
from experiments.learning.preparation import Frame
from experiments.learning.problems import TrainingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasets.recipes import StepSpec
    from experiments.families.assembling import Assembled, Assembler
    from experiments.families.contracts import Contract
    from experiments.learning.plans import Plan


def respelled(frame: Frame, contract: Contract | None) -> Frame:
    """Return the rows with every label of the contract in its one spelling."""
    import polars as pl  # noqa: PLC0415 -- heavy import

    for column in contract.columns if contract else ():
        name = contract.find(frame.schema.names).get(column.name) if contract else None
        if name is None or not column.labels:
            continue
        known = frame.column(name).unique().drop_nulls()
        spellings = dict(zip(known, spelled(known.to_list(), column), strict=True))
        fresh = frame.column(name).replace_strict(spellings, return_dtype=pl.String)
        types = {name: ColumnType.CATEGORY}
        frame = Frame(frame.data.with_columns(fresh), frame.schema.retype(types))
    return frame


def assemble(
    plan: Plan, frame: Frame, steps: Sequence[StepSpec]
) -> tuple[Assembler | None, Assembled | None]:
    """Return how a family makes samples of rows, and these; None where a row is one."""
    entry = algorithm(plan.algorithm)
    if entry.family is None:
        return None, None
    parameters = entry.parameters_model().parse(plan.hyperparameters)
    columns = entry.family.contract.find(frame.schema.names)
    assembler = entry.family.make_assembler(parameters, columns)
    if assembler is None:
        return None, None
    if steps:
        raise TrainingError(
            f"{entry.title} makes samples of several rows, so the step "
            f"“{steps[0].step}” cannot be learned inside the folds. Train on the "
            "version as it stands, or leave the step out."
        )
    return assembler, assembler.assemble(frame, learning=True)


def extra_targets(frame: Frame, contract: Contract | None) -> np.ndarray[Any, Any]:
    """Return the further targets, shape (n_samples, n_targets); NaN where unknown."""
    import polars as pl  # noqa: PLC0415 -- heavy import

    found = contract.find(frame.schema.names) if contract else {}
    wanted = contract.role("extra") if contract else ()
    columns = [
        frame.column(found[column.name]).cast(pl.Float64).fill_null(np.nan).to_numpy()
        if column.name in found
        else np.full(len(frame), np.nan)
        for column in wanted
    ]
    return np.column_stack(columns) if columns else np.empty((len(frame), 0))
