from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ActivationKind(TextChoices):
    ACTIVATE = "activate", _("Activated")
    ROLLBACK = "rollback", _("Rolled back")


class RequestStatus(TextChoices):
    OPEN = "open", _("Waits for an owner")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


class BatchStatus(TextChoices):
    PENDING = "pending", _("Waits for a worker")
    RUNNING = "running", _("Predicts")
    COMPLETED = "completed", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class MeasuringStatus(TextChoices):
    PENDING = "pending", _("Waits for a worker")
    RUNNING = "running", _("Measures")
    COMPLETED = "completed", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class RetrainingSource(TextChoices):
    DATASET = "dataset", _("A dataset version")
    RECORDS = "records", _("Labelled records")


class RetrainingStatus(TextChoices):
    PREPARING = "preparing", _("The rows are made ready.")
    TRAINING = "training", _("A session trains.")
    COMPLETED = "completed", _("A version is registered.")
    FAILED = "failed", _("It failed.")
    CANCELLED = "cancelled", _("It was cancelled.")


UNDER_WAY = (RetrainingStatus.PREPARING, RetrainingStatus.TRAINING)
