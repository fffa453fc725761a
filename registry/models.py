"""Models a team keeps: names, versions, which one serves, and who put it there."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from datamine.leases import LeasedJob
from datasets.models import DatasetVersion
from experiments.algorithms.catalogue import UnknownAlgorithmError, algorithm
from experiments.models import TrainingSession
from projects.models import Project
from registry.choices import (
    UNDER_WAY,
    ActivationKind,
    BatchStatus,
    MeasuringStatus,
    RequestStatus,
    RetrainingSource,
    RetrainingStatus,
)
from registry.querysets import (
    ActivationQuerySet,
    ActivationRequestQuerySet,
    BatchPredictionQuerySet,
    ModelVersionQuerySet,
    PerformanceReportQuerySet,
    RecordQuerySet,
    RegisteredModelQuerySet,
    RetrainingQuerySet,
)

#: The folder of the storage that files of rows and their answers lie in.
BATCHES = "batches"
#: A model's name has at most so many signs.
NAME_LENGTH = 100


class RegisteredModel(models.Model):
    """A name under which versions are registered; one of them may be in service."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="models"
    )
    name = models.SlugField(max_length=NAME_LENGTH)
    description = models.TextField(max_length=2000, blank=True)
    active_version = models.ForeignKey(
        "ModelVersion",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = RegisteredModelQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], name="registry_model_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("registry:detail", args=[self.pk])


class ModelVersion(models.Model):
    """One registered artefact, named by its time; only notes and tags change after."""

    model = models.ForeignKey(
        RegisteredModel, on_delete=models.CASCADE, related_name="versions"
    )
    version = models.CharField(max_length=20, help_text="vYYYYMMDD_HHMMSS")
    session = models.ForeignKey(
        TrainingSession, on_delete=models.RESTRICT, related_name="model_versions"
    )
    notes = models.TextField(max_length=2000, blank=True)
    tags = models.JSONField(default=list, blank=True, help_text="Words to find it by.")
    decision = models.JSONField(
        null=True,
        blank=True,
        help_text="From which probability on a class is answered; as registered.",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    rows_learned: int | None  # annotated by `with_results`

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "version"], name="registry_version_once"
            )
        ]
        indexes = [
            # The newest 25 of thousands, without reading and sorting all of them.
            models.Index(
                fields=["model", "-created_at", "-id"], name="registry_version_recent"
            )
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("registry:version", args=[self.model_id, self.version])

    @property
    def project(self) -> Project:
        return self.model.project

    @property
    def is_active(self) -> bool:
        return self.model.active_version_id == self.pk


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


class Record(models.Model):
    """A row somebody asked about, with the answer; the true outcome may come later.

    Made where a prediction is kept; only the outcome is written again.
    """

    model = models.ForeignKey(
        RegisteredModel, on_delete=models.CASCADE, related_name="records"
    )
    version = models.ForeignKey(
        ModelVersion, on_delete=models.SET_NULL, null=True, related_name="records"
    )
    version_name = models.CharField(max_length=20)
    inputs = models.JSONField(help_text="Values by column of the signature.")
    prediction = models.JSONField()
    probabilities = models.JSONField(null=True)
    confidence = models.FloatField(
        null=True, help_text="The greatest probability; none for numbers."
    )
    actual = models.JSONField(null=True, help_text="What was true, once it is known.")
    is_right = models.BooleanField(null=True, help_text="For classes.")
    error = models.FloatField(null=True, help_text="Prediction less truth, of numbers.")
    actual_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    actual_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["model", "-created_at"], name="registry_record_recent"
            ),
            models.Index(
                fields=["model", "confidence"],
                condition=models.Q(actual_at=None),
                name="registry_record_review",
            ),
            models.Index(
                fields=["model", "-actual_at"],
                condition=models.Q(actual_at__isnull=False),
                name="registry_record_labelled",
            ),
        ]

    def __str__(self) -> str:
        return f"Record {self.pk} of {self.model}"

    def get_absolute_url(self) -> str:
        return reverse("registry:records", args=[self.model_id])

    @property
    def project(self) -> Project:
        return self.model.project


