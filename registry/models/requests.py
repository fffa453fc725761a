"""What somebody asks another owner to put into service."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from projects.models import Project
from registry.choices import RequestStatus
from registry.models.registered import RegisteredModel
from registry.models.versions import ModelVersion
from registry.querysets import ActivationRequestQuerySet


class ActivationRequest(models.Model):
    """Somebody asks that a version comes into service; another owner decides.

    `registry.services.requests` opens and closes it, once each.
    """

    model = models.ForeignKey(
        RegisteredModel, on_delete=models.CASCADE, related_name="requests"
    )
    version = models.ForeignKey(
        ModelVersion, on_delete=models.SET_NULL, null=True, related_name="requests"
    )
    version_name = models.CharField(max_length=20)
    reason = models.CharField(max_length=400)
    suggestion = models.JSONField(help_text="What the gate said when it was asked.")
    status = models.CharField(
        max_length=10, choices=RequestStatus, default=RequestStatus.OPEN
    )
    remark = models.CharField(max_length=400, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    objects = ActivationRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                condition=models.Q(status="open"),
                name="registry_request_once",
            )
        ]

    def __str__(self) -> str:
        return f"Request {self.pk} to activate {self.version_name}"

    def get_absolute_url(self) -> str:
        return f"{self.model.get_absolute_url()}#requests"

    @property
    def project(self) -> Project:
        return self.model.project
