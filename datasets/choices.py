from django.db.models import TextChoices

#: The format of a dataset whose file is an order to a generator.
SYNTHETIC = "synthetic"


class ProcessingStatus(TextChoices):
    PENDING = "pending", "Pending"
    PROCESSING = "processing", "Processing"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
