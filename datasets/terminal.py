"""The rows a command works on, named in a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from datasets.models import Dataset

if TYPE_CHECKING:
    from datasets.models import DatasetVersion
    from projects.models import Project


def setting(text: str) -> tuple[str, Any]:
    """Return the name and the value of NAME=VALUE; a value is JSON, or text."""
    name, separator, value = text.partition("=")
    if not separator:
        raise CommandError(f"--set {text}: write NAME=VALUE.")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def version_called(project: Project, words: str) -> DatasetVersion:
    """Return the version of ID[:VERSION], the active one where none is named."""
    dataset, _, number = words.partition(":")
    if not dataset.isdecimal() or (number and not number.isdecimal()):
        raise CommandError(f"--dataset {words}: write ID or ID:VERSION.")
    found = Dataset.objects.filter(project=project, pk=int(dataset)).first()
    version = found and (
        found.versions.filter(number=int(number)).first()
        if number
        else found.active_version
    )
    if not version:
        which = f" with a version {number}" if number else " that is ready"
        raise CommandError(f"The project has no dataset {dataset}{which}.")
    return version
