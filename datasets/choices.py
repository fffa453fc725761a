from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

#: The format of a dataset whose file is an order to a generator.
SYNTHETIC = "synthetic"


class ProcessingStatus(TextChoices):
    PENDING = "pending", _("Pending")
    PROCESSING = "processing", _("Processing")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
