"""Light curves that come in many files, put together as one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from datasets.curve_uploads import MOST_BYTES, MOST_FILES, import_light_curves
from datasets.exceptions import DatasetError
from datasets.uploads import received_file
from projects.models import Project
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
def light_curves(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.EDIT, key=key)
    context: dict[str, Any] = {
        "project": project,
        "section": "datasets",
        "most_files": MOST_FILES,
        "most_bytes": MOST_BYTES,
        "name": request.POST.get("name", "")[:200],
    }
    if request.method != "POST":
        return render(request, "datasets/light_curves.html", context)
    try:
        received_file(request, "files")  # says what is wrong with what arrived
        dataset = import_light_curves(
            project,
            request.FILES.getlist("files"),
            labels=request.FILES.get("labels"),
            magnitudes="magnitudes" in request.POST,
            name=context["name"].strip(),
            actor=request.user,
        )
    except DatasetError as refusal:
        context["error"] = str(refusal)
        status = refusal.status_code
        return render(request, "datasets/light_curves.html", context, status=status)
    return redirect(dataset)
