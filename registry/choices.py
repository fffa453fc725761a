from django.db.models import TextChoices


class ActivationKind(TextChoices):
    ACTIVATE = "activate", "Activated"
    ROLLBACK = "rollback", "Rolled back"
