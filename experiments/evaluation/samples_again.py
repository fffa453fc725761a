"""A model whose samples are made of several rows, tried on other rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.evaluation.again import FEWEST
from experiments.evaluation.numbers import plain
from experiments.families.rows import extra_targets, respelled

if TYPE_CHECKING:
    from collections.abc import Collection

    from experiments.evaluation.again import Retest
    from experiments.families.family import Family
    from experiments.learning.preparation import Frame


def try_samples(
    retest: Retest, frame: Frame, learned: Collection[int], family: Family
) -> tuple[int, dict[str, Any]]:
    """Ask about every sample that these rows make and the model has not learned from.

    Parameters
    ----------
    retest : Retest
        Of a pipeline with an assembler; it collects the answers.
    frame : Frame
        All rows, with the columns of the family's contract.
    learned : collection of int
        The `_row` of each sample that was learned from.
    family : Family

    Returns
    -------
    seen : int
        How many samples were left out because the model had learned from them.
    measured : dict
        The family's own figures.

    Raises
    ------
    TrainingError
        Where the rows make no sample.
    """
    pipeline = retest.pipeline
    assert pipeline.assembler is not None
    rows = respelled(frame, family.contract)
    samples = pipeline.assembler.assemble(rows, learning=True)
    numbers = samples.frame.rows
    new = np.flatnonzero(~np.isin(numbers, list(learned)))
    fresh = samples.take(new)
    targets = fresh.frame.column(pipeline.signature.target).to_list()
    kept = retest.add_samples(fresh.frame.rows.tolist(), fresh.X, targets)
    if len(kept) < FEWEST:
        return len(numbers) - len(new), {}
    y, predicted = retest.pair
    taught = np.column_stack([y, extra_targets(fresh.frame, family.contract)[kept]])
    measured = {
        **family.measure(pipeline.estimator, fresh.X[kept], taught),
        **family.score(y, predicted),
    }
    return len(numbers) - len(new), plain(measured)
