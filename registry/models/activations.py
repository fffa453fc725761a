"""The ledger: which version came into service, and when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from projects.models import Project
from registry.choices import ActivationKind
from registry.models.registered import RegisteredModel
from registry.models.versions import ModelVersion
from registry.querysets import ActivationQuerySet


class Activation(models.Model):
    """One line of the ledger: which version came into service, instead of which.

    The names stay when a version is deleted, so the past can always be told.
    """

    model = models.ForeignKey(
        RegisteredModel, on_delete=models.CASCADE, related_name="activations"
    )
    version = models.ForeignKey(
        ModelVersion, on_delete=models.SET_NULL, null=True, related_name="activations"
    )
    version_name = models.CharField(max_length=20)
    previous = models.ForeignKey(
        ModelVersion, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    previous_name = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=10, choices=ActivationKind)
    reason = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ActivationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["model", "-created_at"], name="registry_ledger_recent")
        ]

    def __str__(self) -> str:
        if self.kind == ActivationKind.ROLLBACK:
            return _("Rolled back to %(version)s") % {"version": self.version_name}
        return _("Activated %(version)s") % {"version": self.version_name}

    @property
    def project(self) -> Project:
        return self.model.project
