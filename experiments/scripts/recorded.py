"""What a script has to know to train once more what was trained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from experiments.algorithms.catalogue import algorithm

if TYPE_CHECKING:
    import numpy as np

    from datasets.readers.dialect import Dialect
    from datasets.recipes import StepSpec
    from datasets.tables import Schema
    from experiments.algorithms.catalogue import Algorithm
    from experiments.learning.plans import Plan


@dataclass(frozen=True)
class Recorded:
    """One completed session, from the uploaded file to its figures.

    Parameters
    ----------
    session : int
        Its number, for people.
    filename, sha256, file_format : str
        Of the uploaded file.
    dialect : Dialect
        How it was read.
    imported : Schema
        Its columns as they were read.
    steps : list of StepSpec
        What was done to all rows before the split.
    plan : Plan
    hyperparameters : dict
        What the model was trained with; a search may have chosen some.
    metrics : dict
        Every figure by part and name.
    split_digest : str
    kept_split : dict of str to array, optional
        The rows of each part, where the split was another experiment's.
    """

    session: int
    filename: str
    sha256: str
    file_format: str
    dialect: Dialect
    imported: Schema
    steps: list[StepSpec]
    plan: Plan
    hyperparameters: dict[str, Any]
    metrics: dict[str, Any]
    split_digest: str
    kept_split: dict[str, np.ndarray[Any, Any]] | None = field(default=None)

    @property
    def entry(self) -> Algorithm:
        return algorithm(self.plan.algorithm)

    @property
    def figures(self) -> dict[str, float]:
        """Every figure under the name of its part and metric, of folds the mean."""
        found = {}
        for part, values in self.metrics.items():
            for name, value in (values or {}).items():
                figure = value.get("mean") if isinstance(value, dict) else value
                if figure is not None:
                    found[f"{part} {name}"] = figure
        return found


@dataclass(frozen=True)
class Bundle:
    """A script, what it needs to be installed, and files that lie beside it."""

    script: str
    requirements: list[str]
    beside: dict[str, bytes]
