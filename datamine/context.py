"""What every page's template knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Return the theme of the person who looks."""
    return {"theme": getattr(request.user, "theme", "auto")}
