from django.db.models import TextChoices


class ActivationKind(TextChoices):
    ACTIVATE = "activate", "Activated"
    ROLLBACK = "rollback", "Rolled back"


class RequestStatus(TextChoices):
    OPEN = "open", "Waits for an owner"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"


class RetrainingSource(TextChoices):
    DATASET = "dataset", "A dataset version"
    RECORDS = "records", "Labelled records"


class RetrainingStatus(TextChoices):
    PREPARING = "preparing", "The rows are made ready."
    TRAINING = "training", "A session trains."
    COMPLETED = "completed", "A version is registered."
    FAILED = "failed", "It failed."
    CANCELLED = "cancelled", "It was cancelled."


UNDER_WAY = (RetrainingStatus.PREPARING, RetrainingStatus.TRAINING)
