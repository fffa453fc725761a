"""Models a team keeps: names, versions, which one serves, and who put it there."""

from registry.models.activations import Activation
from registry.models.batches import BATCHES, BatchPrediction
from registry.models.performance import PerformanceReport
from registry.models.records import Record
from registry.models.registered import NAME_LENGTH, RegisteredModel
from registry.models.requests import ActivationRequest
from registry.models.retraining import Retraining
from registry.models.versions import ModelVersion

__all__ = [
    "BATCHES",
    "NAME_LENGTH",
    "Activation",
    "ActivationRequest",
    "BatchPrediction",
    "ModelVersion",
    "PerformanceReport",
    "Record",
    "RegisteredModel",
    "Retraining",
]
