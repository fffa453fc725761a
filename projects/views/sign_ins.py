"""Where a person is signed in now, and the end of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from projects.sign_ins import know

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """List them; POST ends all but the one that asks."""
    know(request)
    sign_ins = UserSession.objects.purge_and_list(request.user)
    if request.method == "POST":
        for sign_in in sign_ins:
            if not sign_in.is_current():
                sign_in.end()
        messages.success(request, _("All other sign-ins have ended."))
        return redirect("account:sign-ins")
    return render(request, "account/sign_ins.html", {"sign_ins": sign_ins})


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(UserSession, pk=pk, user=request.user).end()
    messages.success(request, _("The sign-in has ended."))
    return redirect("account:sign-ins")
