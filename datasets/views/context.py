"""What the pages of one dataset share: which version is shown, tabs, rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import reverse

from datasets.choices import ProcessingStatus
from datasets.exports.catalogue import FORMATS
from datasets.models import Dataset, DatasetVersion
from datasets.words import word
from projects.permissions import Action, can, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest

TABS = (
    ("detail", word("Overview")),
    ("rows", word("Data")),
    ("charts", word("Charts")),
    ("outliers", word("Outliers")),
    ("prepare", word("Prepare")),
    ("versions", word("Versions")),
)
#: Megabytes for a wide table; the page that shows them asks again.
UNSEEN = ("profile", "log")
UNFINISHED = (ProcessingStatus.PENDING, ProcessingStatus.PROCESSING)


def dataset_for(request: HttpRequest, pk: int, action: Action) -> Dataset:
    return get_for(request.user, Dataset.objects.with_state(), action, pk=pk)


def version_for(
    request: HttpRequest, pk: int, number: int, action: Action
) -> DatasetVersion:
    """Return a version by its dataset and number."""
    rows = DatasetVersion.objects.select_related("dataset__project").defer(*UNSEEN)
    return get_for(request.user, rows, action, dataset=pk, number=number)


def shown_version(request: HttpRequest, dataset: Dataset) -> DatasetVersion | None:
    """Return the version the page is about: `?version=`, else the active one.

    None while there is none with data; 404 for a version that does not exist.
    """
    wanted = request.GET.get("version", "")
    if not wanted:
        pk = dataset.active_version_id
        return dataset.versions.defer(*UNSEEN).filter(pk=pk).first() if pk else None
    # More digits than a version number has would not fit the database.
    if not wanted.isdecimal() or len(wanted) > 9:
        raise Http404("There is no such version.")
    version = dataset.versions.defer(*UNSEEN).filter(number=int(wanted)).first()
    if version is None or not version.is_ready:
        raise Http404("There is no such version.")
    return version


def dataset_context(
    request: HttpRequest,
    dataset: Dataset,
    tab: str,
    version: DatasetVersion | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return what `datasets/page.html` and the page on top of it need."""
    suffix = ""
    if version and version.pk != dataset.active_version_id:
        suffix = f"?version={version.number}"
    tabs = [
        {
            "title": title,
            "url": reverse(f"datasets:{name}", args=[dataset.pk]) + suffix,
            "current": name == tab,
        }
        for name, title in TABS
    ]
    making = dataset.versions.light().filter(status__in=UNFINISHED).last()
    return {
        "project": dataset.project,
        "section": "datasets",
        "dataset": dataset,
        "version": version,
        "tabs": tabs,
        "making": making,
        "formats": FORMATS.values(),
        "may_edit": can(request.user, Action.EDIT, dataset.project),
        "may_manage": can(request.user, Action.MANAGE, dataset.project),
        **more,
    }
