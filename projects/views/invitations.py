"""Links that make somebody a member: made by owners, opened by anybody who has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from projects import invitations
from projects.addresses import follow
from projects.exceptions import ProjectError
from projects.forms import InvitationForm, SignUpForm
from projects.mail import leaves_the_site
from projects.models import Invitation, Project
from projects.permissions import Action, get_for
from projects.views.members import page_of_members

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@require_POST
def add(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.MANAGE, key=key)
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            site = request.build_absolute_uri("/").removesuffix("/")
            made, word = invitations.invite(
                project, **form.cleaned_data, actor=request.user, site=site
            )
        except ProjectError as refusal:
            form.add_error(None, str(refusal))
        else:
            link = invitations.link_of(site, word)
            context = {"link": link, "invited": made, "is_sent": leaves_the_site()}
            return page_of_members(request, project, context)
    return page_of_members(request, project, {"invitation_form": form}, status=400)


@require_POST
def withdraw(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    invitation = get_for(
        request.user, Invitation, Action.MANAGE, pk=pk, project__key=key
    )
    try:
        invitations.withdraw(invitation, actor=request.user)
    except ProjectError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("The invitation of %(name)s is withdrawn.") % {"name": invitation.name},
        )
    return redirect("projects:members", key=key)


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, word: str) -> HttpResponse:
    """Say who invites to what; a person who is signed in joins with one click."""
    try:
        invitation = invitations.find(word)
        if request.method == "POST" and request.user.is_authenticated:
            invitations.accept(invitation, actor=request.user)
            messages.success(
                request,
                _("You are a member of %(project)s now.")
                % {"project": invitation.project},
            )
            return redirect("projects:detail", key=invitation.project.key)
    except ProjectError as refusal:
        return page_of(request, {"refusal": refusal}, status=410)
    return page_of(
        request, {"invitation": invitation, "word": word, "form": SignUpForm()}
    )


@never_cache
@sensitive_post_parameters()
@login_not_required
@require_POST
def sign_up(request: HttpRequest, word: str) -> HttpResponse:
    """Make an account and join; whoever is signed in already needs none."""
    if request.user.is_authenticated:
        return redirect("projects:invitation", word=word)
    form = SignUpForm(request.POST)
    try:
        invitation = invitations.find(word)
    except ProjectError as refusal:
        return page_of(request, {"refusal": refusal}, status=410)
    if form.is_valid():
        values = {k: v for k, v in form.cleaned_data.items() if k != "again"}
        try:
            user = invitations.sign_up(invitation, **values)
        except ProjectError as refusal:
            form.add_error(None, str(refusal))
        else:
            follow(user)  # the inviter has the link, too: it proves no address
            messages.success(
                request,
                _("You are a member of %(project)s now.")
                % {"project": invitation.project},
            )
            address = invitation.project.get_absolute_url()
            return perform_login(request, user, redirect_url=address)
    context = {"invitation": invitation, "word": word, "form": form}
    return page_of(request, context, status=400)


def page_of(
    request: HttpRequest, context: dict[str, object], status: int = 200
) -> HttpResponse:
    return render(request, "account/invitation.html", context, status=status)
