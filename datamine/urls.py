"""The site's address table."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from datamine import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("projects.urls")),
    path("", include("projects.account_urls")),
    path("", include("datasets.urls")),
    path("", include("experiments.urls")),
    path("", include("registry.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("datamine.api")),
]
