"""How fast the pages of a model with 1,000 versions are.

A throw-away database of the configured kind is filled with sessions, as that of
`list_experiments` is; each is registered as a version of one model, and every tenth was
in service. Then pages are asked for through Django's test client.

Run: python -m benchmarks.registry_pages [versions]
"""

from __future__ import annotations

import sys
from threading import Thread
from typing import TYPE_CHECKING

from benchmarks.figures import tell
from benchmarks.list_experiments import filled, page, throwaway_database

if TYPE_CHECKING:
    from projects.models import Project

VERSIONS = 1_000
#: Milliseconds to be reached.
REACH = 50


def main() -> None:
    """Fill a database, measure each page, and print a table in Markdown."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else VERSIONS
    with throwaway_database():
        project, client = filled(count)
        model, first, last = registered(project)
        pages = {
            "models": f"/projects/{project.key}/models/",
            "model": f"/models/{model}/",
            "model, last page": f"/models/{model}/?page=1000",
            "version": f"/models/{model}/versions/{last}/",
            "comparison": f"/models/{model}/compare/?v={first}&v={last}",
        }
        found = {name: page(client, address) for name, address in pages.items()}
    print(f"{count:,} versions; reach {REACH} ms\n")
    print("| page | p50, ms | p95, ms | queries | kB |\n|---|---|---|---|---|")
    for name, line in found.items():
        print("| {} | {:.1f} | {:.1f} | {} | {:.0f} |".format(name, *line))
    slowest = max(found, key=lambda name: found[name][0])
    tell(
        f"registry pages with {count:,} versions, the slowest ({slowest})",
        "p50 {:.0f} ms, p95 {:.0f} ms, {} queries".format(*found[slowest]),
        asked=f"≤ {REACH} ms, constant queries",
    )


def registered(project: Project) -> tuple[int, str, str]:
    """Make a version of every session; return the model, the first and the last."""
    from experiments.models import TrainingSession  # noqa: PLC0415 -- app ready
    from registry import serving  # noqa: PLC0415 -- app ready
    from registry.models import (  # noqa: PLC0415 -- app ready
        Activation,
        ModelVersion,
        RegisteredModel,
    )

    model = RegisteredModel.objects.create(project=project, name="many")
    versions = ModelVersion.objects.bulk_create(
        ModelVersion(model=model, version=f"v20260101_{place:06d}", session=session)
        for place, session in enumerate(TrainingSession.objects.order_by("pk"))
    )
    served = versions[::10]
    Activation.objects.bulk_create(
        Activation(
            model=model,
            version=version,
            version_name=version.version,
            previous=previous,
            previous_name=previous.version if previous else "",
            kind="activate",
        )
        for previous, version in zip([None, *served[:-1]], served, strict=True)
    )
    model.active_version = served[-1]
    model.save()
    # No artefact lies behind these; pages need not try to open one.
    digest = served[-1].session.result.artifact_sha256
    serving.loaded_models.warming[digest] = Thread()
    return model.pk, versions[0].version, versions[-1].version


if __name__ == "__main__":
    main()
