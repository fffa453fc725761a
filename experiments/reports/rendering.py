"""From a report's data to its PDF, by a process of its own."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse

from experiments.exceptions import ReportError

if TYPE_CHECKING:
    from experiments.reports.documents import Document

logger = logging.getLogger(__name__)

#: A report takes some tenths of a second; one of many pages a few seconds.
TIMEOUT = 30


def pdf_of(document: Document) -> bytes:
    """Return the report as PDF; equal data give equal bytes.

    Raises `ReportError` where it cannot be made.
    """
    command = [sys.executable, "-m", "experiments.reports.typesetting"]
    data = json.dumps(document.to_json(), ensure_ascii=False, allow_nan=False)
    try:
        done = subprocess.run(
            command,
            input=data.encode(errors="replace"),
            capture_output=True,
            cwd=settings.BASE_DIR,
            timeout=TIMEOUT,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise ReportError(
            f"The report was not ready after {TIMEOUT} s. Try again when less is going "
            "on, or take the figures as CSV."
        ) from error
    except subprocess.CalledProcessError as error:
        logger.exception("Report refused: %s", error.stderr[-2000:])
        raise ReportError(
            "The report could not be typeset; the figures can be had as CSV and JSON."
        ) from error
    return done.stdout


def pdf_response(document: Document, filename: str) -> HttpResponse:
    """Return the report as a download; `filename` is made by the server."""
    response = HttpResponse(pdf_of(document), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
