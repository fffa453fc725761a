"""The work of a performance report: open a model, ask it, say what to do about it."""

from __future__ import annotations

import os
import platform
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from datasets.monitor import SilentMonitor
from experiments.algorithms.catalogue import Task
from experiments.evaluation.numbers import plain
from experiments.evaluation.performance import (
    NothingToAskError,
    held,
    measure,
)
from experiments.evaluation.performance_advice import Background, Sibling, advice
from experiments.evaluation.processor import processor
from experiments.learning.artifacts import library_versions
from experiments.metrics import headline_of
from registry.exceptions import DamagedArtifactError
from registry.models import ModelVersion, PerformanceReport
from registry.serving import open_artifact

if TYPE_CHECKING:
    from datamine.leases import Lease
    from datasets.monitor import Monitor
    from experiments.models import Result

#: Other versions of a model that a version is held against, the newest ones.
MOST_SIBLINGS = 10


class Measured(NamedTuple):
    """What a report keeps."""

    figures: dict[str, Any]
    suggestions: list[str]


def measure_in_child(report_id: int, lease: Lease) -> None:
    """Measure the version of one report and write what came out."""
    report = PerformanceReport.objects.select_related(
        "version__session__result", "version__session__experiment"
    ).get(pk=report_id)
    version = report.version
    try:
        measured = measured_result(
            version.session.result, lease.monitor, siblings_of(version)
        )
    except (DamagedArtifactError, NothingToAskError) as refusal:
        lease.fail(str(refusal))
        return
    lease.conclude(lambda: lease.finish(**measured._asdict()))


def measured_result(
    result: Result,
    monitor: Monitor | None = None,
    siblings: tuple[Sibling, ...] = (),
) -> Measured:
    """Open and ask the model of a result.

    Raises `DamagedArtifactError` and `NothingToAskError`.
    """
    monitor = monitor or SilentMonitor()
    monitor.phase("Opening the model")
    first = open_artifact(result)  # loads libraries, which are not the model's
    before, started = held("VmRSS"), time.perf_counter()
    loaded = open_artifact(result)
    seconds, after = time.perf_counter() - started, held("VmRSS")
    del first
    performance = measure(loaded, monitor)
    known = background_of(result, siblings)
    figures = {
        **performance.to_json(),
        "size_bytes": result.artifact_size,
        "opening_seconds": seconds,
        "memory_bytes": None if before is None else max(0, (after or 0) - before),
        "machine": machine(),
        "is_steady": all(extreme.is_steady for extreme in performance.extremes),
    }
    return Measured(plain(figures), advice(performance, known))


def machine() -> dict[str, Any]:
    """Return what was measured on: figures of two machines are not comparable."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "threads": 1,
        "device": "cpu",
        "system": f"{platform.system()} {platform.release()}",
        "libraries": library_versions(),
    }


def background_of(result: Result, siblings: tuple[Sibling, ...] = ()) -> Background:
    """Return what advice rests on beside the figures of the performance."""
    details, session = result.details, result.session
    classes = (details.get("classification_report") or {}).get("classes") or []
    return Background(
        task=Task(session.experiment.task),
        size_bytes=result.artifact_size,
        metrics=result.metrics,
        support=[line["support"] for line in classes],
        history=details.get("history") or [],
        epochs=(details.get("hyperparameters") or {}).get("epochs") or 0,
        rivals=details.get("rivals") or [],
        training_seconds=session.training_time_seconds or 0,
        siblings=siblings,
    )


def siblings_of(version: ModelVersion) -> tuple[Sibling, ...]:
    """Return the other versions of the model that were measured, the newest first."""
    reports = PerformanceReport.objects.completed().filter(
        version__model=version.model_id
    )
    found: dict[int, Sibling] = {}
    for report in reports.exclude(version=version).select_related(
        "version__session__result"
    ):
        if report.figures["machine"]["processor"] != processor():
            continue  # what another machine took says nothing here
        other = report.version
        if other.session_id != version.session_id and other.pk not in found:
            found[other.pk] = Sibling(
                other.version,
                headline_of(other.session.result.metrics),
                report.figures["size_bytes"],
                report.figures["batches"][0]["p50_seconds"],
            )
        if len(found) == MOST_SIBLINGS:
            break
    return tuple(found.values())
