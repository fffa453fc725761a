"""What people did, one row a deed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from projects.models import Activity

if TYPE_CHECKING:
    from projects.models import User


def record_activity(
    actor: User | None, resource: Any, action: str, **details: object
) -> Activity:
    """Write down that `actor` did `action` (a past participle) to `resource`.

    `resource` is a row with a `project`; its name is kept for the day it is gone.
    """
    return Activity.objects.create(
        user=actor,
        project=resource.project,
        action=action,
        resource_type=resource._meta.verbose_name_raw,
        resource_id=str(resource.pk),
        details={"name": str(resource)[:200], **details},
    )
