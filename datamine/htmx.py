"""A page, or only the part of it that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.cache import patch_vary_headers

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part; moving in the history needs the whole page."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and not (
        headers.get("HX-Boosted") or headers.get("HX-History-Restore-Request")
    )


def render_page(
    request: HttpRequest,
    template: str,
    fragment_template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Answer with the page, or with its fragment where htmx asked for that."""
    chosen = fragment_template if wants_fragment(request) else template
    response = render(request, chosen, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
