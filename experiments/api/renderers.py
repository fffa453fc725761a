"""Answers that are no JSON: tables as CSV, trees as text and programs, reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.renderers import BaseRenderer

from datasets.exports import csv_lines

if TYPE_CHECKING:
    from collections.abc import Mapping


class CsvRenderer(BaseRenderer):
    """Writes rows of cells."""

    media_type = "text/csv"
    format = "csv"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        return "".join(csv_lines(data))


class TextRenderer(BaseRenderer):
    """Writes text as it is."""

    media_type = "text/plain"
    format = "txt"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        return str(data)


class SqlRenderer(TextRenderer):
    """Writes SQL."""

    media_type = "application/sql"
    format = "sql"


class PythonRenderer(TextRenderer):
    """Writes Python."""

    media_type = "text/x-python"
    format = "py"


class PdfRenderer(BaseRenderer):
    """Hands over a report that has been typeset."""

    media_type = "application/pdf"
    format = "pdf"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return bytes(data)


class SvgRenderer(TextRenderer):
    """Writes drawings."""

    media_type = "image/svg+xml"
    format = "svg"


TREE_RENDERERS = (TextRenderer, SqlRenderer, PythonRenderer, SvgRenderer)
