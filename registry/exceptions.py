"""What can go wrong in the registry, each with a sentence for the person it meets."""

from projects.exceptions import DomainError


class RegistryError(DomainError):
    """A change the registry does not allow as things are."""


class NotTrainedError(RegistryError):
    """A session without a result cannot be registered."""

    code = "not_trained"


class ActiveVersionError(RegistryError):
    """The version in service cannot be deleted, nor activated again."""

    code = "active_version"


class ActivationConflictError(RegistryError):
    """Somebody else changed the version in service first."""

    code = "activation_conflict"


class NothingToRollBackError(RegistryError):
    """There was no version in service before this one."""

    code = "nothing_before"


class NotInServiceError(RegistryError):
    """A model without an active version was asked to predict."""

    code = "not_in_service"


class DamagedArtifactError(RegistryError):
    """An artefact is not what was written when the session ended."""

    code = "damaged_artifact"


class UnreadableRowsError(RegistryError):
    """What was sent for prediction is not a table of rows."""

    code = "unreadable_rows"
    status_code = 400


class NotAvailableError(RegistryError):
    """A version cannot be had in some form."""

    code = "not_available"


class UnfitOutcomeError(RegistryError):
    """What was said to be true is nothing the model could have answered."""

    code = "invalid"
    status_code = 400
    attr = "actual"


class NothingLearnedError(RegistryError):
    """There is no version, or nothing came of learning one."""

    code = "nothing_learned"


class TooFewRecordsError(RegistryError):
    """Too few records have an outcome to learn from."""

    code = "too_few_records"


class RecordsUnfitError(RegistryError):
    """Records lack what the model's session needs of its rows."""

    code = "records_unfit"


class RetrainingOverError(RegistryError):
    """There is nothing left to cancel."""

    code = "retraining_over"


class ReasonNeededError(RegistryError):
    """A version that is not shown to be better comes into service for a reason only."""

    code = "reason_needed"
    status_code = 400
    attr = "reason"


class UnfitTagsError(RegistryError):
    """Tags that are too many or too long."""

    code = "invalid"
    status_code = 400
    attr = "tags"


class SecondOwnerNeededError(RegistryError):
    """The project wants two people to agree before a version comes into service."""

    code = "second_owner_needed"


class RequestError(RegistryError):
    """A request that cannot be made or answered as things are."""

    code = "request"


class BatchOverError(RegistryError):
    """There is nothing left to cancel, or nothing yet to download."""

    code = "batch"


class MeasuringError(RegistryError):
    """A version that is being measured, or is not any more."""

    code = "measuring"


class ExportError(RegistryError):
    """Versions that cannot be written into a git repository."""

    code = "export"


class NotMeasuredError(RegistryError):
    """There is no performance report of a version yet."""

    code = "not_measured"
    status_code = 404
