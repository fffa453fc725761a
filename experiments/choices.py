from django.db.models import TextChoices


class Task(TextChoices):
    CLASSIFICATION = "classification", "Classification"
    REGRESSION = "regression", "Regression"


class Preprocessing(TextChoices):
    LEAK_FREE = "leak_free", "Fitted inside each fold"
    AS_IS = "as_is", "As the version stands"


class SessionStatus(TextChoices):
    PENDING = "pending", "Pending"
    TRAINING = "training", "Training"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class EvaluationStatus(TextChoices):
    PENDING = "pending", "Pending"
    RUNNING = "running", "Running"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
