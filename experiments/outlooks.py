"""How long learning in epochs will take: a range, what it rests on, what would fit.

Before any session was timed here it is a rule of thumb for daily prices, and for other
families what they took elsewhere; afterwards the seconds that sessions of the same
algorithm took for a sample and an epoch.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from django.db.models import F

from experiments.choices import SessionStatus
from experiments.estimates import FIXED, LOOKED_AT, fits_of
from experiments.models import Preset, Result, TrainingSession

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.algorithms import catalogue
    from experiments.learning.plans import SplitSettings

#: A year of days for a hundred epochs takes so many seconds on a GPU, …
YEAR_OF_DAYS, HUNDRED_EPOCHS, RULE = 365, 100, 5 * 60.0
#: … and so many times that on a CPU.
ON_CPU, ON_GPU = (2.0, 4.0), (0.8, 1.25)
CPU = "cpu"
#: A rule of thumb says no less: to start and to store takes time as well.
SHORTEST = 60.0
#: How people call the devices of torch.
NAMES = defaultdict(lambda: "GPU", {CPU: "CPU"})
#: However alike sessions were, the next one may be so much faster or slower.
AT_LEAST = 0.2
#: Beyond this one is asked whether so long a training is wanted.
LONG = 20 * 60


@dataclass(frozen=True)
class Outlook:
    """How long a training may take, in seconds, and what that rests on."""

    low: float
    high: float
    basis: str

    @property
    def is_long(self) -> bool:
        return (self.low + self.high) / 2 > LONG

    def to_json(self) -> dict[str, Any]:
        return {
            "low_seconds": round(self.low, 1),
            "high_seconds": round(self.high, 1),
            "basis": self.basis,
            "is_long": self.is_long,
        }


def outlook_for(
    entry: catalogue.Algorithm,
    hyperparameters: Mapping[str, Any],
    *,
    rows: int,
    split: SplitSettings,
) -> Outlook | None:
    """Return how long this will take; None where nothing was timed and no rule holds.

    Hyperparameters not named count as their defaults.
    """
    values = entry.parameters_model().parse(hyperparameters).model_dump()
    if "epochs" not in values:
        return None
    fits = fits_of(split.cv_folds, split.cv_repeats)
    device = usual_device()
    work = _samples(values, rows) * values["epochs"] * fits
    rates = _rates(entry, device, values)
    if rates:
        return _by_history(rates, work, device)
    if "days" in values:
        return _by_rule(values["days"], values["epochs"] * fits, device)
    paces = entry.family.paces if entry.family else {}
    return _by_paces(paces.get(values.get("config", "")), work)


def usual_device() -> str:
    """Return what networks learn on here: what the newest of them learned on."""
    newest = Result.objects.filter(details__history__0__isnull=False).order_by("-pk")
    return newest.values_list("details__device", flat=True).first() or CPU


def preset_within(
    entry: catalogue.Algorithm, minutes: float, *, rows: int, split: SplitSettings
) -> catalogue.Preset | None:
    """Return the longest preset that is likely to end in this time."""
    found: dict[float, catalogue.Preset] = {}
    for preset in Preset.objects.of(entry):
        outlook = outlook_for(entry, preset.values, rows=rows, split=split)
        if outlook and outlook.high <= 60 * minutes:
            found[outlook.high] = preset
    return found[max(found)] if found else None


def _by_rule(days: int, epochs: int, device: str) -> Outlook:
    """Return what was asked to be said of daily prices."""
    seconds = days / YEAR_OF_DAYS * epochs / HUNDRED_EPOCHS * RULE
    slower = ON_CPU if device == CPU else ON_GPU
    low, high = (max(SHORTEST, seconds * factor) for factor in slower)
    return Outlook(low, high, "a rule of thumb; no session was timed here yet")


def _by_paces(pace: tuple[float, float] | None, work: float) -> Outlook | None:
    """Return what such work took where the family was made."""
    if pace is None:
        return None
    low, high = (FIXED + work * seconds for seconds in pace)
    return Outlook(low, high, "one core of another machine; none was timed here yet")


def _by_history(rates: list[float], work: float, device: str) -> Outlook:
    """Return the middle half of what sessions took, at least a fifth to both sides."""
    low, middle, high = quantiles(rates, n=4) if len(rates) > 1 else rates * 3
    low, high = min(low, (1 - AT_LEAST) * middle), max(high, (1 + AT_LEAST) * middle)
    sessions = "session" if len(rates) == 1 else "sessions"
    return Outlook(
        FIXED + low * work,
        FIXED + high * work,
        f"{len(rates)} {sessions} of this algorithm here, on the {NAMES[device]}",
    )


def _rates(
    entry: catalogue.Algorithm, device: str, values: Mapping[str, Any]
) -> list[float]:
    """Return the seconds that recent sessions took for a sample and an epoch.

    Those of another device, or of a network of another size, say nothing. Epochs
    count as they were run, so that early stopping does not look like speed.
    """
    recent = TrainingSession.objects.filter(
        status=SessionStatus.COMPLETED,
        experiment__algorithm=entry.name,
        epochs_completed__gt=0,
        training_time_seconds__gt=FIXED,
    ).annotate(device=F("result__details__device"))
    size_of = entry.parameters_model().size_of
    wanted, found = size_of(values), []
    for session in recent.select_related("experiment", "base_version")[:LOOKED_AT]:
        size = size_of(session.experiment.hyperparameters)
        if (session.device or CPU) != device or size != wanted:
            continue
        split = session.experiment.split
        fits = fits_of(split.get("cv_folds"), split.get("cv_repeats") or 1)
        samples = _samples(session.experiment.hyperparameters, _rows_of(session))
        work = samples * session.epochs_completed * fits
        found.append((session.training_time_seconds - FIXED) / max(work, 1))
    return found


def _rows_of(session: TrainingSession) -> int:
    return session.base_version.rows_count or 0


def _samples(values: Mapping[str, Any], rows: int) -> int:
    """Return how many samples are learned from: all rows, or the latest days."""
    symbols = len(values.get("symbols") or ()) or 1
    return min(rows, values["days"] * symbols) if values.get("days") else rows
