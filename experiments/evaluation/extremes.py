"""What a model says to inputs that nobody means: numbers, a refusal, or rubbish."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from datasets.tables import NUMERIC
from datasets.words import word
from experiments.learning.problems import LARGEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from experiments.learning.pipelines import FittedPipeline
    from experiments.learning.predictions import Predictions

    Row = Mapping[str, Any]
    Matrix = np.ndarray[Any, np.dtype[np.float64]]
    Outcome = Literal["finite", "refused", "not finite", "error"]

#: What every number of a row is replaced by, and how people call that.
IN_ROWS: dict[str, Any] = {
    word("no value in any number"): None,
    word("NaN in every number"): math.nan,
    word("infinity in every number"): math.inf,
    word("1e308 in every number"): 1e308,
    word("the largest that is let in, 3.4e38"): LARGEST,
    word("zero in every number"): 0,
    word("−1,000,000 in every number"): -1_000_000,
}
#: What the model alone is given, past contract and steps.
IN_MATRIX = {
    word("the model alone: nothing but 0"): 0.0,
    word("the model alone: nothing but 1,000,000"): 1e6,
    word("the model alone: nothing but −1,000,000"): -1e6,
}


@dataclass(frozen=True)
class Extreme:
    """What came of one kind of extreme input.

    Parameters
    ----------
    given : str
        What was put in, in words.
    outcome : {"finite", "refused", "not finite", "error"}
        Numbers; a refusal with reasons; numbers that are none; or no answer at all.
    """

    given: str
    outcome: Outcome

    @property
    def is_steady(self) -> bool:
        """Whether nobody gets rubbish."""
        return self.outcome in {"finite", "refused"}


def extremes_of(
    pipeline: FittedPipeline, rows: Sequence[Row], X: Matrix
) -> tuple[Extreme, ...]:
    """Put extreme values into the rows, and into the matrix of the estimator."""
    numbers = [c.name for c in pipeline.signature.columns if c.type in NUMERIC]
    found = []
    for given, value in IN_ROWS.items() if numbers else ():
        odd = [{**row, **dict.fromkeys(numbers, value)} for row in rows]
        found.append(Extreme(given, outcome_of(partial(to_rows, pipeline, odd))))
    for given, value in IN_MATRIX.items():
        filled = np.full((1, X.shape[1]), value)
        found.append(Extreme(given, outcome_of(partial(to_matrix, pipeline, filled))))
    return tuple(found)


def outcome_of(ask: Callable[[], Outcome]) -> Outcome:
    """Return what came of it; whatever a model raises is a finding, too."""
    try:
        return ask()
    except Exception:  # noqa: BLE001 -- that it raises is what is reported
        return "error"


def to_rows(pipeline: FittedPipeline, rows: Sequence[Row]) -> Outcome:
    """Return whether rows are refused, or answered in finite numbers."""
    found = pipeline.predict(rows)
    if not found.rows:
        return "refused"
    return "finite" if all(map(is_number, told(found))) else "not finite"


def to_matrix(pipeline: FittedPipeline, X: Matrix) -> Outcome:
    """Return whether the model alone answers in finite numbers."""
    return "finite" if np.isfinite(pipeline.ask(X)).all() else "not finite"


def told(found: Predictions) -> Iterator[Any]:
    """Yield every number of some answers; None where there should be one."""
    if found.shares is None:
        yield from found.values
    else:
        yield from found.shares.ravel().tolist()
    for values in found.outputs.values():
        yield from (value for value in values if isinstance(value, float))


def is_number(value: Any) -> bool:
    """Whether a value is a finite number."""
    return isinstance(value, int | float) and math.isfinite(value)
