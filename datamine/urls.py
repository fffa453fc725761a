"""The site's address table."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from datamine import bundles, health, metrics, views

# Addresses are tried in turn: programs ask for predictions most often, so first.
urlpatterns = [
    path("api/", include("datamine.api.urls")),
    path("", views.home, name="home"),
    path("favicon.ico", views.icon, name="icon"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.MetricsView.as_view(), name="metrics"),
    path("projects/<slug:key>/bundle/", bundles.send, name="bundle"),
    path("projects/<slug:key>/bundle/file/", bundles.fetch, name="bundle-file"),
    path(
        "projects/<slug:key>/bundle/cancel/",
        bundles.cancel_sending,
        name="bundle-cancel",
    ),
    path("bundles/import/", bundles.receive, name="bundle-import"),
    path("bundles/<int:pk>/", bundles.arriving, name="bundle-arriving"),
    path(
        "bundles/<int:pk>/cancel/",
        bundles.cancel_arriving,
        name="bundle-arriving-cancel",
    ),
    path("", include("projects.urls")),
    path("", include("projects.entry_urls")),
    path("", include("projects.account_urls")),
    path("", include("datasets.urls")),
    path("", include("experiments.urls")),
    path("", include("registry.urls")),
    path("admin/inputs/empty/", views.empty_inputs, name="empty-inputs"),
    path("admin/", admin.site.urls),
]

handler400 = "datamine.errors.bad_request"
handler403 = "datamine.errors.permission_denied"
handler404 = "datamine.errors.not_found"
handler500 = "datamine.errors.server_error"
