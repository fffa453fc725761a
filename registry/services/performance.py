"""Performance reports: asked for here, measured by a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from datamine.leases import request_cancel
from datamine.queue import ring
from projects.activities import record_activity
from registry.exceptions import MeasuringError
from registry.models import ModelVersion, PerformanceReport

if TYPE_CHECKING:
    from projects.models import User


@transaction.atomic
def start_measuring(version: ModelVersion, *, actor: User) -> PerformanceReport:
    """Have a version measured; what was measured before stays until that is done.

    Raises `MeasuringError` while another measurement is under way.
    """
    ModelVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    latest = PerformanceReport.objects.latest_of(version)
    if latest is not None and not latest.is_over:
        raise MeasuringError(
            _("%(version)s is being measured already.") % {"version": version.version}
        )
    report = PerformanceReport.objects.create(version=version, created_by=actor)
    record_activity(actor, report, "started")
    ring(report)
    return report


@transaction.atomic
def cancel_measuring(version: ModelVersion, *, actor: User) -> None:
    """Stop measuring a version. Raises `MeasuringError` if nothing is under way."""
    latest = PerformanceReport.objects.latest_of(version)
    if latest is None or not request_cancel(latest):
        raise MeasuringError(
            _("%(version)s is not being measured.") % {"version": version.version}
        )
    record_activity(actor, latest, "cancelled")
