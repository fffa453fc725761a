"""How fast, large and steady the trained models of a project are."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from experiments.models import Result
from projects.models import Project
from registry.exceptions import DamagedArtifactError
from registry.serving import open_artifact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.learning.artifacts import LoadedArtifact
    from experiments.learning.pipelines import FittedPipeline

#: Samples a model is asked for at a time, and how often each.
BATCHES, REPEATS = (1, 8, 64), 3
#: What the matrix is filled with to see whether answers stay finite.
EXTREMES = (0.0, 1e6, -1e6)
MEBIBYTE = 1024**2


@dataclass(frozen=True)
class Measured:
    """What was measured of one model.

    Parameters
    ----------
    name : str
    quality : dict of str to float
        Its figures on the tested rows.
    weights : int, optional
        How many numbers a network learned.
    size : int
        Bytes of the artefact.
    seconds : dict of int to float
        What an answer takes, by how many are asked for at a time.
    is_steady : bool
        Whether answers to extreme values are finite.
    """

    name: str
    quality: dict[str, float]
    weights: int | None
    size: int
    seconds: dict[int, float]
    is_steady: bool


class Command(BaseCommand):
    help = "Measures every trained model of a project: quality, latency, size, limits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", required=True, help="Key of the project.")
        parser.add_argument(
            "--reports", type=Path, help="A folder for a report of each model as text."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(key=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project “{options['project']}”.")
        results = Result.objects.filter(session__experiment__project=project)
        found = []
        for result in results.select_related("session__experiment").order_by("pk"):
            try:
                found.append(measured(result))
            except DamagedArtifactError as damage:
                self.stderr.write(f"Session {result.session_id}: {damage}")
        if not found:
            raise CommandError("The project has no trained model yet.")
        self.stdout.write("\n".join(table(found)))
        if options["reports"]:
            options["reports"].mkdir(parents=True, exist_ok=True)
            for one in found:
                path = options["reports"] / f"{file_name(one)}_performance_report.txt"
                path.write_text("\n".join([*table([one]), "", *advice(one, found), ""]))
                self.stdout.write(f"Wrote {path}.")


def measured(result: Result) -> Measured:
    """Open a model and ask it."""
    loaded = open_artifact(result)
    pipeline = loaded.pipeline
    X = sample(loaded)
    tested = result.metrics.get("test") or {}
    return Measured(
        f"{result.session.experiment}, session {result.session_id}",
        {k: tested[k] for k in ("accuracy", "f1_macro", "r2", "rmse") if tested.get(k)},
        weights_of(pipeline.estimator),
        result.artifact_size,
        {size: latency(pipeline, X, size) for size in BATCHES},
        is_steady(pipeline, X),
    )


def sample(loaded: LoadedArtifact) -> Any:
    """Return the matrix of the rows an artefact carries to be checked with."""
    return loaded.pipeline.matrix(loaded.metadata["self_check"]["rows"])


def weights_of(estimator: Any) -> int | None:
    """Return how many numbers a network learned; None for what is none."""
    from experiments.networks.estimator import Network  # noqa: PLC0415 -- heavy import

    if not isinstance(estimator, Network):
        return None
    return sum(p.numel() for p in estimator.fitted_module().parameters())


def latency(pipeline: FittedPipeline, X: Any, size: int) -> float:
    """Return the seconds of an answer where so many are asked for at a time."""
    import numpy as np  # noqa: PLC0415 -- heavy import

    batch = np.resize(X, (size, X.shape[1]))
    pipeline.ask(batch)
    started = time.perf_counter()
    for _ in range(REPEATS):
        pipeline.ask(batch)
    return (time.perf_counter() - started) / REPEATS / size


def is_steady(pipeline: FittedPipeline, X: Any) -> bool:
    """Tell whether rows of nothing but one extreme value get finite answers."""
    import numpy as np  # noqa: PLC0415 -- heavy import

    rows = np.array([np.full(X.shape[1], value) for value in EXTREMES])
    return bool(np.isfinite(pipeline.ask(rows)).all())


def table(found: Sequence[Measured]) -> list[str]:
    """Return a table in Markdown, a line a model."""
    batches = " | ".join(f"ms at {size}" for size in BATCHES)
    lines = [f"| model | quality | weights | MiB | {batches} | extremes |"]
    lines.append("|---" * (5 + len(BATCHES)) + "|")
    for one in found:
        quality = ", ".join(f"{k} {v:.3f}" for k, v in one.quality.items())
        speed = " | ".join(f"{1000 * s:.2f}" for s in one.seconds.values())
        weights = "" if one.weights is None else f"{one.weights:,}"
        size = f"{one.size / MEBIBYTE:.1f}"
        steady = "finite" if one.is_steady else "NOT FINITE"
        cells = (one.name, quality, weights, size, speed, steady)
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def advice(one: Measured, found: Sequence[Measured]) -> list[str]:
    """Return what to do, as far as the figures say it."""
    single, many = one.seconds[BATCHES[0]], one.seconds[BATCHES[-1]]
    lines = []
    if single > 1.5 * many:
        lines.append(
            f"- Ask for {BATCHES[-1]} at a time: {single / many:.1f} times as fast."
        )
    for other in found:
        gap = one.quality.get("accuracy", 0) - other.quality.get("accuracy", 0)
        if other is not one and abs(gap) <= 0.005 and other.size < 0.7 * one.size:
            lines.append(
                f"- “{other.name}” is within {abs(gap):.1%} of the accuracy, at "
                f"{other.size / one.size:.0%} of the size."
            )
    if not one.is_steady:
        lines.append("- Extreme inputs give no finite answers: scale the features.")
    return lines or ["- Nothing stands out. More data helps most models most."]


def file_name(one: Measured) -> str:
    """Return a name of letters, digits and dashes."""
    return "-".join("".join(c if c.isalnum() else " " for c in one.name).split())
