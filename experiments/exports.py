"""Tables as CSV files that are safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from datasets.exports import formula_free

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def csv_response(rows: Iterable[Sequence[Any]], filename: str) -> HttpResponse:
    """Return the rows as a download; `filename` is made by the server."""
    text = io.StringIO()
    csv.writer(text).writerows([safe(cell) for cell in row] for row in rows)
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def safe(cell: Any) -> Any:
    return formula_free(cell) if isinstance(cell, str) else cell
