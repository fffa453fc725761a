"""Pages about a person's API tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from projects import services
from projects.forms import TokenForm

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    form, secret = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        _, secret = services.create_token(request.user, **form.cleaned_data)
        form = TokenForm()
    context = {
        "form": form,
        "secret": secret,
        "tokens": request.user.auth_token_set.all(),
    }
    return render(request, "account/tokens.html", context)


@require_POST
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    token = get_object_or_404(request.user.auth_token_set, id=pk)
    services.end_token(token)
    messages.success(request, _("The token %(name)s has ended.") % {"name": token.name})
    return redirect("account:tokens")
