"""From the version in service to predictions: load once, verify, answer rows."""

from __future__ import annotations

import logging
import tempfile
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from datamine import files
from datamine.garbage import keep_what_is_here
from datamine.room import StorageAwayError
from experiments.decisions import decided, decision_of
from experiments.learning.problems import TrainingError
from projects.memory import Memory
from registry.exceptions import (
    DamagedArtifactError,
    NotInServiceError,
    UnreadableRowsError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.uploadedfile import UploadedFile

    from experiments.learning.artifacts import LoadedArtifact
    from experiments.learning.predictions import Predictions
    from experiments.models import Result
    from registry.models import ModelVersion, RegisteredModel

logger = logging.getLogger(__name__)

#: Models a server process keeps in memory; the one unused longest goes first.
CACHED_MODELS = 8
MOST_SHOWN = 100  # answers on a page; the file to download has all
MOST_CLASSES = 20  # whose probabilities stand beside each other on a page
WARMING = "warming a model"  # what such threads are called
PATIENCE = 10.0  # seconds a switch waits until its version is ready to answer


@dataclass(frozen=True)
class Answer:
    """Every row is predicted or quarantined; `by` names whom we asked."""

    by: dict[str, Any]  # model and version, or experiment and session
    target: str
    found: Predictions
    decision: dict[str, Any] | None = None  # the class and threshold it followed

    @cached_property
    def predictions(self) -> list[dict[str, Any]]:
        """The rows that were answered; more may be said of each."""
        return self.found.answers()

    @cached_property
    def quarantined(self) -> list[dict[str, Any]]:
        return [item.to_json() for item in self.found.quarantined]

    @property
    def notices(self) -> list[str]:
        return self.found.notices

    def written(self) -> bytes:
        """Return the answer as JSON; predictions nobody looked at are never objects."""
        untouched = "predictions" not in vars(self)
        answers = (
            orjson.Fragment(self.found.written_answers())
            if untouched
            else self.predictions
        )
        return orjson.dumps(
            {
                **self.by,
                **({"decision": self.decision} if self.decision else {}),
                "predictions": answers,
                "quarantined": self.quarantined,
                "notices": self.notices,
            }
        )

    @property
    def labels(self) -> list[str]:
        """The classes whose probabilities a page shows; none where they are many."""
        known = list(self.predictions[0].get("probabilities", {}))
        return known if len(known) <= MOST_CLASSES else []

    @property
    def outputs(self) -> list[str]:
        """What is answered beside the prediction, by name."""
        return list(self.predictions[0].get("outputs", {}))

    @property
    def shown(self) -> list[dict[str, Any]]:
        """What a page shows: not all rows, each with how probable its answer is."""
        labels, outputs = self.labels, self.outputs
        return [
            {
                **row,
                "probability": row.get("probabilities", {}).get(str(row["prediction"])),
                "shares": [row["probabilities"][label] for label in labels],
                "beside": [row["outputs"][name] for name in outputs],
            }
            for row in self.predictions[:MOST_SHOWN]
        ]

    @property
    def shown_quarantined(self) -> list[dict[str, Any]]:
        return self.quarantined[:MOST_SHOWN]

    @property
    def most_shown(self) -> int:
        return MOST_SHOWN

    @property
    def rows(self) -> list[dict[str, Any]]:
        """All rows in the order they were sent, answered or not."""
        return sorted(
            [*self.predictions, *self.quarantined], key=lambda item: item["row"]
        )


class ModelCache:
    """The models this process has verified and opened, the last used at the end."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.lock = Lock()
        self.models: OrderedDict[str, LoadedArtifact] = OrderedDict()
        self.warming: dict[str, Thread] = {}

    def opened(self, result: Result) -> LoadedArtifact | None:
        """Return the model of a result if this process has it open."""
        with self.lock:
            return self.models.get(result.artifact_sha256)

    def warm(self, result: Result, patience: float = 0) -> None:
        """Open the model of a result beside all else, before somebody asks it.

        The first model of a process brings scikit-learn along, which takes seconds:
        wait so many for it.
        """
        key = result.artifact_sha256
        with self.lock:
            if key in self.models:
                return
            thread = self.warming.get(key)
            if thread is None:
                thread = self.warming[key] = Thread(
                    target=self._warm, args=(result,), name=WARMING, daemon=True
                )
                thread.start()
        if patience:
            thread.join(patience)

    def _warm(self, result: Result) -> None:
        try:
            self.get(result)
        except DamagedArtifactError:  # logged; whoever predicts is told
            pass
        finally:
            with self.lock:
                self.warming.pop(result.artifact_sha256, None)

    def get(self, result: Result) -> LoadedArtifact:
        """Return the model of a result; the first call opens it.

        The digest is the name: bytes that were not verified are never found here.
        Opening takes long and holds no lock, so that other models go on answering.
        Raises `DamagedArtifactError`.
        """
        key = result.artifact_sha256
        with self.lock:
            loaded = self.models.get(key)
        if loaded is None:
            loaded = open_artifact(result)
        with self.lock:
            self.models[key] = loaded
            self.models.move_to_end(key)
            while len(self.models) > self.size:
                self.models.popitem(last=False)
        return loaded


loaded_models = ModelCache(CACHED_MODELS)
#: Models as `ready_to_answer`, by a person's id, the project's key and their name.
seen_models: Memory[tuple[int, str, str], RegisteredModel] = Memory()


def load_libraries() -> None:
    """Load what opening a model needs: a hundred MiB, and seconds."""
    from datamine.lean import import_sklearn  # noqa: PLC0415 -- heavy import

    import_sklearn()
    import sklearn.ensemble  # noqa: F401, PLC0415 -- heavy import

    import experiments.learning.artifacts  # noqa: F401, PLC0415 -- heavy import


def open_artifact(result: Result) -> LoadedArtifact:
    """Verify and open the artefact of a result; `DamagedArtifactError` if refused."""
    load_libraries()
    from experiments.learning.artifacts import (  # noqa: PLC0415 -- heavy import
        ArtifactError,
        load_artifact,
    )

    key = settings.ARTIFACT_KEY.encode()
    try:
        with files.local_copy(result.artifact) as path:
            opened = load_artifact(
                path, result.artifact_sha256, result.artifact_hmac, key
            )
    except StorageAwayError:
        raise
    except (ArtifactError, OSError) as error:
        logger.exception("Artefact %s refused", result.artifact)
        raise DamagedArtifactError(
            str(error)
            if isinstance(error, ArtifactError)
            else _("The model's file cannot be read; restore it from a backup.")
        ) from error
    keep_what_is_here()
    return opened


def warm(model: RegisteredModel, patience: float = 0) -> None:
    """Make the version in service ready to answer in this process, if there is one.

    It is opened beside all else; somebody may wait so many seconds for it.
    """
    if model.active_version:
        loaded_models.warm(model.active_version.session.result, patience)


def make_ready(model: RegisteredModel) -> None:
    """Have a version that came into service opened before the switch is answered.

    No lock of the database is held meanwhile. Other processes see to it themselves.
    """
    transaction.on_commit(partial(warm, model, PATIENCE))


def version_in_service(model: RegisteredModel) -> ModelVersion:
    """Return the active version, or raise `NotInServiceError`."""
    version = model.active_version
    if version is None:
        raise NotInServiceError(
            _("No version of “%(model)s” is in service; activate one first.")
            % {"model": model}
        )
    version.model = model  # saves the question whose it is
    return version


def predict_rows(
    version: ModelVersion, rows: Sequence[dict[str, Any]], most: int | None = None
) -> Answer:
    """Answer rows given as values by column name; raises as `predict` does."""
    by = {"model": version.model.name, "version": version.version}
    return predict(by, version.session.result, rows, version.decision, most)


def predict_with(result: Result, rows: Sequence[dict[str, Any]]) -> Answer:
    """Answer rows with what a session found, registered or not; as `predict_rows`."""
    by = {"experiment": result.session.experiment_id, "session": result.session_id}
    return predict(by, result, rows, decision_of(result))


def predict(
    by: dict[str, Any],
    result: Result,
    rows: Sequence[dict[str, Any]],
    decision: dict[str, Any] | None = None,
    most: int | None = None,
) -> Answer:
    """Answer rows with the model of a result, in the name of `by`.

    With a `decision` its class is answered from its threshold on, and the answer names
    it. In the background there may be more rows than a server takes: `most`.

    Raises `UnreadableRowsError` for too many rows, or such as make no sample together,
    `DamagedArtifactError` if the artefact is not what was written.
    """
    limit = most or settings.LIMITS.predict_rows
    if len(rows) > limit:
        raise UnreadableRowsError(
            _(
                "%(count)s rows are more than the %(limit)s taken at once; send "
                "them in parts."
            )
            % {"count": len(rows), "limit": limit}
        )
    pipeline = loaded_models.get(result).pipeline
    try:
        found = pipeline.predict(rows)
    except TrainingError as refusal:  # rows that make no sample, weekly prices say
        raise UnreadableRowsError(str(refusal)) from refusal
    if decision:
        found = decided(found, pipeline.signature.labels, decision)
    return Answer(by, pipeline.signature.target, found, decision)


def rows_of_file(result: Result, upload: UploadedFile) -> list[dict[str, Any]]:
    """Read a CSV file of rows for a result; `UnreadableRowsError` if it is none."""
    return read_file(upload, result.signature["columns"])


def read_file(
    upload: UploadedFile, columns: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Read a CSV file with columns of such types; `UnreadableRowsError` if not one."""
    from datasets.readers.errors import ReaderError  # noqa: PLC0415 -- heavy import
    from datasets.readers.rows import read_rows  # noqa: PLC0415 -- heavy import

    with tempfile.TemporaryDirectory(dir=files.scratch(), prefix="rows-") as folder:
        path = Path(folder, "rows")
        with path.open("wb") as target:
            for chunk in upload.chunks():
                target.write(chunk)
        try:
            return read_rows(
                path, upload.name or "", columns, settings.LIMITS.predict_rows
            )
        except ReaderError as error:
            raise UnreadableRowsError(str(error)) from error


def signature(version: ModelVersion) -> list[dict[str, Any]]:
    """Return the columns a version asks for, without opening its artefact."""
    columns: list[dict[str, Any]] = version.session.result.signature["columns"]
    return columns
