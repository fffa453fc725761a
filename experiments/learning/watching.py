"""How a fit that takes many epochs is followed, stopped and gone on with."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datasets.monitor import SilentMonitor
from experiments.learning.checkpoints import NoCheckpoints
from experiments.metrics import EPOCH_FIGURES

if TYPE_CHECKING:
    from datasets.monitor import Monitor
    from experiments.learning.checkpoints import Checkpoints

#: The name of the one checkpoint that holds the epochs of the fit under way.
EPOCHS = "epochs"


@dataclass
class Watch:
    """What one fit reports to, and where it goes on if it was lost.

    Parameters
    ----------
    monitor : Monitor
        Told of epochs, asked whether to stop.
    checkpoints : Checkpoints
        Keep the state after an epoch.
    part : str
        Which fit of a session this is: "fold 1", … or "model".
    interval : float
        Seconds between two reports, and between two checkpoints.
    start : bytes, optional
        Tensors of an earlier model to begin with, instead of drawn ones.
    """

    monitor: Monitor = field(default_factory=SilentMonitor)
    checkpoints: Checkpoints = field(default_factory=NoCheckpoints)
    part: str = "model"
    interval: float = 1.0
    start: bytes | None = None
    advanced: float = 0.0
    reported_at: float = 0.0
    saved_at: float = field(default_factory=time.monotonic)

    @property
    def is_model(self) -> bool:
        """Whether the fit makes the model that is kept, not one of a fold."""
        return self.part == "model"

    def check(self) -> None:
        """Stop the fit where that was asked for; called for every batch."""
        self.monitor.check()

    def epoch(self, metrics: dict[str, float], epochs: int) -> None:
        """Tell of a finished epoch, `epochs` being how many there may be.

        The model's epochs become the session's history; those of a fold a line in the
        log now and then.
        """
        if self.is_model:
            self.monitor.epoch(metrics)
        now = time.monotonic()
        if now - self.reported_at >= self.interval:
            self.reported_at = now
            self.monitor.log(f"{in_words(metrics, epochs)} ({self.part})")
        self.advance(min(1.0, metrics["epoch"] / epochs))

    def advance(self, share: float) -> None:
        """Move progress to a share of this fit, which is one unit of the work."""
        self.monitor.advance(max(0.0, share - self.advanced))
        self.advanced = max(self.advanced, share)

    def finish(self) -> None:
        """Count the fit as done, however many epochs it took."""
        self.advance(1.0)

    def earlier(self) -> bytes | None:
        """Return the state that a lost attempt at this very fit has left."""
        found = self.checkpoints.load(EPOCHS)
        if not isinstance(found, EpochCheckpoint) or found.part != self.part:
            return None
        return found.state

    def is_due(self) -> bool:
        """Whether the state is worth keeping by now."""
        return time.monotonic() - self.saved_at >= self.interval

    def keep(self, state: bytes) -> None:
        """Keep the state after an epoch, in place of the one before."""
        self.checkpoints.save(EPOCHS, EpochCheckpoint(self.part, state))
        self.saved_at = time.monotonic()


@dataclass(frozen=True)
class EpochCheckpoint:
    """The state after an epoch of a fit: a torch file that holds data only."""

    part: str
    state: bytes


def in_words(metrics: dict[str, float], epochs: int) -> str:
    """Return one line about an epoch."""
    told = [f"Epoch {metrics['epoch']:.0f}/{epochs}"]
    for name, title in EPOCH_FIGURES.items():
        if name in metrics:
            told.append(f"{title} {metrics[name]:.4f}")
    return ", ".join(told)
