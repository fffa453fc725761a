"""The checkpoints of a session: files of one attempt that a later one may read.

A file counts once the session's row names it, with digest and signature, and only the
attempt that holds the row can write that: one that lost its lease leaves nothing that
another would read. `datamine.leases` removes the files when the session ends.
"""

from __future__ import annotations

import logging
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from datamine import files
from experiments.learning.artifacts import ArtifactError, ArtifactReceipt
from experiments.learning.checkpoints import binding, opened, sealed
from experiments.learning.plans import Plan
from experiments.models import CHECKPOINTS

if TYPE_CHECKING:
    from datamine.leases import Lease
    from experiments.models import TrainingSession

logger = logging.getLogger(__name__)

#: Seconds between two writes at the least: less work than that is soon done again.
INTERVAL = 1.0
#: And as many times the last write: storing takes at most a small part of the time.
SHARE = 10


class SessionCheckpoints:
    """What the attempt that holds a lease reads and writes."""

    def __init__(self, session: TrainingSession, lease: Lease) -> None:
        self.session, self.lease = session, lease
        self.plan = Plan.model_validate(session.plan)
        self.key = settings.ARTIFACT_KEY.encode()
        self.stored: dict[str, Any] = dict(session.checkpoints)
        self.waiting: dict[str, object] = {}
        self.due = time.monotonic() + INTERVAL

    def load(self, name: str) -> Any:
        entry = dict(self.stored.get(name, {}))
        if not entry:
            return None
        try:
            with files.local_copy(entry.pop("file")) as path:
                content = path.read_bytes()
            return opened(content, ArtifactReceipt(**entry), self.bound(name), self.key)
        except (OSError, ArtifactError) as error:
            logger.warning(
                "The checkpoint %s of session %s is not used: %s",
                name,
                self.session.pk,
                error,
            )
            return None

    def save(self, name: str, payload: object) -> None:
        self.waiting[name] = payload
        if time.monotonic() >= self.due:
            started = time.monotonic()
            self.write()
            ended = time.monotonic()
            self.due = ended + max(INTERVAL, SHARE * (ended - started))

    def write(self) -> None:
        """Store what waits, then name it in the row; a full disk stops no training."""
        waiting, self.waiting = self.waiting, {}
        fresh: dict[str, Any] = {}
        try:
            for name, payload in waiting.items():
                fresh[name] = self.store(name, payload)
            self.lease.write(checkpoints=self.stored | fresh)
        except BaseException as error:  # whatever it was: no file without its row
            remove(fresh)
            if not isinstance(error, OSError | files.StoredFileError):
                raise
            self.lease.monitor.log(f"This checkpoint could not be stored: {error}")
            return
        remove({name: self.stored[name] for name in fresh if name in self.stored})
        self.stored |= fresh

    def store(self, name: str, payload: object) -> dict[str, Any]:
        """Write one file under a new key; return what the row says of it."""
        content, receipt = sealed(payload, self.bound(name), self.key)
        key = files.new_key(CHECKPOINTS, self.session.experiment_id, ".bin")
        with tempfile.TemporaryDirectory(dir=files.scratch()) as folder:
            path = Path(folder, "checkpoint")
            path.write_bytes(content)
            files.store(path, key)
        return {"file": key, **asdict(receipt)}

    def bound(self, name: str) -> bytes:
        return binding(self.plan, self.session.base_version.sha256, name)


def remove(entries: dict[str, Any]) -> None:
    for entry in entries.values():
        files.delete(entry["file"])
