"""Pages about projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from datamine.htmx import render_page
from projects import services
from projects.choices import ProjectStatus
from projects.exceptions import ProjectError
from projects.forms import DeleteForm, HandOverForm, ProjectForm, SearchForm
from projects.models import Activity, Project
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from projects.querysets import ProjectQuerySet

PER_PAGE = 25
RECENT = 8


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    visible = Project.objects.visible_to(request.user)
    is_clear = form.is_valid()
    found = narrowed(visible, **form.cleaned_data) if is_clear else visible.none()
    rows = found.with_role(request.user).with_member_counts()
    context = {
        "form": form,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "query": urlencode({name: form.data.get(name, "") for name in form.fields}),
        "is_narrowed": any(form.data.get(name) for name in form.fields),
    }
    return render_page(
        request, "projects/list.html", "projects/_projects.html", context
    )


def narrowed(found: ProjectQuerySet, search: str, status: str) -> ProjectQuerySet:
    """Return the projects a search asks for; without a word, the active ones."""
    if status != "all":
        found = found.filter(status=status or ProjectStatus.ACTIVE)
    return found.matching(search)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        project = services.create_project(**form.cleaned_data, actor=request.user)
        messages.success(
            request, _("%(name)s is ready; you own it.") % {"name": project.name}
        )
        return redirect(project)
    return render(request, "projects/create.html", {"form": form})


@require_safe
def detail(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.VIEW, key=key)
    context = {
        "project": project,
        "section": "overview",
        "members": project.memberships.select_related("user"),
        "activities": project.activities.select_related("user")[:RECENT],
    }
    return render(request, "projects/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.MANAGE, key=key)
    form = ProjectForm(request.POST or None, instance=project)
    if request.method == "POST" and form.is_valid():
        fresh = get_for(request.user, Project, Action.MANAGE, key=key)
        services.update_project(fresh, actor=request.user, **form.cleaned_data)
        messages.success(request, _("The settings are saved."))
        return redirect("projects:settings", key=key)
    context = {
        "project": project,
        "section": "settings",
        "form": form,
        "hand_over_form": HandOverForm(project=project, owner=request.user),
    }
    return render(request, "projects/settings.html", context)


@require_POST
def hand_over(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.MANAGE, key=key)
    form = HandOverForm(request.POST, project=project, owner=request.user)
    if not form.is_valid():
        messages.error(request, _("Choose the member who takes the project over."))
        return redirect("projects:settings", key=key)
    try:
        taken = services.hand_over(
            project, to=form.cleaned_data["member"], actor=request.user
        )
    except ProjectError as refusal:
        messages.error(request, str(refusal))
        return redirect("projects:settings", key=key)
    messages.success(
        request,
        _("%(user)s is the owner of %(project)s now.")
        % {"user": taken.user, "project": project},
    )
    return redirect(project)


@require_http_methods(["POST"])
def archive(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.MANAGE, key=key)
    is_archived = project.status == ProjectStatus.ARCHIVED
    status = ProjectStatus.ACTIVE if is_archived else ProjectStatus.ARCHIVED
    services.update_project(project, actor=request.user, status=status)
    words = (
        _("%(name)s is open for work again.")
        if is_archived
        else _("%(name)s is archived: it can be read, but not changed.")
    )
    messages.success(request, words % {"name": project.name})
    return redirect("projects:settings", key=key)


@require_safe
def activity(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.VIEW, key=key)
    rows = Activity.objects.filter(project=project).select_related("user")
    context = {
        "project": project,
        "section": "activity",
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "projects/activity.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.MANAGE, key=key)
    form = DeleteForm(request.POST or None, project=project)
    if request.method == "POST" and form.is_valid():
        services.delete_project(project)
        messages.success(
            request,
            _("%(name)s and everything in it are deleted.") % {"name": project.name},
        )
        return redirect("projects:list")
    context = {"project": project, "section": "settings", "form": form}
    return render(request, "projects/delete.html", context)
