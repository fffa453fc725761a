"""Projects as files: the pages, and what the API shares with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from datamine.exceptions import BundleOverError
from datamine.htmx import render_page
from datamine.models import BundleExport, BundleImport
from datamine.services import cancel_bundle, start_export, start_import
from datasets.uploads import received_file
from projects.exceptions import DomainError
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


def newest_export(project: Project) -> BundleExport | None:
    found: BundleExport | None = BundleExport.objects.filter(project=project).first()
    return found


def bundle_response(project: Project) -> FileResponse:
    """Return the file of a project; `BundleOverError` where there is none."""
    row = newest_export(project)
    try:
        if row is None or not row.bundle:
            raise FileNotFoundError
        file = default_storage.open(row.bundle)
    except FileNotFoundError as error:
        raise BundleOverError(
            gettext("There is no bundle to download. Export the project first.")
        ) from error
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{project.key}.tar",
        content_type="application/x-tar",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.MANAGE, key=key)
    if request.method == "POST":
        start_export(project, actor=request.user)
        return redirect("bundle", key)
    context = {
        "project": project,
        "section": "settings",
        "bundle": newest_export(project),
    }
    return render_page(request, "bundles/export.html", "bundles/_export.html", context)


@require_safe
def fetch(request: HttpRequest, key: str) -> HttpResponse | FileResponse:
    project = get_for(request.user, Project, Action.MANAGE, key=key)
    try:
        return bundle_response(project)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("bundle", key)


@require_POST
def cancel_sending(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.MANAGE, key=key)
    cancel(request, newest_export(project))
    return redirect("bundle", key)


@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: HttpRequest) -> HttpResponse:
    form = BundleForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "limit": settings.LIMITS.upload_bytes}
    if request.method != "POST" or not form.is_valid():
        return render(request, "bundles/import.html", context)
    try:
        file = received_file(request)
        row = start_import(file, **form.cleaned_data, actor=request.user)
    except DomainError as refusal:
        context["error"] = str(refusal)
        return render(
            request, "bundles/import.html", context, status=refusal.status_code
        )
    return redirect(row)


@require_safe
def arriving(request: HttpRequest, pk: int) -> HttpResponse:
    context = {"bundle": own_import(request.user, pk)}
    return render_page(
        request, "bundles/arriving.html", "bundles/_arriving.html", context
    )


@require_POST
def cancel_arriving(request: HttpRequest, pk: int) -> HttpResponse:
    row = own_import(request.user, pk)
    cancel(request, row)
    return redirect(row)


def own_import(user: User, pk: int) -> BundleImport:
    rows = BundleImport.objects.of(user).select_related("project")
    return get_object_or_404(rows, pk=pk)


def cancel(request: HttpRequest, row: BundleExport | BundleImport | None) -> None:
    """Cancel what is under way; say so where nothing is."""
    try:
        if row is not None:
            cancel_bundle(row)
    except DomainError as refusal:
        messages.info(request, str(refusal))
