from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Task(TextChoices):
    CLASSIFICATION = "classification", _("Classification")
    REGRESSION = "regression", _("Regression")


class Preprocessing(TextChoices):
    LEAK_FREE = "leak_free", _("Fitted inside each fold")
    AS_IS = "as_is", _("As the version stands")


class SessionStatus(TextChoices):
    PENDING = "pending", _("Pending")
    TRAINING = "training", _("Training")
    COMPLETED = "completed", _("Completed")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class EvaluationStatus(TextChoices):
    PENDING = "pending", _("Pending")
    RUNNING = "running", _("Running")
    COMPLETED = "completed", _("Completed")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
