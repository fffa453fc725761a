"""Pages of the site itself, which look into every app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from datamine.env import BASE_DIR
from experiments.choices import SessionStatus
from experiments.models import TrainingSession
from projects.choices import ProjectStatus
from projects.models import Activity, Project

if TYPE_CHECKING:
    from django.http import HttpRequest

AT_WORK = (SessionStatus.PENDING, SessionStatus.TRAINING)
PROJECTS = 12
RECENT = 10


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show a person's projects, the sessions at work there, and what changed."""
    own = Project.objects.of_member(request.user)
    active = own.filter(status=ProjectStatus.ACTIVE)
    sessions = TrainingSession.objects.visible_to(request.user)
    activities = Activity.objects.visible_to(request.user).filter(project__in=own)
    context = {
        "projects": active.with_role(request.user).order_by("-updated_at")[:PROJECTS],
        "sessions": sessions.filter(status__in=AT_WORK)
        .select_related("experiment__project")
        .order_by("created_at")[:RECENT],
        "activities": activities.select_related("user", "project")[:RECENT],
    }
    return render(request, "home.html", context)


@require_POST
def empty_inputs(request: HttpRequest) -> HttpResponse:
    """Remove the computed inputs that this machine keeps; staff ask for it."""
    if not request.user.is_staff:
        raise PermissionDenied(_("The administration is for staff."))
    for path in settings.INPUTS_DIR.glob("*"):
        path.unlink(missing_ok=True)
    messages.success(
        request, _("The kept inputs are gone; trainings compute them anew.")
    )
    return redirect("admin:index")


@login_not_required
@require_safe
@cache_control(max_age=86_400, public=True)
def icon(request: HttpRequest) -> HttpResponse:
    """Answer browsers that ask for an icon without having read a page."""
    path = BASE_DIR / "static" / "icon.svg"
    return HttpResponse(path.read_bytes(), content_type="image/svg+xml")
