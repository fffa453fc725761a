"""The files of sessions and results: what no row names any more is removed."""

from __future__ import annotations

from datasets.stored import remove_orphans
from experiments.choices import EvaluationStatus, SessionStatus
from experiments.models import (
    ARTIFACTS,
    CHECKPOINTS,
    EVALUATED,
    Evaluation,
    Result,
    TrainingSession,
)


def named_files() -> dict[str, str]:
    """Return the SHA-256 of every file of results, or still to be read, by key."""
    fields = ("artifact", "artifact_sha256", "tested", "tested_sha256")
    found = {
        key: sha256
        for result in Result.objects.only(*fields)
        for key, sha256 in result.files()
    }
    alive = [EvaluationStatus.PENDING, EvaluationStatus.RUNNING]
    waiting = Evaluation.objects.filter(status__in=alive).exclude(rows_file="")
    return found | dict(waiting.values_list("rows_file", "rows_sha256"))


def working_files() -> set[str]:
    """Return the keys of checkpoints that a session may go on from."""
    alive = [SessionStatus.PENDING, SessionStatus.TRAINING]
    sessions = TrainingSession.objects.filter(status__in=alive).only("checkpoints")
    return {key for session in sessions for key in session.working_files()}


def sweep_orphans() -> int:
    """Remove what a dead attempt or a deleted project left; return how many files."""
    known = {*named_files(), *working_files()}
    return remove_orphans([ARTIFACTS, CHECKPOINTS, EVALUATED], known)
