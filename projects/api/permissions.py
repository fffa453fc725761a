"""What a token's scope allows before any row is looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, IsAuthenticated

from projects.choices import Scope

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class ScopeAllows(IsAuthenticated):
    """Signed in; and a token of scope `read` only reads.

    A view whose POST changes nothing, a prediction for one, says `reads = True`.
    Rights in a project are `projects.permissions`' matter.
    """

    message = "This token may only read."

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            return False
        scope = getattr(request.user, "token_scope", Scope.ADMIN)
        return (
            scope != Scope.READ
            or request.method in SAFE_METHODS
            or getattr(view, "reads", False)
        )
