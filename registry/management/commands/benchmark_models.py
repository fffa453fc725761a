"""How fast, large and steady the trained models of a project are."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from datamine.work.children import run_to_end
from experiments.metrics import headline_of
from experiments.models import Result
from experiments.reports.texts import text_of
from projects.terminal import acting_person, add_project, project_called
from registry.exceptions import DamagedArtifactError, MeasuringError
from registry.models import PerformanceReport
from registry.performance_report import (
    PerformanceView,
    file_name,
    megabytes,
    milliseconds,
    view_of,
)
from registry.services import start_measuring

if TYPE_CHECKING:
    from projects.models import User

#: Figures of quality in the table, as far as a model has them.
QUALITY = ("accuracy", "f1_macro", "r2", "rmse")


class Command(BaseCommand):
    help = "Measures every trained model of a project: quality, latency, size, limits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_project(parser)
        parser.add_argument(
            "--reports", type=Path, help="A folder for a report of each model as text."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        project = project_called(options["project"])
        actor = acting_person()
        found: list[tuple[str, PerformanceView]] = []
        results = Result.objects.filter(session__experiment__project=project)
        related = ("session__experiment__project",)
        for result in results.select_related(*related).order_by("pk"):
            try:
                found += measured(result, actor)
            except CommandError as refusal:
                self.stderr.write(f"Session {result.session_id}: {refusal}")
        if not found:
            raise CommandError("The project has no trained model yet.")
        self.stdout.write("\n".join(table([view for _, view in found])))
        if options["reports"]:
            options["reports"].mkdir(parents=True, exist_ok=True)
        for name, view in found if options["reports"] else ():
            path = options["reports"] / name
            path.write_text(text_of(view.document()))
            self.stdout.write(f"Wrote {path}.")


def measured(result: Result, actor: User) -> list[tuple[str, PerformanceView]]:
    """Return the report of each version of a result, or of the result itself.

    Reports of versions are kept with them, as if they had been asked for on the page.
    """
    versions = result.session.model_versions.select_related(
        "model__project", "session__experiment", "session__result"
    )
    kept = []
    for version in versions:
        try:
            report = start_measuring(version, actor=actor)
        except MeasuringError as refusal:
            raise CommandError(str(refusal)) from refusal
        run_to_end(report)
        if report.status != PerformanceReport.DONE:
            raise CommandError(report.error_message or f"{report} is {report.status}.")
        kept.append((file_name(version, "txt"), view_of(report, version)))
    return kept or [unregistered(result)]


def unregistered(result: Result) -> tuple[str, PerformanceView]:
    """Measure a result that is no version; nothing of it is kept."""
    from experiments.evaluation.performance import (  # noqa: PLC0415 -- heavy import
        NothingToAskError,
    )
    from registry.measuring import measured_result  # noqa: PLC0415 -- heavy import

    session = result.session
    try:
        found = measured_result(result)
    except (DamagedArtifactError, NothingToAskError) as refusal:
        raise CommandError(str(refusal)) from refusal
    view = PerformanceView(
        f"Performance of {session}",
        f"{session.project.name} · {session.experiment.algorithm_title}",
        *found,
        result.metrics,
    )
    return f"session_{session.pk}_performance_report.txt", view


def table(found: list[PerformanceView]) -> list[str]:
    """Return a table in Markdown, a line a model."""
    sizes = [batch["size"] for batch in found[0].batches]
    titles = ["model", "quality", "learned", "artefact", *(f"at {n}" for n in sizes)]
    lines = [f"| {' | '.join([*titles, 'extremes'])} |"]
    lines.append("|---" * (len(titles) + 1) + "|")
    for view in found:
        figures, headline = view.figures, headline_of(view.metrics)
        quality = (
            f"{name} {headline[name]:.3f}" for name in QUALITY if name in headline
        )
        learned = figures["learned"]
        cells = [
            view.title.removeprefix("Performance of "),
            ", ".join(quality),
            f"{learned:,} {figures['learned_kind']}" if learned else "",
            megabytes(figures["size_bytes"]),
            *(milliseconds(batch["p50_seconds"]) for batch in view.batches),
            "steady" if figures["is_steady"] else "NOT STEADY",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines
