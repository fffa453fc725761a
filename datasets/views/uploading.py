"""From a file to a dataset: send it, see how it would be read, correct that, import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from datamine.htmx import render_page
from datasets import services
from datasets.exceptions import (
    DatasetError,
    MadeHereError,
    NameTakenError,
    QuotaError,
    UnreadableFileError,
)
from datasets.forms import DatasetForm, DialectForm
from datasets.models import Dataset, Upload
from datasets.readers.catalogue import PACKED, extensions, readers
from datasets.readers.dialect import Dialect
from datasets.tables import NUMERIC
from datasets.uploads import received_file, upload_limit
from datasets.views.context import dataset_context, dataset_for
from projects.models import Project
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from datasets.readers.report import Sniff

FORM_METHODS = ["GET", "HEAD", "POST"]
SHOWN_COLUMNS = 50
#: So many columns an address may ask a file for, as `?needs=period,depth`.
NEEDED_COLUMNS = 100


@require_http_methods(FORM_METHODS)
def upload(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.EDIT, key=key)
    context: dict[str, Any] = {
        "project": project,
        "section": "datasets",
        "limit": upload_limit(),
        "formats": readers(),
        "extensions": ",".join([*extensions(), PACKED]),
    }
    if request.method != "POST":
        return render(request, "datasets/upload.html", context)
    try:
        kept = received(request, project)
    except DatasetError as refusal:
        context["error"] = str(refusal)
        status = refusal.status_code
        return render(request, "datasets/upload.html", context, status=status)
    needs = urlencode({"needs": request.GET["needs"]}) if "needs" in request.GET else ""
    return redirect(f"{kept.get_absolute_url()}?{needs}" if needs else kept)


def received(request: HttpRequest, project: Project) -> Upload:
    """Keep the file of a request if it can be read at all."""
    kept = services.receive_upload(project, received_file(request), actor=request.user)
    try:
        services.sniff_file(kept.key, kept.filename)
    except UnreadableFileError:
        services.discard_upload(kept)
        raise
    return kept


@require_http_methods(FORM_METHODS)
def review(request: HttpRequest, pk: str) -> HttpResponse:
    """Show how an upload would be read; import it when told to."""
    kept = get_for(
        request.user, Upload.objects.select_related("project"), Action.EDIT, pk=pk
    )
    look = Look(request, kept.key, kept.filename)
    labels = labels_form(request, kept)
    if look.wants_import and look.form.is_valid() and labels.is_valid():
        try:
            dataset = services.import_upload(
                kept,
                **labels.cleaned_data,
                file_format=look.file_format,
                dialect=look.form.dialect,
                actor=request.user,
            )
        except (NameTakenError, QuotaError) as refusal:
            labels.add_error(refusal.attr or None, str(refusal))
        else:
            return redirect(dataset)
    context = {
        "project": kept.project,
        "section": "datasets",
        "upload": kept,
        "labels": labels,
        "twins": kept.project.datasets.filter(sha256=kept.sha256)[:3],
        **look.context(),
    }
    return render_page(request, "datasets/review.html", "datasets/_look.html", context)


@require_POST
def discard(request: HttpRequest, pk: str) -> HttpResponse:
    kept = get_for(
        request.user, Upload.objects.select_related("project"), Action.EDIT, pk=pk
    )
    services.discard_upload(kept)
    messages.success(request, f"“{kept.filename}” was thrown away.")
    return redirect("datasets:list", kept.project.key)


@require_http_methods(FORM_METHODS)
def dialect(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the file of a dataset again, in another way."""
    dataset = dataset_for(request, pk, Action.EDIT)
    try:
        services.require_file(dataset)
    except MadeHereError as refusal:
        messages.error(request, str(refusal))
        return redirect(dataset)
    newest = dataset.versions.filter(parent=None).last()
    stored = Dialect.model_validate(newest.dialect)
    look = Look(request, dataset.upload, dataset.filename, stored)
    if look.wants_import and look.form.is_valid():
        try:
            services.import_again(
                dataset, dialect=look.form.dialect, actor=request.user
            )
        except DatasetError as refusal:
            messages.error(request, str(refusal))
        return redirect(dataset)
    context = dataset_context(request, dataset, "", failed=newest, **look.context())
    return render_page(request, "datasets/dialect.html", "datasets/_look.html", context)


def labels_form(request: HttpRequest, kept: Upload) -> forms.ModelForm:
    """Return the form of the new dataset's name, with a free one filled in."""
    instance = Dataset(project=kept.project)
    if request.method == "POST":
        return DatasetForm(request.POST, instance=instance)
    name = services.free_name(kept.project, kept.filename)
    return DatasetForm(instance=instance, initial={"name": name})


def plainly(name: str) -> str:
    """Return a name without the case and blanks that make no difference."""
    return " ".join(name.split()).casefold()


class Look:
    """A look at the first part of a file, as guessed or as the form says."""

    def __init__(
        self,
        request: HttpRequest,
        key: str,
        filename: str,
        dialect: Dialect | None = None,
    ) -> None:
        self.sniff: Sniff | None = None
        self.error = ""
        self.key, self.filename = key, filename
        self.needs = request.GET.get("needs", "").split(",")[:NEEDED_COLUMNS]
        self.wants_import = request.POST.get("do") == "import"
        first = services.sniff_file(key, filename)
        self.file_format = first.format
        guess = dialect or first.dialect
        if request.method == "POST":
            self.look_as_posted(request.POST, guess, first)
            return
        self.sniff = first
        if dialect is not None:
            self.look(dialect)
        self.form = DialectForm(guess=guess, sniff=first, columns=self.names(first))

    def look_as_posted(self, posted: QueryDict, guess: Dialect, first: Sniff) -> None:
        """Look as the form says; which columns have a type follows from the rest."""
        settings = DialectForm(posted, guess=guess, sniff=first)
        if settings.is_valid():
            self.look(settings.dialect)
        names = self.names(first)
        self.form = DialectForm(posted, guess=guess, sniff=first, columns=names)
        if self.form.is_valid() and self.form.dialect != settings.dialect:
            self.look(self.form.dialect)

    def names(self, first: Sniff) -> list[str]:
        return [name for name, _ in (self.sniff or first).columns]

    def lacking(self, found: Sniff) -> list[str]:
        """Return which of the columns that the address asks for are not there."""
        known = {plainly(name) for name, _ in found.columns}
        return [name for name in self.needs if plainly(name) not in {"", *known}]

    def look(self, dialect: Dialect | None) -> None:
        try:
            self.sniff = services.sniff_file(self.key, self.filename, dialect=dialect)
        except UnreadableFileError as refusal:
            self.sniff, self.error = None, str(refusal)

    def context(self) -> dict[str, Any]:
        found = self.sniff
        shown = found.columns[:SHOWN_COLUMNS] if found else []
        columns = [(name, type, type in NUMERIC) for name, type in shown]
        numeric = [is_number for *_, is_number in columns]
        return {
            "form": self.form,
            "sniff": found,
            "error": self.error,
            "columns": columns,
            "rows": [list(zip(row, numeric, strict=False)) for row in found.rows]
            if found
            else [],
            "lacking": self.lacking(found) if found else [],
            "more_columns": len(found.columns) - len(columns) if found else 0,
        }
