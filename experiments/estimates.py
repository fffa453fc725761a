"""How long a training will take, said before it starts; a guess, corrected by use."""

from __future__ import annotations

import math
from statistics import median
from typing import TYPE_CHECKING

from django.utils import timezone

from experiments.choices import SessionStatus
from experiments.models import TrainingSession

if TYPE_CHECKING:
    from experiments.learning.plans import SplitSettings
    from experiments.models import Experiment

#: Reading, splitting, baselines and storing, whatever the algorithm; seconds.
FIXED = 0.6
#: Seconds for a million cells and one fit, for an algorithm never timed here.
USUAL = 2.0
LOOKED_AT = 20  # sessions
#: Before this share and this time, what is left is anybody's guess.
TELLING_SHARE, TELLING_SECONDS = 0.03, 2
MILLION = 1_000_000


def fits_of(folds: int | None, repeats: int = 1) -> int:
    """Return how often an estimator is fitted: each fold, then all training rows."""
    return 1 + (folds or 0) * repeats


def estimate_seconds(
    algorithm: str,
    *,
    rows: int,
    features: int,
    split: SplitSettings,
    search_fits: int = 0,
) -> float:
    """Return how long a session may take, in whole seconds: more would be a lie."""
    fits = fits_of(split.cv_folds, split.cv_repeats) + search_fits
    work = rows * features * fits / MILLION
    return math.ceil(FIXED + work * _rate(algorithm))


def seconds_left(session: TrainingSession) -> float | None:
    """Return the seconds left if this attempt goes on as fast as it did.

    What it found done took it no time, so that says nothing about its pace.
    """
    if session.status != SessionStatus.TRAINING or session.started_at is None:
        return None
    elapsed = (timezone.now() - session.started_at).total_seconds()
    done = session.progress - session.progress_found
    if done < TELLING_SHARE or elapsed < TELLING_SECONDS:
        return None
    return elapsed * (1 - session.progress) / done


def _rate(algorithm: str) -> float:
    """Return the median seconds per million cells of recent sessions, or `USUAL`."""
    recent = (
        TrainingSession.objects.filter(
            status=SessionStatus.COMPLETED,
            experiment__algorithm=algorithm,
            training_time_seconds__gt=2 * FIXED,  # shorter ones tell of the start only
        )
        .select_related("experiment", "base_version")
        .only(
            "training_time_seconds",
            "base_version__rows_count",
            "experiment__feature_columns",
            "experiment__split",
        )[:LOOKED_AT]
    )
    rates = [
        (session.training_time_seconds - FIXED)
        / max(_work(session.experiment, session.base_version.rows_count), 1e-6)
        for session in recent
    ]
    return median(rates) if rates else USUAL


def _work(experiment: Experiment, rows: int) -> float:
    split = experiment.split
    fits = fits_of(split.get("cv_folds"), split.get("cv_repeats", 1))
    return rows * len(experiment.feature_columns) * fits / MILLION
