"""Tables as CSV, for answers that are tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rest_framework.renderers import BaseRenderer

from datasets.exports import csv_lines

if TYPE_CHECKING:
    from collections.abc import Mapping


class CsvRenderer(BaseRenderer):
    """Writes rows of cells; an error stays JSON."""

    media_type = "text/csv"
    format = "csv"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        if not isinstance(data, list):
            return json.dumps(data)
        return "".join(csv_lines(data))
