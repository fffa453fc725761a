"""What a person was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from projects.models import Notice
from projects.notices import mark_read

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

MOST = 100


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """List the newest; POST takes all of them as read."""
    if request.method == "POST":
        mark_read(request.user)
        return redirect("account:notices")
    told = Notice.objects.told(request.user).select_related("project")
    return render(request, "account/notices.html", {"notices": told[:MOST]})


@never_cache
@require_safe
def now(request: HttpRequest) -> HttpResponse:
    """Show the part of the frame that says what runs and what is new."""
    return render(request, "account/_now.html")
