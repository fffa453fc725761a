from __future__ import annotations

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from datasets.api import views

router = SimpleRouter()
router.register("datasets", views.DatasetViewSet, basename="api-dataset")

urlpatterns = [
    path("steps/", views.StepsView.as_view(), name="api-steps"),
    path("", include(router.urls)),
]
