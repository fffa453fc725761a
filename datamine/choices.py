from django.db.models import TextChoices


class BundleStatus(TextChoices):
    PENDING = "pending", "Waits for a worker"
    RUNNING = "running", "Under way"
    COMPLETED = "completed", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


UNDER_WAY = (BundleStatus.PENDING, BundleStatus.RUNNING)
