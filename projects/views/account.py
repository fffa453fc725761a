"""What a person sets about themselves."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from allauth.account.internal.flows.password_change import finalize_password_change
from allauth.account.internal.flows.reauthentication import (
    raise_if_reauthentication_required,
)
from django.contrib import messages
from django.contrib.auth import logout, views
from django.shortcuts import redirect, render, resolve_url
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from projects import addresses, services
from projects.choices import Theme
from projects.exceptions import ProjectError
from projects.forms import CloseForm, PasswordForm, ProfileForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class LogOut(views.LogoutView):
    http_method_names = ["post", "options"]


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    # A copy: what the form refuses must not show as the person's name in the frame.
    is_proved = addresses.is_proved(request.user)
    form = ProfileForm(
        request.POST or None, instance=copy(request.user), is_proved=is_proved
    )
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["email"] != request.user.email.lower():
            # Links for a new password go there.
            raise_if_reauthentication_required(request, app="account")
        user = services.update_profile(request.user, **form.cleaned_data)
        addresses.follow(user)
        with translation.override(user.language or translation.get_language()):
            messages.success(request, _("Your profile is saved."))
        return redirect("account:profile")
    context = {"form": form, "is_proved": is_proved}
    return render(request, "account/profile.html", context)


@require_POST
def prove(request: HttpRequest) -> HttpResponse:
    """Send a link to the person's address, to prove that they read what comes there."""
    if addresses.ask_for_proof(request, request.user):
        messages.success(
            request,
            _("A link is on its way to %(email)s.") % {"email": request.user.email},
        )
    else:
        messages.error(request, _("A link was sent a moment ago; wait some minutes."))
    return redirect("account:profile")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        user = services.change_password(
            request.user,
            password=form.cleaned_data["new"],
            end_tokens=form.cleaned_data["end_tokens"],
        )
        finalize_password_change(request, user)  # keeps this session, and says so
        return redirect("account:profile")
    return render(request, "account/password.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Ask once more, then end the account and this session with it."""
    form = CloseForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            services.close_account(request.user)
        except ProjectError as refusal:
            form.add_error(None, str(refusal))
        else:
            logout(request)
            messages.success(request, _("Your account is closed."))
            return redirect("account_login")
    return render(request, "account/close.html", {"form": form})


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "")
    if chosen in Theme.values:
        services.change_theme(request.user, theme=Theme(chosen))
    return redirect(own_address(request, request.POST.get("next", "")))


def own_address(request: HttpRequest, wanted: str) -> str:
    """Return where a form wants to go on, if that is an address of this site."""
    is_own = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, request.is_secure()
    )
    return wanted if is_own else resolve_url("account:profile")
