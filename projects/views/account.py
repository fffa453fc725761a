"""Log-in, and what a person sets about themselves."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash, views
from django.shortcuts import redirect, render, resolve_url
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from projects import services
from projects.choices import Theme
from projects.exceptions import ProjectError
from projects.forms import CloseForm, PasswordForm, ProfileForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@method_decorator(require_http_methods(["GET", "HEAD", "POST"]), name="dispatch")
class LogIn(views.LoginView):
    template_name = "account/login.html"
    redirect_authenticated_user = True


class LogOut(views.LogoutView):
    http_method_names = ["post", "options"]


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    # A copy: what the form refuses must not show as the person's name in the frame.
    form = ProfileForm(request.POST or None, instance=copy(request.user))
    if request.method == "POST" and form.is_valid():
        services.update_profile(request.user, **form.cleaned_data)
        messages.success(request, "Your profile is saved.")
        return redirect("account:profile")
    return render(request, "account/profile.html", {"form": form})


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
        update_session_auth_hash(request, user)
        messages.success(request, "The password is changed; other sessions have ended.")
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
            messages.success(request, "Your account is closed.")
            return redirect("account:login")
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
