"""Addresses of the registry in the API."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from registry.api.batches import BatchViewSet
from registry.api.records import RecordViewSet
from registry.api.requests import ActivationRequestViewSet
from registry.api.retraining import RetrainingViewSet
from registry.api.starting import StartView
from registry.api.views import ExperimentPredictionViewSet, RegisteredModelViewSet

MODELS = r"projects/(?P<key>[-a-zA-Z0-9_]+)/models"
MODEL = rf"{MODELS}/(?P<name>[-a-zA-Z0-9_]+)"

router = SimpleRouter()
router.register(MODELS, RegisteredModelViewSet, "model")
router.register(rf"{MODEL}/batches", BatchViewSet, "batch")
router.register(rf"{MODEL}/records", RecordViewSet, "record")
router.register(rf"{MODEL}/requests", ActivationRequestViewSet, "request")
router.register(rf"{MODEL}/retrainings", RetrainingViewSet, "retraining")
router.register("experiments", ExperimentPredictionViewSet, "experiment")
urlpatterns = [
    path("training/start/", StartView.as_view(), name="training-start"),
    *router.urls,
]
