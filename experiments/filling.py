"""What is said of columns that lack values, and where they can be filled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse

from experiments.learning.problems import MISSING, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datasets.models import DatasetVersion

#: So many columns are named in one sentence.
NAMED = 8


def gathered(problems: Iterable[Any]) -> list[Any]:
    """Say in one sentence of all columns that their missing values stand in the way."""
    found = list(problems)
    lacking = [p.column for p in found if p.code == MISSING]
    if len(lacking) < 2:
        return found
    named = ", ".join(f"“{name}”" for name in lacking[:NAMED])
    more = f" and {len(lacking) - NAMED} more columns" if len(lacking) > NAMED else ""
    sentence = (
        f"{named}{more} have missing values. Fill them with the step “Fill missing "
        "values”, or choose an algorithm that takes them."
    )
    return [Problem(None, MISSING, sentence), *(p for p in found if p.code != MISSING)]


def fill_url(version: DatasetVersion, problems: Iterable[Any]) -> str:
    """Return the page that fills what the problems say is missing; empty if nothing."""
    names = {p.column for p in problems if p.code == MISSING}
    ids = [column.id for column in version.schema if column.name in names]
    if not ids:
        return ""
    query = urlencode(
        {"version": version.number, "step": "fill_missing", "column": ids}, doseq=True
    )
    return f"{reverse('datasets:prepare', args=[version.dataset_id])}?{query}"
