"""Tables as CSV files that are safe to open in a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from datasets.exports import csv_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def csv_response(rows: Iterable[Sequence[Any]], filename: str) -> HttpResponse:
    """Return the rows as a download; `filename` is made by the server."""
    text = "".join(csv_lines(rows))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
