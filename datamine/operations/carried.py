"""What of a project goes into its bundle, table by table, and what stays behind.

Left out is what belongs to a place or to its people: members, invitations, webhooks,
tokens, quotas, charts that somebody keeps for themselves, and work under way.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, NamedTuple, Self

from django.apps import apps
from django.db.models import ForeignKey, Model, Q, QuerySet

from datamine.leases import LeasedJob
from datamine.operations.archives import ArchiveError, Manifest
from datasets.models import DatasetVersion

PROJECT, PERSON = "projects.project", "projects.user"
ACTIVITY, RESULT = "projects.activity", "experiments.result"
#: Apps whose tables a bundle has rows of; both places must know them alike.
APPS = ("projects", "datasets", "experiments", "registry")


class FileColumn(NamedTuple):
    """A column with the key of a stored file, and whose file that is."""

    key: str
    sha256: str
    owner: str = "id"
    #: The column that says how many bytes it has, which quotas count.
    size: str = ""


@dataclass(frozen=True)
class Table:
    """The rows of one model that a bundle carries."""

    label: str
    #: The way from a row to its project.
    project: str
    #: Values without which a row stays behind, and is refused on its way in.
    only: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    #: A condition for rows on their way out.
    where: Q = field(default_factory=Q)
    files: tuple[FileColumn, ...] = ()
    #: What belongs to the processes of one place.
    emptied: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, project_id: int) -> QuerySet[Any]:
        manager = apps.get_model(self.label)._base_manager
        kept = {f"{name}__in": values for name, values in self.only.items()}
        return manager.filter(self.where, **{self.project: project_id}, **kept)

    def told(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a row without what belongs to the processes of one place."""
        model = apps.get_model(self.label)
        leased = LEASED if issubclass(model, LeasedJob) else {}
        return row | leased | dict(self.emptied)


LEASED = {
    "attempts": 0, "fencing_token": 0, "worker": "", "lease_expires_at": None,
    "cancel_requested": False,
}  # fmt: skip
OVER = ("completed", "failed", "cancelled")
MADE = ("ready", "failed", "cancelled")
NO_ROWS_FILE = {"rows_file": "", "rows_sha256": ""}
SESSION = "session__experiment__project"

#: In this order: a row names only rows before it, or may name nobody for a while.
CARRIED = (
    Table(
        "datasets.dataset",
        "project",
        where=Q(
            pk__in=DatasetVersion.objects.filter(status__in=MADE).values("dataset")
        ),
        files=(FileColumn("upload", "sha256", size="file_size"),),
    ),
    Table("datasets.tag", "dataset__project"),
    Table(
        "datasets.datasetversion",
        "dataset__project",
        only={"status": MADE},
        files=(FileColumn("data", "sha256", owner="dataset_id", size="size"),),
    ),
    Table("datasets.visualization", "dataset__project", only={"is_shared": (True,)}),
    Table("datasets.recipe", "project"),
    Table("experiments.experiment", "project"),
    Table(
        "experiments.trainingsession",
        "experiment__project",
        only={"status": OVER},
        emptied={"checkpoints": {}},
    ),
    Table(
        RESULT,
        SESSION,
        files=(
            FileColumn("artifact", "artifact_sha256"),
            FileColumn("tested", "tested_sha256"),
        ),
    ),
    Table("experiments.decision", f"result__{SESSION}"),
    Table(
        "experiments.evaluation",
        f"result__{SESSION}",
        only={"status": OVER},
        emptied=NO_ROWS_FILE,
    ),
    Table("experiments.savedcomparison", "project"),
    Table("registry.registeredmodel", "project"),
    Table("registry.modelversion", "model__project"),
    Table("registry.activation", "model__project"),
    Table(
        "registry.activationrequest",
        "model__project",
        only={"status": ("approved", "declined")},
    ),
    Table(
        "registry.batchprediction",
        "model__project",
        only={"status": OVER},
        files=(FileColumn("answers", "answers_sha256"),),
        emptied=NO_ROWS_FILE,
    ),
    Table(
        "registry.record",
        "model__project",
        where=Q(batch=None) | Q(batch__status="completed"),
    ),
    Table(
        "registry.performancereport", "version__model__project", only={"status": OVER}
    ),
    Table("registry.retraining", "model__project", only={"status": OVER}),
    Table(ACTIVITY, "project"),
)
#: Models of a project whose rows stay behind.
LEFT_BEHIND = {
    "projects.membership", "projects.invitation", "projects.webhook",
    "projects.delivery", "projects.notice", "datasets.quota", "datasets.upload",
    "site.bundleexport", "site.bundleimport",
}  # fmt: skip


def relations(model: type[Model]) -> list[ForeignKey[Any, Any]]:
    """Return the columns in which a row names another."""
    return [f for f in model._meta.local_concrete_fields if isinstance(f, ForeignKey)]


def label_of(relation: ForeignKey[Any, Any]) -> str:
    """Return the label of the model that a column names a row of."""
    return relation.remote_field.model._meta.label_lower


@dataclass
class BundleManifest(Manifest):
    """What a bundle holds; `signature` vouches for all of it, to who has the key."""

    format: int | str = "project 1"
    #: Its id at home, and what describes it.
    project: dict[str, Any] = field(default_factory=dict)
    signature: str = ""

    KIND: ClassVar[str] = "bundle"

    @classmethod
    def parse(cls, content: bytes) -> Self:
        found = super().parse(content)
        tables = (found.files, found.rows, found.migrations, found.project)
        is_whole = (
            all(isinstance(table, dict) for table in tables)
            and all(isinstance(digest, str) for digest in found.files.values())
            and isinstance(found.signature, str)
        )
        if not is_whole:
            raise ArchiveError("The bundle's manifest cannot be read.")
        return found

    def sealed_with(self, key: str) -> str:
        """Return the signature of everything else, and so of every digest in it."""
        # A key of its own: nothing signed here passes for a model.
        own = hmac.digest(key.encode(), b"project bundle", "sha256")
        content = json.dumps(asdict(self) | {"signature": ""}, sort_keys=True)
        return hmac.new(own, content.encode(), hashlib.sha256).hexdigest()

    def is_sealed_with(self, key: str) -> bool:
        return hmac.compare_digest(
            self.sealed_with(key).encode(), self.signature.encode()
        )
