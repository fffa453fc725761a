"""What every page's template knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from projects.choices import Theme
from projects.mail import leaves_the_site

if TYPE_CHECKING:
    from django.http import HttpRequest

THEMES = (
    (Theme.AUTO, _("Auto")),
    (Theme.LIGHT, _("Light")),
    (Theme.DARK, _("Dark")),
)


def site(request: HttpRequest) -> dict[str, object]:
    """Return what the operator has set up, and the theme of the person who looks."""
    user = getattr(request, "user", None)
    return {
        "single_sign_on": settings.SINGLE_SIGN_ON,
        "mail_leaves": leaves_the_site(),
        "theme": getattr(user, "theme", Theme.AUTO),
        "themes": THEMES,
    }
