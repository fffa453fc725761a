"""How the API reads JSON."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser as PlainJSONParser

if TYPE_CHECKING:
    from collections.abc import Mapping


class JSONParser(PlainJSONParser):
    """DRF's, which also refuses what is nested too deep to be read."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as problem:
            raise ParseError("The JSON is nested too deep.") from problem
