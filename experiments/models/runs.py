"""What to learn and how, each run of it, and what came out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse

from datamine.leases import LeasedJob
from datasets.models import Dataset, DatasetVersion
from experiments.algorithms.catalogue import makes_samples, title_of
from experiments.choices import EvaluationStatus, Preprocessing, SessionStatus, Task
from experiments.learning.problems import GATES
from experiments.metrics import INDEXED
from experiments.querysets import (
    DecisionQuerySet,
    EvaluationQuerySet,
    ExperimentQuerySet,
    Figure,
    ResultQuerySet,
    SavedComparisonQuerySet,
    TrainingSessionQuerySet,
)
from projects.models import Project

#: The folder of the storage that models lie in.
ARTIFACTS = "artifacts"
#: And those that a session under way would go on from.
CHECKPOINTS = "checkpoints"
#: And files of rows that a model is to be tried on.
EVALUATED = "evaluated"


class Experiment(models.Model):
    """A question to a dataset version: target, features, algorithm, split.

    Made by an editor; `latest_session` is moved by `experiments.sessions` only.
    """

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="experiments"
    )
    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="experiments"
    )
    version = models.ForeignKey(
        DatasetVersion, on_delete=models.RESTRICT, related_name="experiments"
    )
    name = models.CharField(max_length=255)
    description = models.TextField(max_length=2000, blank=True)
    task = models.CharField(max_length=20, choices=Task)
    algorithm = models.CharField(max_length=60)
    hyperparameters = models.JSONField(default=dict, blank=True)
    target_column = models.TextField()
    feature_columns = models.JSONField()
    split = models.JSONField(default=dict)
    search = models.JSONField(
        null=True,
        blank=True,
        help_text="How hyperparameters are searched for; null where they are as set.",
    )
    preprocessing = models.CharField(
        max_length=10, choices=Preprocessing, default=Preprocessing.LEAK_FREE
    )
    started_from = models.ForeignKey(
        "Result",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="continued_by",
        help_text="Whose network's weights are begun with; drawn ones where null.",
    )
    latest_session = models.ForeignKey(
        "TrainingSession",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    headline = models.JSONField(
        default=dict,
        blank=True,
        help_text="Test metrics of the latest completed session; lists sort by them.",
    )
    training_seconds = models.FloatField(
        null=True,
        blank=True,
        help_text="How long the latest session trained, once it is completed.",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["project", "-created_at"], name="experiments_recent"),
            models.Index(fields=["algorithm"], name="experiments_algorithm"),
            models.Index(fields=["project", "name"], name="experiments_by_name"),
            models.Index(
                fields=["project", "training_seconds"], name="experiments_by_time"
            ),
            *(
                models.Index("project", Figure(name), name=f"experiments_{name}")
                for name in INDEXED
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("experiments:detail", args=[self.pk])

    @property
    def algorithm_title(self) -> str:
        return title_of(self.algorithm)

    @property
    def asks_for_many_rows(self) -> bool:
        """Whether one answer takes several rows: a star's, or the days before one."""
        return makes_samples(self.algorithm)


