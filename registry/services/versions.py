"""Versions: registered, put in service, taken out again, deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from experiments.choices import SessionStatus
from experiments.decisions import decision_of
from experiments.exceptions import DamagedModelError
from experiments.results.downloads import artifact_file
from projects.activities import record_activity
from registry.choices import ActivationKind
from registry.exceptions import (
    ActivationConflictError,
    ActiveVersionError,
    DamagedArtifactError,
    NothingToRollBackError,
    NotTrainedError,
    SecondOwnerNeededError,
    UnfitTagsError,
)
from registry.gate import require_reason
from registry.models import Activation, ModelVersion, RegisteredModel
from registry.serving import seen_models

if TYPE_CHECKING:
    from collections.abc import Iterable

    from experiments.models import TrainingSession
    from projects.models import User

MOST_TAGS, TAG_LENGTH = 10, 40


@transaction.atomic
def register_version(
    session: TrainingSession,
    *,
    name: str,
    description: str = "",
    notes: str = "",
    actor: User,
) -> ModelVersion:
    """Keep the session's artefact as a new version of the model called `name`.

    The model is made when the project has none of that name. Raises
    `NotTrainedError` unless the session completed.
    """
    if session.status != SessionStatus.COMPLETED:
        raise NotTrainedError(
            _(
                "Session %(session)s is %(status)s; only a completed session can "
                "be registered."
            )
            % {"session": session.number, "status": session.status}
        )
    model, _is_new = RegisteredModel.objects.get_or_create(
        project=session.project,
        name=name,
        defaults={"description": description, "created_by": actor},
    )
    version = ModelVersion.objects.create(
        model=model,
        version=_next_version_name(model),
        session=session,
        notes=notes,
        decision=decision_of(session.result),
        created_by=actor,
    )
    record_activity(actor, version, "registered")
    return version


def _next_version_name(model: RegisteredModel) -> str:
    """Return the time as a name; a second already taken gives the next free one."""
    RegisteredModel.objects.select_for_update().get(pk=model.pk)
    taken = set(model.versions.values_list("version", flat=True))
    moment = timezone.now()
    while (name := f"v{moment:%Y%m%d_%H%M%S}") in taken:
        moment += timedelta(seconds=1)
    return name


@transaction.atomic
def activate_version(
    version: ModelVersion, *, reason: str = "", actor: User
) -> Activation:
    """Put `version` in service instead of the one that is, and write the ledger.

    Raises `ActiveVersionError` if it serves already, `ActivationConflictError` if
    somebody was faster.
    """
    return _switch(version.model, version, ActivationKind.ACTIVATE, reason, actor)


def promote_version(
    version: ModelVersion, *, reason: str = "", actor: User
) -> Activation:
    """Activate a version that is better, or for a reason; as `activate_version`.

    Raises `SecondOwnerNeededError` where the project wants a request and another
    owner's approval, `ReasonNeededError` where the gate does not find it better, and as
    `require_sound` does.
    """
    if version.project.needs_second_owner:
        raise SecondOwnerNeededError(
            _(
                "This project wants four eyes: ask for the activation, another "
                "owner approves it."
            )
        )
    require_reason(version, reason)
    require_sound(version)
    return activate_version(version, reason=reason, actor=actor)


def require_sound(version: ModelVersion) -> None:
    """Raise `DamagedArtifactError` unless a version's file is the one signed here.

    Nothing is opened: what is gone or changed must not come to serve.
    """
    try:
        artifact_file(version.session.result).close()
    except DamagedModelError as damage:
        raise DamagedArtifactError(str(damage)) from damage


def version_before(model: RegisteredModel) -> ModelVersion | None:
    """Return the version that served before the active one was activated."""
    if model.active_version_id is None:
        return None
    entry = (
        model.activations.filter(
            version=model.active_version_id, kind=ActivationKind.ACTIVATE
        )
        .select_related("previous__model")
        .first()
    )
    return entry.previous if entry else None


def roll_back(model: RegisteredModel, *, reason: str = "", actor: User) -> Activation:
    """Put the version back in service that served before the active one.

    Raises `NothingToRollBackError` if there is none, or if it was deleted; and as
    `require_sound` does.
    """
    before = version_before(model)
    if before is None:
        raise NothingToRollBackError(
            _("No earlier version of “%(model)s” was in service; activate one instead.")
            % {"model": model}
        )
    require_sound(before)
    with transaction.atomic():
        return _switch(model, before, ActivationKind.ROLLBACK, reason, actor)


def _switch(
    model: RegisteredModel,
    version: ModelVersion,
    kind: ActivationKind,
    reason: str,
    actor: User,
) -> Activation:
    seen = model.active_version_id
    if seen == version.pk:
        raise ActiveVersionError(
            _("%(version)s is in service already.") % {"version": version.version}
        )
    switched = RegisteredModel.objects.filter(pk=model.pk, active_version=seen).update(
        active_version=version, updated_at=timezone.now()
    )
    if not switched:
        raise ActivationConflictError(
            _(
                "Somebody changed the version of “%(model)s” in service a moment "
                "ago; look at it and decide again."
            )
            % {"model": model}
        )
    transaction.on_commit(seen_models.forget)  # other servers: within a second
    previous = ModelVersion.objects.get(pk=seen) if seen else None
    model.active_version = version
    activation = Activation.objects.create(
        model=model,
        version=version,
        version_name=version.version,
        previous=previous,
        previous_name=previous.version if previous else "",
        kind=kind,
        reason=reason,
        actor=actor,
    )
    done = "activated" if kind == ActivationKind.ACTIVATE else "rolled back"
    record_activity(actor, version, done, reason=reason)
    return activation


def read_tags(tags: Iterable[str]) -> list[str]:
    """Return tags without blanks and repetitions, or raise `UnfitTagsError`."""
    found = list(dict.fromkeys(filter(None, (" ".join(tag.split()) for tag in tags))))
    if len(found) > MOST_TAGS:
        raise UnfitTagsError(
            _("A version has %(most_tags)s tags at most.") % {"most_tags": MOST_TAGS}
        )
    for tag in found:
        if len(tag) > TAG_LENGTH or "," in tag:
            raise UnfitTagsError(
                _("“%(tag)s” is no tag: at most %(tag_length)s signs, no comma.")
                % {"tag": tag[:TAG_LENGTH], "tag_length": TAG_LENGTH}
            )
    return found


@transaction.atomic
def describe_version(
    version: ModelVersion, *, notes: str, tags: Iterable[str], actor: User
) -> ModelVersion:
    """Change what is noted of a version; raises `UnfitTagsError`."""
    version.notes, version.tags = notes, read_tags(tags)
    version.save(update_fields=["notes", "tags"])
    record_activity(actor, version, "described")
    return version


@transaction.atomic
def delete_version(version: ModelVersion, *, actor: User) -> None:
    """Remove a version that is not in service; its session keeps the artefact.

    Raises `ActiveVersionError` for the active one.
    """
    model = RegisteredModel.objects.select_for_update().get(pk=version.model_id)
    if model.active_version_id == version.pk:
        raise ActiveVersionError(
            _("%(version)s is in service; activate another version first.")
            % {"version": version.version}
        )
    record_activity(actor, version, "deleted")
    version.delete()


@transaction.atomic
def delete_model(model: RegisteredModel, *, actor: User) -> None:
    """Remove a model with all its versions and its ledger."""
    record_activity(actor, model, "deleted")
    RegisteredModel.objects.filter(pk=model.pk).update(active_version=None)
    model.active_version = None
    model.delete()


@transaction.atomic
def describe_model(model: RegisteredModel, *, description: str, actor: User) -> None:
    """Change what a model says of itself."""
    model.description = description
    model.save(update_fields=["description", "updated_at"])
    record_activity(actor, model, "described")
