"""Experiments, their sessions, and the catalogue of algorithms over the API."""

from experiments.api.views.algorithms import AlgorithmViewSet
from experiments.api.views.experiments import ExperimentViewSet
from experiments.api.views.features import ValidateFeaturesView, version_for
from experiments.api.views.sessions import SessionViewSet, when_trained

__all__ = [
    "AlgorithmViewSet",
    "ExperimentViewSet",
    "SessionViewSet",
    "ValidateFeaturesView",
    "version_for",
    "when_trained",
]
