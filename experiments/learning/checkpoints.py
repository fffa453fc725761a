"""What a training that was lost goes on from: finished parts, signed and bound.

Training asks for a part by name (a fold, a trial, the last epoch) before it does the
work, and saves it when it is done. A part is only good for the very work it was saved
by: same plan, same rows, same libraries. What is saved must not be changed afterwards;
it may be written a moment later.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any, Protocol

from experiments.learning.artifacts import (
    ArtifactError,
    dumped,
    library_versions,
    sign,
    undumped,
)

if TYPE_CHECKING:
    from experiments.learning.artifacts import ArtifactReceipt
    from experiments.learning.plans import Plan

#: Another one is ignored, as if nothing had been saved.
FORMAT = 2


class Checkpoints(Protocol):
    """Where training keeps the parts it has finished."""

    def load(self, name: str) -> Any:
        """Return what was saved under a name, None where there is nothing to use."""

    def save(self, name: str, payload: object) -> None:
        """Keep a finished part, in place of an earlier one of this name."""


class NoCheckpoints:
    """Keeps nothing: training starts where it starts."""

    def load(self, name: str) -> None: ...
    def save(self, name: str, payload: object) -> None: ...


def binding(plan: Plan, sha256: str, name: str) -> bytes:
    """Return a digest of all that a part called `name` depends on.

    Parameters
    ----------
    plan : Plan
    sha256 : str
        Of the rows that are learned from.
    name : str
    """
    known = [FORMAT, plan.model_dump(mode="json"), sha256, name, library_versions()]
    text = json.dumps(known, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest().encode()


def sealed(payload: object, bound: bytes, key: bytes) -> tuple[bytes, ArtifactReceipt]:
    """Return a part as bytes to store, and what is kept apart to open them again."""
    content = bound + dumped(payload)
    return content, sign(content, key)


def opened(content: bytes, receipt: ArtifactReceipt, bound: bytes, key: bytes) -> Any:
    """Return a part again.

    Raises
    ------
    ArtifactError
        Before anything is unpickled where digest, signature or binding differ.
    """
    found = sign(content, key)
    if found.sha256 != receipt.sha256:
        raise ArtifactError("Its SHA-256 is not the one that was written down.")
    if not hmac.compare_digest(found.hmac, receipt.hmac):
        raise ArtifactError("It is not signed by this installation.")
    if not content.startswith(bound):
        raise ArtifactError("It belongs to another plan, other rows or libraries.")
    return undumped(content[len(bound) :])
