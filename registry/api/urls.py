"""Addresses of the registry in the API."""

from rest_framework.routers import SimpleRouter

from registry.api.views import ExperimentPredictionViewSet, RegisteredModelViewSet

router = SimpleRouter()
router.register(
    r"projects/(?P<key>[-a-zA-Z0-9_]+)/models", RegisteredModelViewSet, "model"
)
router.register("experiments", ExperimentPredictionViewSet, "experiment")
urlpatterns = router.urls
