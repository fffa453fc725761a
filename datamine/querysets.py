"""What a person may see of bundles on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from datamine.choices import UNDER_WAY
from projects.querysets import VisibleQuerySet

if TYPE_CHECKING:
    from datetime import datetime

    from projects.models import User


class BundleQuerySet(VisibleQuerySet):
    def under_way(self) -> Self:
        """Return those that wait for a worker, or are with one."""
        return self.filter(status__in=UNDER_WAY)

    def over_before(self, moment: datetime) -> Self:
        """Return those that nobody will come for any more."""
        return self.exclude(status__in=UNDER_WAY).filter(completed_at__lt=moment)


class BundleImportQuerySet(BundleQuerySet):
    def of(self, user: User) -> Self:
        """Return what `user` sent; there is no project yet that could say who sees."""
        return self.filter(created_by=user)
