"""What a training session found out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from experiments.evaluation.numbers import plain

if TYPE_CHECKING:
    import numpy as np

    from experiments.algorithms.catalogue import Task
    from experiments.evaluation.tested import RowAnswers
    from experiments.learning.pipelines import FittedPipeline
    from experiments.learning.problems import Problem
    from experiments.learning.signature import Signature

    Rows = np.ndarray[Any, np.dtype[np.int64]]
    Json = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """All figures of a session and the pipeline they are about.

    Parameters
    ----------
    algorithm, task : str, Task
    hyperparameters : dict
        Complete, defaults filled in.
    metrics : dict
        `train`, `validation`, `test`: metric to value; `cross_validation`: metric to
        `mean`, `std` and `folds`. A part without rows is empty.
    evaluated_on : {"test", "cross_validation"}
        Whose rows the baseline, the intervals, curves and matrix are about.
    baseline : dict
        `name`, `metrics` on the same rows, and `gain`: what the model is better by,
        with intervals; `question`: the `feature` that one question asks about, and the
        `metrics` of what it answers.
    intervals : dict
        Of the headline metrics: `value`, `low`, `high` (95 %).
    evaluation : dict
        `confusion_matrix`, `classification_report` and `curves`, or `residuals`;
        `partial_dependence`, `learning_curve` and, of two classes, `thresholds`.
    feature_importance : list of dict
        `feature`, `permutation`, `permutation_std`, `native`; largest first.
    warnings : list of Problem
    notices : list of str
    split : dict of str to array
        The `_row` of each row of every part and fold.
    split_digest : str
        SHA-256 of `split`.
    tested : RowAnswers
        What was predicted for each row that the evaluation is about.
    signature : Signature
    pipeline : FittedPipeline
    self_check : dict
        `rows`, and the pipeline's `answers` to them.
    reference : dict
        What the training rows looked like: see `experiments.evaluation.drift`.
    timings : dict of str to float
        Seconds by phase.
    rivals : list of dict
        How a family's model stands against plain ones: see
        `experiments.learning.rivals`.
    history : list of dict
        What a network tells of each epoch.
    device : str
        What the model learned on.
    search : dict, optional
        The trials that hyperparameters were chosen from: see
        `experiments.searching.choosing`.
    """

    algorithm: str
    task: Task
    hyperparameters: Json
    metrics: Json
    evaluated_on: str
    baseline: Json
    intervals: Json
    evaluation: Json
    feature_importance: list[Json]
    warnings: list[Problem]
    notices: list[str]
    split: dict[str, Rows]
    split_digest: str
    tested: RowAnswers
    signature: Signature
    pipeline: FittedPipeline
    self_check: Json
    reference: Json
    timings: dict[str, float] = field(default_factory=dict)
    rivals: list[Json] = field(default_factory=list)
    history: list[dict[str, float]] = field(default_factory=list)
    device: str = "cpu"
    search: Json | None = None

    @property
    def rows(self) -> dict[str, int]:
        """How many rows each part has."""
        return {name: len(self.split[name]) for name in ("train", "validation", "test")}

    def to_json(self) -> Json:
        """Return everything but the pipeline and the rows, as a result keeps it."""
        found = {
            "algorithm": self.algorithm,
            "task": self.task.value,
            "hyperparameters": self.hyperparameters,
            "metrics": self.metrics,
            "evaluated_on": self.evaluated_on,
            "baseline": self.baseline,
            "intervals": self.intervals,
            "confusion_matrix": self.evaluation.get("confusion_matrix"),
            "classification_report": self.evaluation.get("classification_report"),
            "curves": self.evaluation.get("curves"),
            "residuals": self.evaluation.get("residuals"),
            "thresholds": self.evaluation.get("thresholds"),
            "learning_curve": self.evaluation.get("learning_curve"),
            "partial_dependence": self.evaluation.get("partial_dependence"),
            "tree": self.evaluation.get("tree"),
            "story": self.evaluation.get("story"),
            "feature_importance": self.feature_importance,
            "warnings": [warning.to_json() for warning in self.warnings],
            "notices": self.notices,
            "rows": self.rows,
            "reference": self.reference,
            "rivals": self.rivals,
            "history": self.history,
            "device": self.device,
            "search": self.search,
            "split_digest": self.split_digest,
            "signature": self.signature.to_json(),
            "timings": self.timings,
        }
        safe: Json = plain(found)
        return safe
