"""What to learn and how, each run of it, and what came out."""

from experiments.models.runs.comparisons import SavedComparison
from experiments.models.runs.decisions import Decision
from experiments.models.runs.evaluations import EVALUATED, Evaluation
from experiments.models.runs.experiments import Experiment
from experiments.models.runs.results import Result
from experiments.models.runs.sessions import ARTIFACTS, CHECKPOINTS, TrainingSession

__all__ = [
    "ARTIFACTS",
    "CHECKPOINTS",
    "EVALUATED",
    "Decision",
    "Evaluation",
    "Experiment",
    "Result",
    "SavedComparison",
    "TrainingSession",
]
