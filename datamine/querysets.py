"""Which workers live, and what a person may see of bundles on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from datamine.choices import UNDER_WAY
from datamine.leases import LEASE, from_now
from projects.querysets import VisibleQuerySet

if TYPE_CHECKING:
    from datetime import datetime

    from projects.models import User


class WorkerQuerySet(models.QuerySet[Any]):
    def heard_of(self, host: str, clusters: list[str]) -> Self:
        """Return the worker commands of a machine that said lately they are alive."""
        return self.filter(
            name__startswith=f"{host}:",
            clusters=" ".join(clusters),
            seen_at__gt=from_now(-LEASE),
        )


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
