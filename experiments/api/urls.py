"""Addresses of experiments, sessions and algorithms in the API."""

from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from experiments.api.continuing import ContinueView
from experiments.api.decisions import DecisionView
from experiments.api.evaluations import EvaluateView, EvaluationView
from experiments.api.views import (
    AlgorithmViewSet,
    ExperimentViewSet,
    SessionViewSet,
    ValidateFeaturesView,
)

router = SimpleRouter()
router.register("experiments", ExperimentViewSet, "experiment")
router.register("sessions", SessionViewSet, "session")
router.register("algorithms", AlgorithmViewSet, "algorithm")

urlpatterns = [
    path(
        "validate-features/", ValidateFeaturesView.as_view(), name="validate-features"
    ),
    path(
        "experiments/<int:pk>/evaluate/",
        EvaluateView.as_view(),
        name="experiment-evaluate",
    ),
    path(
        "experiments/<int:pk>/continue/",
        ContinueView.as_view(),
        name="experiment-continue",
    ),
    path("evaluations/<int:pk>/", EvaluationView.as_view(), name="evaluation"),
    path("experiments/<int:pk>/decision/", DecisionView.as_view(), name="decision"),
    *router.urls,
]
