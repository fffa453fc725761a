from __future__ import annotations

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from datasets.api import (
    generators,
    light_curves,
    recipes,
    views,
    visualizations,
)

router = SimpleRouter()
router.register("datasets", views.DatasetViewSet, basename="api-dataset")
router.register("recipes", recipes.RecipeViewSet, basename="api-recipe")
router.register(
    "visualizations",
    visualizations.VisualizationViewSet,
    basename="api-visualization",
)

urlpatterns = [
    path("charts/", visualizations.ChartsView.as_view(), name="api-charts"),
    path("generators/", generators.GeneratorsView.as_view(), name="api-generators"),
    path(
        "light-curves/",
        light_curves.LightCurvesView.as_view(),
        name="api-light-curves",
    ),
    path("steps/", views.StepsView.as_view(), name="api-steps"),
    path("", include(router.urls)),
]