class TrainingSession(LeasedJob):
    """One run of an experiment; only `experiments.sessions` changes its state."""

    Status = SessionStatus
    RUNNING = SessionStatus.TRAINING
    DONE = SessionStatus.COMPLETED
    CLUSTER = "train"
    WORK = "experiments.sessions:train_in_child"
    IMPORTS = ("experiments.sessions", "experiments.training", "experiments.resuming")

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="sessions"
    )
    number = models.PositiveIntegerField()
    base_version = models.ForeignKey(
        DatasetVersion,
        on_delete=models.RESTRICT,
        related_name="+",
        help_text="The version whose rows are split; later steps are in the plan.",
    )
    status = models.CharField(
        max_length=10, choices=SessionStatus, default=SessionStatus.PENDING
    )
    plan = models.JSONField(help_text="All that was trained, frozen at the start.")
    epochs_completed = models.PositiveIntegerField(default=0)
    history = models.JSONField(
        default=list, blank=True, help_text="One entry an epoch."
    )
    checkpoints = models.JSONField(
        default=dict,
        blank=True,
        help_text="Finished parts by name: file, digest and signature of each.",
    )
    training_time_seconds = models.FloatField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )

    objects = TrainingSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "number"], name="experiments_session_number"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=SessionStatus.values),
                name="experiments_session_status",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_expires_at"],
                condition=models.Q(status="training"),
                name="experiments_session_leases",
            ),
            models.Index(fields=["status"], name="experiments_session_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.experiment}, session {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("experiments:session", args=[self.experiment_id, self.number])

    def stored_files(self) -> list[tuple[str, str]]:
        return self.result.files()

    def working_files(self) -> list[str]:
        return [entry["file"] for entry in self.checkpoints.values()]

    @property
    def project(self) -> Project:
        return self.experiment.project

    def artifact_key(self, token: int) -> str:
        """Where the attempt with this token keeps its model: no two share a key."""
        return f"{ARTIFACTS}/{self.experiment_id}/{self.pk}-{token}.zip"

    def tested_key(self, token: int) -> str:
        """Where it keeps what was predicted for each tested row."""
        return f"{ARTIFACTS}/{self.experiment_id}/{self.pk}-{token}.npz"

    def attempt_keys(self, token: int) -> tuple[str, str]:
        """Every file that the attempt with this token may have left."""
        return self.artifact_key(token), self.tested_key(token)


class SavedComparison(models.Model):
    """A comparison kept under a name: which experiments, and how they are shown."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="saved_comparisons"
    )
    name = models.CharField(max_length=100)
    query = models.TextField(max_length=2000, help_text="The address's query string.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedComparisonQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], name="experiments_saved_comparison_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        address = reverse("experiments:compare", args=[self.project.key])
        return f"{address}?{self.query}"


class Result(models.Model):
    """What a completed session found, and where its artefact lies; never changed."""

    session = models.OneToOneField(
        TrainingSession, on_delete=models.CASCADE, related_name="result"
    )
    metrics = models.JSONField(help_text="train, validation, test, cross_validation.")
    baseline = models.JSONField(default=dict)
    details = models.JSONField(
        default=dict,
        help_text="Confusion matrix, report, curves, importances, intervals, folds.",
    )
    warnings = models.JSONField(default=list)
    split_digest = models.CharField(max_length=64)
    signature = models.JSONField(default=dict)
    artifact = models.CharField(max_length=200, help_text="Key of the artefact.")
    artifact_sha256 = models.CharField(max_length=64)
    artifact_hmac = models.CharField(max_length=64)
    artifact_size = models.PositiveBigIntegerField(help_text="Bytes.")
    tested = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="Key of the predictions of every tested row.",
    )
    tested_sha256 = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ResultQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Result of {self.session}"

    @property
    def project(self) -> Project:
        return self.session.project

    @property
    def marks(self) -> list[str]:
        """Which gates of its family it does not pass, in a sentence each."""
        return [found["detail"] for found in self.warnings if found["code"] in GATES]

    def files(self) -> list[tuple[str, str]]:
        """The stored files of this result, each key with its SHA-256."""
        pairs = [
            (self.artifact, self.artifact_sha256),
            (self.tested, self.tested_sha256),
        ]
        return [(key, sha256) for key, sha256 in pairs if key]

    @property
    def filename(self) -> str:
        """What the artefact is called when somebody downloads it."""
        time = f"{self.created_at:%Y%m%d_%H%M%S}"
        return f"model_{self.session.experiment_id}_{time}.zip"


class Decision(models.Model):
    """From which probability on a result's model answers a class.

    Editors make them; the newest counts, and one without a threshold means the usual
    answer, the likelier class. A registered version keeps the one it began with.
    """

    result = models.ForeignKey(
        Result, on_delete=models.CASCADE, related_name="decisions"
    )
    label = models.JSONField(null=True, help_text="The class that is answered.")
    threshold = models.FloatField(null=True)
    cost_false_alarm = models.FloatField(null=True)
    cost_miss = models.FloatField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(threshold=None)
                | models.Q(threshold__gte=0, threshold__lte=1),
                name="experiments_decision_threshold",
            )
        ]

    def __str__(self) -> str:
        if self.threshold is None:
            return f"{self.result}: the likelier class"
        return f"{self.result}: {self.label} from {self.threshold:.3f} on"

    @property
    def project(self) -> Project:
        return self.result.project

    def to_json(self) -> dict[str, Any] | None:
        """Return what answers are made by and name; None for the usual answer."""
        if self.threshold is None:
            return None
        return {"label": self.label, "threshold": self.threshold}


class Evaluation(LeasedJob):
    """A result's model tried on a version it was not made for, or on a file of rows.

    Made by an editor; a worker fills it in. The file is kept until then.
    """

    Status = EvaluationStatus
    RUNNING = EvaluationStatus.RUNNING
    DONE = EvaluationStatus.COMPLETED
    # A model may need all the memory that its training might.
    CLUSTER = "train"
    WORK = "experiments.evaluating:evaluate_in_child"
    IMPORTS = ("experiments.evaluating", "experiments.training")

    result = models.ForeignKey(
        Result, on_delete=models.CASCADE, related_name="evaluations"
    )
    version = models.ForeignKey(
        DatasetVersion,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="evaluations",
    )
    filename = models.CharField(
        max_length=255, blank=True, help_text="Of the file of rows, where it is one."
    )
    rows_file = models.CharField(
        max_length=200, blank=True, help_text="Key of what was sent."
    )
    rows_sha256 = models.CharField(max_length=64, blank=True)
    status = models.CharField(
        max_length=10, choices=EvaluationStatus, default=EvaluationStatus.PENDING
    )
    metrics = models.JSONField(default=dict, blank=True)
    details = models.JSONField(
        default=dict, blank=True, help_text="Intervals, matrix, report, quarantine."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=EvaluationStatus.values),
                name="experiments_evaluation_status",
            ),
            models.CheckConstraint(
                condition=models.Q(version=None) ^ models.Q(filename=""),
                name="experiments_evaluation_rows",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result.session.experiment} on {self.version or self.filename}"

    def working_files(self) -> list[str]:
        return [self.rows_file] if self.rows_file else []

    @property
    def project(self) -> Project:
        return self.result.project
