"""Actions on chosen rows, each with a message of how it went."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.contrib import messages
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.admin.scoped import may
from projects.exceptions import DomainError
from projects.permissions import Action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import Model
    from django.http import HttpRequest

Row = TypeVar("Row", bound="Model")
DENIED = {
    Action.VIEW: _("You may not view “%(row)s”."),
    Action.EDIT: _("You may not edit “%(row)s”."),
    Action.MANAGE: _("You may not manage “%(row)s”."),
}


def try_for_each(
    request: HttpRequest,
    rows: Iterable[Row],
    action: Action,
    change: Callable[[Row], object],
) -> None:
    """Change each chosen row if the person may, and say how it went."""
    for row in rows:
        try_for(request, row, action, change)


def try_for(
    request: HttpRequest, row: Row, action: Action, change: Callable[[Row], object]
) -> None:
    if not may(request, action, row):
        messages.error(request, str(DENIED[action]) % {"row": row})
        return
    try:
        change(row)
    except DomainError as refusal:
        messages.error(request, f"{row}: {refusal}")
    else:
        messages.success(request, gettext("%(row)s: done.") % {"row": row})
