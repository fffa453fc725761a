"""The API's address table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from datamine.api import bundles
from datamine.errors import refuse

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# The reader of the document writes its own styles.
readable = csp_update({"style-src": [SELF, "'unsafe-inline'"]})(
    SpectacularSwaggerSplitView.as_view(url_name="api-schema")
)


@csrf_exempt
@login_not_required
def nothing(request: HttpRequest) -> HttpResponse:
    """Answer addresses the API does not have in its own shape."""
    slash = "" if request.path.endswith("/") else " Addresses end with a slash."
    return refuse(request, 404, f"The API has no such address.{slash}")


urlpatterns = [
    path("", include("registry.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", readable, name="api-docs"),
    path(
        "projects/<slug:key>/bundle/", bundles.BundleView.as_view(), name="api-bundle"
    ),
    path(
        "projects/<slug:key>/bundle/file/",
        bundles.BundleFileView.as_view(),
        name="api-bundle-file",
    ),
    path("bundles/", bundles.BundlesView.as_view(), name="api-bundles"),
    path(
        "bundles/<int:pk>/",
        bundles.BundleImportView.as_view(),
        name="api-bundle-import",
    ),
    path("", include("projects.api.urls")),
    path("", include("datasets.api.urls")),
    path("", include("experiments.api.urls")),
    re_path("", nothing, name="api-nothing"),
]
