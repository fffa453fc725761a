"""Rights: roles, actions, one table, one question."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.choices import ProjectStatus, Role, Scope

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from projects.models import Project, User

M = TypeVar("M", bound=Model)


class Action(StrEnum):
    """What a person wants to do with something of a project."""

    VIEW = "view"  # read, download, predict
    EDIT = "edit"  # upload, prepare, train, register
    MANAGE = "manage"  # members, settings, activate, delete


ROLE_ACTIONS: dict[str, frozenset[Action]] = {
    Role.OWNER: frozenset(Action),
    Role.EDITOR: frozenset({Action.VIEW, Action.EDIT}),
    Role.VIEWER: frozenset({Action.VIEW}),
}

#: What is said to whom something is not allowed.
REFUSALS = {
    Action.VIEW: gettext_lazy("You may not view this %(what)s."),
    Action.EDIT: gettext_lazy("You may not edit this %(what)s."),
    Action.MANAGE: gettext_lazy("You may not manage this %(what)s."),
}

#: What a token allows at most, whatever its owner may do.
SCOPE_ACTIONS: dict[str, frozenset[Action]] = {
    Scope.READ: frozenset({Action.VIEW}),
    Scope.WRITE: frozenset({Action.VIEW, Action.EDIT}),
    Scope.ADMIN: frozenset(Action),
}


def role_of(user: User, project: Project) -> str | None:
    """Return the role of `user` in `project`, None for strangers."""
    own = project.memberships.filter(user=user).order_by("pk")  # joins no names
    return own.values_list("role", flat=True).first()


def can(user: User | AnonymousUser | None, action: Action, project: Project) -> bool:
    """Whether `user` may do `action` in `project`; the default is no."""
    if user is None or not user.is_authenticated or not user.is_active:
        return False
    if action not in SCOPE_ACTIONS[getattr(user, "token_scope", Scope.ADMIN)]:
        return False
    if project.status == ProjectStatus.ARCHIVED and action is Action.EDIT:
        return False
    if user.is_superuser:
        return True
    if action in ROLE_ACTIONS.get(role_of(user, project) or "", frozenset()):
        return True
    return project.is_public and action is Action.VIEW


def get_for(
    user: User | AnonymousUser,
    rows: type[M] | QuerySet[M],
    action: Action,
    **lookup: object,
) -> M:
    """Return the one row `lookup` names if `user` may do `action` with it.

    Absent and invisible are the same 404; visible but not allowed is a 403. What is
    visible may be viewed, whatever role or token: that needs no second question.
    """
    queryset: Any = rows._default_manager.all() if isinstance(rows, type) else rows
    found: Any = get_object_or_404(queryset.visible_to(user), **lookup)
    if action is not Action.VIEW and not can(user, action, found.project):
        raise PermissionDenied(refusal(action, found))
    row: M = found
    return row


def refusal(action: Action, row: Any) -> str:
    """Say why `action` is not allowed."""
    if action is Action.EDIT and row.project.status == ProjectStatus.ARCHIVED:
        return _("This project is archived: it can be read, but not changed.")
    return str(REFUSALS[action]) % {"what": row._meta.verbose_name}
