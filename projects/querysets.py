"""What a person may see of projects: one filter that fails closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from projects.models import User


class VisibleQuerySet(models.QuerySet[Any]):
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

    def of_member(self, user: User) -> Self:
        """Return the projects `user` is a member of."""
        return self.filter(pk__in=user.memberships.values("project_id"))

    def with_role(self, user: User) -> Self:
        """Add `role`, the one `user` has in each project; None for strangers."""
        own = user.memberships.filter(project=OuterRef("pk")).values("role")
        return self.annotate(role=Subquery(own))

    def with_member_counts(self) -> Self:
        """Add `members_count`."""
        through = self.model.members.through.objects
        rows = through.filter(project=OuterRef("pk")).order_by().values("project")
        count = Subquery(rows.annotate(count=Count("pk")).values("count"))
        return self.annotate(members_count=Coalesce(count, 0))

    def matching(self, words: str) -> Self:
        """Return the projects whose name, key or description holds all words."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(name__icontains=word)
                | Q(key__icontains=word)
                | Q(description__icontains=word)
            )
        return found


class MembershipQuerySet(VisibleQuerySet):
    pass


class InvitationQuerySet(VisibleQuerySet):
    def open(self) -> Self:
        """Return those that still wait for an answer."""
        return self.filter(accepted_at=None, expires_at__gt=timezone.now())


class NoticeQuerySet(VisibleQuerySet):
    def told(self, user: User) -> Self:
        """Return what `user` is told, of projects they may still see."""
        return self.visible_to(user).filter(user=user)


class ActivityQuerySet(VisibleQuerySet):
    pass


class DeliveryQuerySet(VisibleQuerySet):
    project_path = "webhook__project"
