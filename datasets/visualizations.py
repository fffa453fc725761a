"""Charts of a version, and those that people keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from datasets.charts.catalogue import CHARTS
from datasets.charts.source import ChartError, Source
from datasets.declarations import ParameterError
from datasets.exceptions import ChartRefusedError, NotReadyError
from datasets.models import Visualization
from datasets.paging import PageError
from datasets.services import require_ready
from datasets.stored import readable
from projects.activities import record_activity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasets.charts.catalogue import ChartEntry
    from datasets.charts.drawing import Drawing
    from datasets.models import Dataset, DatasetVersion
    from projects.models import User


def draw_chart(
    version: DatasetVersion, chart_type: str, chart_config: Mapping[str, Any]
) -> Drawing:
    """Draw a chart of a version; columns are given by name.

    Raises `ChartRefusedError` or `ParameterError` naming what is wrong with it,
    `NotReadyError` and `DamagedDataError`.
    """
    require_ready(version)
    entry = chart_entry(chart_type)
    missing = {c["id"]: c.get("missing") or 0 for c in version.columns}
    relations = (version.profile or {}).get("relations") or {}
    try:
        with readable(version) as path:
            source = Source(
                path,
                version.schema,
                version.rows_count,
                missing,
                relations.get("pairs", ()),
            )
            return entry.draw(source, chart_config)
    except ChartError as error:
        raise ChartRefusedError(str(error), error.parameter) from error
    except PageError as error:
        raise ChartRefusedError(str(error), "") from error


def chart_entry(chart_type: str) -> ChartEntry:
    if chart_type not in CHARTS:
        raise ChartRefusedError(
            f"There is no chart “{chart_type[:50]}”. Use one of: {', '.join(CHARTS)}.",
            "chart_type",
        )
    return CHARTS[chart_type]


def active_drawing(visualization: Visualization) -> Drawing:
    """Draw a kept chart of the active version of its dataset; raises as `draw_chart`.

    What is wrong with its parameters is named as a part of `chart_config`.
    """
    version = visualization.dataset.active_version
    if version is None:
        raise NotReadyError(f"“{visualization.dataset.name}” has no data to draw yet.")
    try:
        config = visualization.chart_config
        return draw_chart(version, visualization.chart_type, config)
    except ParameterError as refusal:
        raise ParameterError(
            [p | {"attr": f"chart_config.{p['attr']}"} for p in refusal.problems]
        ) from refusal
    except ChartRefusedError as refusal:
        if refusal.attr and refusal.attr != "chart_type":
            refusal.attr = f"chart_config.{refusal.attr}"
        raise


def save_visualization(
    dataset: Dataset,
    *,
    name: str,
    chart_type: str,
    chart_config: Mapping[str, Any],
    is_shared: bool,
    actor: User,
) -> Visualization:
    """Keep a chart that can be drawn of the active version; raises as drawing does."""
    made = Visualization(
        dataset=dataset,
        name=name,
        chart_type=chart_type,
        chart_config=dict(chart_config),
        is_shared=is_shared,
        created_by=actor,
    )
    active_drawing(made)
    with transaction.atomic():
        made.save()
        note(made, actor, "saved")
    return made


@transaction.atomic
def update_visualization(
    visualization: Visualization, *, name: str, is_shared: bool, actor: User
) -> Visualization:
    """Change under which name a chart is kept, and for whom."""
    visualization.name, visualization.is_shared = name, is_shared
    visualization.save(update_fields=["name", "is_shared"])
    note(visualization, actor, "updated")
    return visualization


@transaction.atomic
def delete_visualization(visualization: Visualization, *, actor: User) -> None:
    """Forget a chart; the data stay."""
    note(visualization, actor, "deleted")
    visualization.delete()


def note(visualization: Visualization, actor: User, action: str) -> None:
    """Write down what was done; private charts are nobody else's business."""
    if visualization.is_shared:
        record_activity(actor, visualization, action)
