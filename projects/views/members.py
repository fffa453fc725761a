"""Pages about a project's members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from projects import services
from projects.choices import Role
from projects.exceptions import ProjectError
from projects.forms import InvitationForm, MemberForm, RoleForm
from projects.models import Membership, Project
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def index(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.VIEW, key=key)
    return page_of_members(request, project, {"form": MemberForm()})


@require_POST
def add(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.MANAGE, key=key)
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            added = services.add_member(
                project, **form.cleaned_data, actor=request.user
            )
        except ProjectError as refusal:
            form.add_error("identifier", str(refusal))
        else:
            messages.success(
                request, _("%(user)s is a member now.") % {"user": added.user}
            )
            return redirect("projects:members", key=key)
    return page_of_members(request, project, {"form": form}, status=400)


@require_POST
def change_role(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    membership = get_for(
        request.user, Membership, Action.MANAGE, pk=pk, project__key=key
    )
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose owner, editor or viewer as the role."))
        return redirect("projects:members", key=key)
    try:
        services.change_role(membership, **form.cleaned_data, actor=request.user)
    except ProjectError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("%(user)s is %(role)s now.")
            % {
                "user": membership.user,
                "role": services.role_in_words(membership),
            },
        )
    return redirect("projects:members", key=key)


@require_POST
def remove(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    membership = get_for(request.user, Membership, Action.VIEW, pk=pk, project__key=key)
    if membership.user_id != request.user.pk:  # whoever wants to may leave
        get_for(request.user, Membership, Action.MANAGE, pk=pk)
    try:
        services.remove_member(membership, actor=request.user)
    except ProjectError as refusal:
        messages.error(request, str(refusal))
        return redirect("projects:members", key=key)
    if membership.user_id == request.user.pk:
        messages.success(
            request,
            _("You are no longer a member of %(project)s.")
            % {"project": membership.project},
        )
        return redirect("projects:list")
    messages.success(
        request, _("%(user)s is no longer a member.") % {"user": membership.user}
    )
    return redirect("projects:members", key=key)


def page_of_members(
    request: HttpRequest, project: Project, more: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Show the members; `more` holds the form or the link that came about."""
    context = {
        "project": project,
        "section": "members",
        "members": project.memberships.select_related("user"),
        "roles": Role.choices,
        "form": MemberForm(),
        "invitations": project.invitations.open().select_related("created_by"),
        "invitation_form": InvitationForm(),
        **more,
    }
    return render(request, "projects/members.html", context, status=status)
