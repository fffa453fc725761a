"""What every page's template knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projects.choices import Theme

if TYPE_CHECKING:
    from django.http import HttpRequest

THEMES = ((Theme.AUTO, "Auto"), (Theme.LIGHT, "Light"), (Theme.DARK, "Dark"))


def site(request: HttpRequest) -> dict[str, object]:
    """Return the theme of the person who looks, and those to choose from."""
    user = getattr(request, "user", None)
    return {"theme": getattr(user, "theme", Theme.AUTO), "themes": THEMES}
