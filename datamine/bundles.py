"""Projects as files: the pages, and what the API shares with them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from datamine import files
from datamine.operations.archives import ArchiveError
from datamine.operations.exporting import export_project
from datamine.operations.importing import WEB, Imported, import_project
from datamine.room import NO_ROOM, is_full
from datasets.exceptions import NoRoomError
from datasets.uploads import received_file
from projects.exceptions import BundleError, DomainError
from projects.models import Project
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from projects.models import User


class BundleForm(forms.Form):
    """What people may say about the project that a bundle becomes."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        help_text=_("Instead of its name in the bundle."),
    )


def bundle_response(project: Project, actor: User) -> FileResponse:
    """Return the bundle of a project to be kept; `BundleError` where there is none."""
    try:
        with tempfile.TemporaryDirectory(dir=files.scratch(), prefix="send-") as folder:
            target = Path(folder, "bundle.tar")
            export_project(project, target, actor=actor)
            content = target.open("rb")  # can be read though its name is gone
    except ArchiveError as error:
        raise BundleError(f"The project cannot be exported: {error}") from error
    except OSError as error:
        raise no_room(error) from error
    return FileResponse(
        content,
        as_attachment=True,
        filename=f"{project.key}.tar",
        content_type="application/x-tar",
    )


def receive_bundle(request: HttpRequest, *, name: str, actor: User) -> Imported:
    """Make a project of the bundle a request brought, or say why not."""
    file = received_file(request)
    try:
        return import_project(
            Path(file.temporary_file_path()),
            actor=actor,
            name=name.strip(),
            limits=WEB,
        )
    except ArchiveError as error:
        raise BundleError(f"Nothing was imported: {error}") from error
    except OSError as error:
        raise no_room(error) from error


def no_room(error: OSError) -> Exception:
    """Return what to say of a file that could not be written."""
    return NoRoomError(NO_ROOM) if is_full(error) else error


@require_POST
def send(request: HttpRequest, key: str) -> HttpResponse | FileResponse:
    project = get_for(request.user, Project, Action.MANAGE, key=key)
    try:
        return bundle_response(project, request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("projects:settings", key=key)


@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: HttpRequest) -> HttpResponse:
    form = BundleForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "limit": settings.LIMITS.upload_bytes}
    if request.method != "POST" or not form.is_valid():
        return render(request, "projects/import.html", context)
    try:
        found = receive_bundle(request, **form.cleaned_data, actor=request.user)
    except DomainError as refusal:
        context["error"] = str(refusal)
        return render(
            request, "projects/import.html", context, status=refusal.status_code
        )
    messages.success(request, f"{found.project.name} is here; you own it.")
    if found.untrusted:
        messages.warning(request, waiting(found))
    return redirect(found.project)


def waiting(found: Imported) -> str:
    """Say that models are not opened yet, and who can change that."""
    many = "1 model is" if found.untrusted == 1 else f"{found.untrusted} models are"
    return (
        f"{many} signed by another installation and will not be opened before an "
        "administrator trusts them."
    )
