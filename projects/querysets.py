"""What a person may see of projects: one filter that fails closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from projects.models import User


class VisibleQuerySet(models.QuerySet):
    """Rows that belong to a project, named by the path to it."""

    #: The lookup from the row to its project, "" for the project itself.
    project_path = "project"

    def visible_to(self, user: User | AnonymousUser | None) -> Self:
        """Return the rows of projects `user` is a member of, or that are public.

        Nobody, a stranger's session or a deactivated user see nothing; superusers
        see everything.
        """
        if user is None or not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self.all()
        prefix = f"{self.project_path}__" if self.project_path else ""
        own = user.memberships.values("project_id")
        return self.filter(
            Q(**{f"{prefix}pk__in": own}) | Q(**{f"{prefix}is_public": True})
        )


class ProjectQuerySet(VisibleQuerySet):
    project_path = ""


class MembershipQuerySet(VisibleQuerySet):
    pass


class ActivityQuerySet(VisibleQuerySet):
    pass
