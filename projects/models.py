"""Who works here, on what, and what they did."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from django.contrib.auth.models import AbstractUser
from django.core.validators import URLValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from projects.choices import (
    DeliveryStatus,
    Language,
    NoticeEvent,
    ProjectStatus,
    Role,
    Scope,
    Theme,
    WebhookEvent,
)
from projects.querysets import (
    ActivityQuerySet,
    DeliveryQuerySet,
    InvitationQuerySet,
    MembershipQuerySet,
    NoticeQuerySet,
    ProjectQuerySet,
    VisibleQuerySet,
)


class User(AbstractUser):  # type: ignore[django-manager-missing]  # knox: untyped
    """A person who signs in; made by staff, changed on the account page."""

    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("full name"), max_length=200, blank=True)
    avatar_url = models.CharField(
        max_length=500, blank=True, validators=[URLValidator(["https"])]
    )
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)
    language = models.CharField(
        _("language"), max_length=5, choices=Language, default=Language.AUTO, blank=True
    )
    notify_in_pages = models.BooleanField(
        _("Tell me on these pages when a session of mine ends"), default=True
    )
    notify_by_mail = models.BooleanField(
        _("Tell me by e-mail when a session of mine ends"), default=False
    )
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.full_name or self.username

    def clean(self) -> None:
        """Take an address as one and the same, whatever its capitals."""
        super().clean()
        self.email = self.email.lower()


class Project(models.Model):
    """The room a team works in; everything else belongs to exactly one project."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    description = models.TextField(max_length=2000, blank=True)
    is_public = models.BooleanField(
        default=False, help_text="Everyone who signs in may look, only members work."
    )
    needs_second_owner = models.BooleanField(
        "Four eyes",
        default=False,
        help_text="A model's version comes into service once another owner agrees.",
    )
    status = models.CharField(
        max_length=10, choices=ProjectStatus, default=ProjectStatus.ACTIVE
    )
    metadata = models.JSONField(default=dict, blank=True)
    members = models.ManyToManyField(User, through="Membership")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:detail", args=[self.key])

    @property
    def project(self) -> Project:
        """Itself: every object that rights are asked about has a project."""
        return self


class Membership(models.Model):
    """The role of one person in one project; owners change it."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role, default=Role.VIEWER)
    added_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "member"
        ordering = ["user__username"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user"], name="projects_membership_once"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values),
                name="projects_membership_role",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class Activity(models.Model):
    """One thing somebody did; written by services, never changed."""

    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="activities"
    )
    action = models.CharField(max_length=100)
    resource_type = models.CharField(max_length=50)
    resource_id = models.CharField(max_length=40)
    details = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name_plural = "activities"
        indexes = [
            models.Index(
                fields=["project", "-created_at"], name="projects_activity_recent"
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.resource_type} {self.resource_id}"


class Invitation(models.Model):
    """A link that makes whoever has it a member, once; made by owners."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="invitations"
    )
    name = models.CharField(max_length=120, help_text="Whom it is for; a label.")
    role = models.CharField(max_length=10, choices=Role, default=Role.VIEWER)
    email = models.EmailField(
        "e-mail address", blank=True, help_text="Where the link was sent, if it was."
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class Notice(models.Model):
    """Something that one person is told on the pages; workers make it, it is read."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="notices"
    )
    event = models.CharField(max_length=20, choices=NoticeEvent)
    subject = models.PositiveBigIntegerField(help_text="Id of the session.")
    details = models.JSONField(default=dict)
    address = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "event", "subject"], name="projects_notice_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject}"


class Letter(models.Model):
    """One e-mail and how it fared; workers send it, and then forget what it said."""

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    status = models.CharField(
        max_length=10, choices=DeliveryStatus, default=DeliveryStatus.PENDING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["status", "next_try_at"], name="projects_letter_due")
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.to})"


class ApiToken(AbstractAuthToken):
    """A program's key to the API; only its digest is kept, it ends by itself."""

    id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=5, choices=Scope, default=Scope.READ)

    class Meta:
        verbose_name = "API token"
        ordering = ["-created"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope__in=Scope.values), name="projects_token_scope"
            )
        ]

    def __str__(self) -> str:
        return self.name


class RememberedAnswer(models.Model):
    """What the API answered to a request with an `Idempotency-Key`, kept for a day."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64, help_text="Of path and body.")
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    location = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="projects_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"


class Webhook(models.Model):
    """An address that is told what happens in a project; its owners decide which."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="webhooks"
    )
    url = models.CharField("address", max_length=2000)
    on_session_end = models.BooleanField("when a session ends", default=True)
    on_activation = models.BooleanField("when another version serves", default=True)
    is_active = models.BooleanField("switched on", default=True)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        """Return the host alone: the rest of an address may be a secret."""
        return urlsplit(self.url).hostname or "webhook"


class Delivery(models.Model):
    """One thing a webhook is told, and each try to tell it; workers write it."""

    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, related_name="deliveries"
    )
    event = models.CharField(max_length=20, choices=WebhookEvent)
    subject = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Id of the session or of the ledger's line."
    )
    payload = models.JSONField()
    status = models.CharField(
        max_length=10, choices=DeliveryStatus, default=DeliveryStatus.PENDING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    tries = models.JSONField(default=list)
    next_try_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "event", "subject"], name="projects_delivery_once"
            )
        ]
        indexes = [
            models.Index(fields=["status", "next_try_at"], name="projects_delivery_due")
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject or ''}".strip()

    @property
    def project(self) -> Project:
        return self.webhook.project

    @property
    def last_word(self) -> str:
        """What the last try came to, empty before there was one."""
        if not self.tries:
            return ""
        last = self.tries[-1]
        return last["error"] or f"The answer was {last['answer']}."