class BatchPrediction(LeasedJob):
    """A file of rows answered in the background by the version that served then.

    Made by an editor; while it is under way the row is also the job.
    """

    Status = BatchStatus
    RUNNING = BatchStatus.RUNNING
    DONE = BatchStatus.COMPLETED
    CLUSTER = "fast"
    WORK = "registry.batches:predict_in_child"
    IMPORTS = ("registry.batches",)

    model = models.ForeignKey(
        RegisteredModel, on_delete=models.CASCADE, related_name="batches"
    )
    version = models.ForeignKey(
        ModelVersion, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    version_name = models.CharField(max_length=20)
    status = models.CharField(
        max_length=10, choices=BatchStatus, default=BatchStatus.PENDING
    )
    filename = models.CharField(max_length=255)
    rows_file = models.CharField(max_length=200, help_text="Key of what was sent.")
    rows_sha256 = models.CharField(max_length=64)
    answers = models.CharField(max_length=200, blank=True, help_text="Key of the CSV.")
    answers_sha256 = models.CharField(max_length=64, blank=True)
    answered = models.PositiveBigIntegerField(default=0)
    quarantined = models.PositiveBigIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = BatchPredictionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=BatchStatus.values),
                name="registry_batch_status",
            )
        ]
        indexes = [
            models.Index(fields=["status"], name="registry_batch_by_status"),
        ]

    def __str__(self) -> str:
        return f"Batch {self.pk} of {self.model}"

    def get_absolute_url(self) -> str:
        return reverse("registry:batches", args=[self.model_id])

    @property
    def project(self) -> Project:
        return self.model.project

    def stored_files(self) -> list[tuple[str, str]]:
        return [(self.answers, self.answers_sha256)]

    def working_files(self) -> list[str]:
        return [self.rows_file]

    def answers_key(self, token: int) -> str:
        """Where the attempt with this token keeps its answers: no two share a key."""
        return f"{BATCHES}/{self.model_id}/{self.pk}-{token}.csv"


class PerformanceReport(LeasedJob):
    """How fast, large and steady a version is; measured by a worker, one row each time.

    The newest one counts.
    """

    Status = MeasuringStatus
    RUNNING = MeasuringStatus.RUNNING
    DONE = MeasuringStatus.COMPLETED
    CLUSTER = "fast"
    WORK = "registry.measuring:measure_in_child"
    IMPORTS = ("registry.measuring",)

    version = models.ForeignKey(
        ModelVersion, on_delete=models.CASCADE, related_name="performance_reports"
    )
    status = models.CharField(
        max_length=10, choices=MeasuringStatus, default=MeasuringStatus.PENDING
    )
    figures = models.JSONField(
        default=dict, blank=True, help_text="What was measured, and on what."
    )
    suggestions = models.JSONField(
        default=list, blank=True, help_text="What to do about it, in sentences."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = PerformanceReportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=MeasuringStatus.values),
                name="registry_performance_status",
            )
        ]

    def __str__(self) -> str:
        return f"Performance of {self.version}"

    def get_absolute_url(self) -> str:
        words = [self.version.model_id, self.version.version]
        return reverse("registry:performance", args=words)

    @property
    def project(self) -> Project:
        return self.version.project


class Retraining(models.Model):
    """A model learned anew on the way to a version: rows, then a session, then it.

    Made by an owner; `registry.services.retraining` moves it on until it is over.
    """

    model = models.ForeignKey(
        RegisteredModel, on_delete=models.CASCADE, related_name="retrainings"
    )
    source = models.CharField(max_length=10, choices=RetrainingSource)
    status = models.CharField(
        max_length=10,
        choices=RetrainingStatus,
        default=RetrainingStatus.PREPARING,
    )
    draft = models.JSONField(help_text="What to train, once the rows are there.")
    steps = models.JSONField(
        default=list, blank=True, help_text="Steps to be applied to the rows first."
    )
    warnings = models.JSONField(default=list, blank=True)
    rows_version = models.ForeignKey(
        DatasetVersion, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    session = models.ForeignKey(
        TrainingSession, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    version = models.ForeignKey(
        ModelVersion, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    error_message = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    completed_at = models.DateTimeField(null=True)

    objects = RetrainingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["status"],
                condition=models.Q(status__in=["preparing", "training"]),
                name="registry_retraining_open",
            )
        ]

    def __str__(self) -> str:
        return f"Retraining {self.pk} of {self.model}"

    def get_absolute_url(self) -> str:
        return reverse("registry:retraining", args=[self.model_id, self.pk])

    @property
    def job_id(self) -> str:
        """What programs call it: the model's name and when it was asked for."""
        return f"{self.model.name}_{int(self.created_at.timestamp())}"

    @property
    def has_custom_config(self) -> bool:
        """Whether a hyperparameter is other than by default."""
        try:
            defaults = algorithm(self.draft["algorithm"]).defaults
        except UnknownAlgorithmError:  # its package is gone
            return True
        said = self.draft["hyperparameters"]
        return any(defaults.get(name) != value for name, value in said.items())

    @property
    def project(self) -> Project:
        return self.model.project

    @property
    def is_over(self) -> bool:
        return self.status not in UNDER_WAY

    @property
    def sentence(self) -> str:
        """How it stands, for people."""
        if self.error_message:
            return self.error_message
        if self.version is not None:
            return _("%(version)s is registered; activate it if it is better.") % {
                "version": self.version.version
            }
        return str(RetrainingStatus(self.status).label)
