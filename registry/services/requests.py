"""Requests: one person asks that a version comes into service, another one agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from projects.activities import record_activity
from registry.choices import RequestStatus
from registry.exceptions import ActiveVersionError, RequestError
from registry.gate import suggestion_for
from registry.models import ActivationRequest, RegisteredModel
from registry.services.versions import activate_version, require_sound

if TYPE_CHECKING:
    from projects.models import User
    from registry.models import Activation, ModelVersion
    from registry.querysets import ActivationRequestQuerySet


def request_activation(
    version: ModelVersion, *, reason: str, actor: User
) -> ActivationRequest:
    """Ask that a version comes into service, with what the gate says of it now.

    Raises `ActiveVersionError` if it serves, `RequestError` if that is asked already.
    """
    if version.is_active:
        raise ActiveVersionError(
            _("%(version)s is in service already.") % {"version": version.version}
        )
    with translation.override("en"):  # rows keep English
        suggestion = suggestion_for(version).to_json()
    try:
        with transaction.atomic():
            asked = ActivationRequest.objects.create(
                model=version.model,
                version=version,
                version_name=version.version,
                reason=reason,
                suggestion=suggestion,
                created_by=actor,
            )
            record_activity(actor, asked, "opened", reason=reason)
    except IntegrityError as clash:
        raise RequestError(
            _("A request to activate %(version)s waits already.")
            % {"version": version.version}
        ) from clash
    return asked


def approve_request(asked: ActivationRequest, *, actor: User) -> Activation:
    """Put the version in service that somebody else asked for.

    Raises `RequestError` for one's own request, one that is decided, or one whose
    version is gone; and as `activate_version` and `require_sound` do, which leaves the
    request open.
    """
    if asked.created_by_id == actor.pk:
        raise RequestError(
            _("You asked for it yourself; another owner has to approve.")
        )
    if not _waiting(asked).exists():
        raise _decided()
    if asked.version is None:
        raise RequestError(
            _("%(version_name)s was deleted; decline the request.")
            % {"version_name": asked.version_name}
        )
    require_sound(asked.version)
    with transaction.atomic():
        _decide(asked, RequestStatus.APPROVED, "", actor)
        version = asked.version
        version.model = RegisteredModel.objects.get(pk=asked.model_id)
        reason = (
            f"{asked.reason} (asked for by {asked.created_by or 'a former member'})"
        )
        return activate_version(version, reason=reason[:500], actor=actor)


@transaction.atomic
def decline_request(
    asked: ActivationRequest, *, remark: str = "", actor: User
) -> ActivationRequest:
    """Close a request without an activation; whoever asked may withdraw it so.

    Raises `RequestError` where it is decided already.
    """
    return _decide(asked, RequestStatus.DECLINED, remark, actor)


def _waiting(asked: ActivationRequest) -> ActivationRequestQuerySet:
    return ActivationRequest.objects.open().filter(pk=asked.pk)


def _decided() -> RequestError:
    return RequestError(_("This request is decided already."))


def _decide(
    asked: ActivationRequest, status: RequestStatus, remark: str, actor: User
) -> ActivationRequest:
    values = {
        "status": status,
        "remark": remark,
        "decided_by": actor,
        "decided_at": timezone.now(),
    }
    if not _waiting(asked).update(**values):
        raise _decided()
    for name, value in values.items():
        setattr(asked, name, value)
    record_activity(actor, asked, status.value, remark=remark)
    return asked
