"""Pages about projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render

from projects.models import Project
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def index(request: HttpRequest) -> HttpResponse:
    return render(request, "projects/list.html")


def create(request: HttpRequest) -> HttpResponse:
    return redirect("projects:list")


def detail(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.VIEW, key=key)
    return render(
        request, "projects/detail.html", {"project": project, "section": "overview"}
    )


settings = activity = delete = detail
