"""What to learn and how, each run of it, what came out, and what staff set."""

from experiments.models.offers import AlgorithmSetting, Preset
from experiments.models.runs import (
    ARTIFACTS,
    CHECKPOINTS,
    EVALUATED,
    Decision,
    Evaluation,
    Experiment,
    Result,
    SavedComparison,
    TrainingSession,
)

__all__ = [
    "ARTIFACTS",
    "CHECKPOINTS",
    "EVALUATED",
    "AlgorithmSetting",
    "Decision",
    "Evaluation",
    "Experiment",
    "Preset",
    "Result",
    "SavedComparison",
    "TrainingSession",
]
