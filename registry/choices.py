from django.db.models import TextChoices


class ActivationKind(TextChoices):
    ACTIVATE = "activate", "Activated"
    ROLLBACK = "rollback", "Rolled back"


class RequestStatus(TextChoices):
    OPEN = "open", "Waits for an owner"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"


class BatchStatus(TextChoices):
    PENDING = "pending", "Waits for a worker"
    RUNNING = "running", "Predicts"
    COMPLETED = "completed", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class MeasuringStatus(TextChoices):
    PENDING = "pending", "Waits for a worker"
    RUNNING = "running", "Measures"
    COMPLETED = "completed", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


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
