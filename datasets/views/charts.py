"""The Charts page: a chart set up in a form, its data, and those that were kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from datamine.htmx import render_page
from datamine.parameters import ColumnField, form_for
from datamine.speech import spoken_chart
from datasets.charts.catalogue import CHARTS
from datasets.charts.source import accepted
from datasets.declarations import ParameterError, properties
from datasets.exceptions import ChartRefusedError, DatasetError
from datasets.exports import csv_lines
from datasets.models import Visualization
from datasets.views.context import dataset_context, dataset_for, shown_version
from datasets.views.rows import cell_of
from datasets.visualizations import (
    delete_visualization,
    draw_chart,
    save_visualization,
)
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

    from datasets.charts.drawing import Drawing
    from datasets.models import Dataset, DatasetVersion

#: Columns to choose from, rows of the table beside a chart, and kept charts listed.
CHOICES, SHOWN_ROWS, LISTED = 500, 100, 100


class SaveForm(forms.ModelForm):
    """Under which name a chart is kept, and for whom."""

    class Meta:
        model = Visualization
        fields = ["name", "is_shared"]


@require_http_methods(["GET", "HEAD", "POST"])
def charts(request: HttpRequest, pk: int) -> HttpResponse:
    action = Action.EDIT if request.method == "POST" else Action.VIEW
    dataset = dataset_for(request, pk, action)
    version = shown_version(request, dataset)
    context = dataset_context(request, dataset, "charts", version)
    if version is None:
        return render(request, "datasets/charts.html", context)
    view = ChartView(version, request.GET, saved_chart(request, dataset))
    save = SaveForm(request.POST or None)
    if request.method == "POST" and save.is_valid():
        kept = keep(request, dataset, view, save)
        if kept:
            messages.success(request, f"“{kept.name}” is saved.")
            return redirect(kept)
    context |= view.context() | {"save": save, "kept": kept_charts(request, dataset)}
    return render_page(request, "datasets/charts.html", "datasets/_chart.html", context)


@require_safe
def charts_csv(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_for(request, pk, Action.VIEW)
    version = shown_version(request, dataset)
    view = version and ChartView(version, request.GET, saved_chart(request, dataset))
    drawing = view.draw() if view else None
    if drawing is None:
        raise Http404("There is no such chart.")
    text = "".join(csv_lines([drawing.header, *drawing.rows]))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="chart_{pk}.csv"'
    return response


@require_POST
def visualization_delete(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Visualization.objects.select_related("dataset__project")
    kept = get_for(request.user, rows, Action.EDIT, pk=pk)
    dataset, name = kept.dataset, kept.name
    delete_visualization(kept, actor=request.user)
    messages.success(request, f"“{name}” is deleted.")
    return redirect("datasets:charts", dataset.pk)


def saved_chart(request: HttpRequest, dataset: Dataset) -> Visualization | None:
    """Return the kept chart that is asked for by `?saved=`; 404 if there is none."""
    pk = request.GET.get("saved", "")
    if not pk:
        return None
    if not pk.isdecimal() or len(pk) > 18:
        raise Http404("There is no such chart.")
    return get_for(
        request.user,
        Visualization.objects.select_related("dataset__project"),
        Action.VIEW,
        pk=pk,
        dataset=dataset,
    )


def kept_charts(
    request: HttpRequest, dataset: Dataset
) -> list[tuple[Visualization, str]]:
    """Return the charts that were kept, each with the title of its kind."""
    rows = dataset.visualizations.visible_to(request.user)
    return [
        (row, entry.title if (entry := CHARTS.get(row.chart_type)) else row.chart_type)
        for row in rows.select_related("created_by", "dataset")[:LISTED]
    ]


def keep(
    request: HttpRequest, dataset: Dataset, view: ChartView, save: SaveForm
) -> Visualization | None:
    """Keep the chart as it is set up; None, with the reason shown, if it cannot be."""
    if not view.form.is_valid():
        return None
    try:
        return save_visualization(
            dataset,
            **save.cleaned_data,
            chart_type=view.entry.name,
            chart_config=view.config,
            actor=request.user,
        )
    except (DatasetError, ParameterError) as refusal:
        save.add_error(None, str(refusal))
    return None


class ChartView:
    """A chart as the address describes it, or as it was kept.

    `chart` is its name; the other values are its parameters, columns by id. What is
    left out is its default, and for a column that must be there the first that fits.
    """

    def __init__(
        self, version: DatasetVersion, query: QueryDict, saved: Visualization | None
    ) -> None:
        self.version, self.saved = version, saved
        self.schema = version.schema
        name = saved.chart_type if saved else query.get("chart", "")
        self.entry = CHARTS.get(name) or next(iter(CHARTS.values()))
        self.model = self.entry.parameters_model()
        self.errors: list[str] = []
        self.query = query
        self.offered = {name: self.columns(name) for name in self.column_parameters()}
        asked = self.saved_values() if saved else query.dict()
        self.form = form_for(self.model, self.defaults(asked) | asked)
        for name, columns in self.offered.items():
            self.form.fields[name].offer(columns)

    def column_parameters(self) -> list[str]:
        fields = form_for(self.model).fields.items()
        return [name for name, field in fields if isinstance(field, ColumnField)]

    def columns(self, parameter: str) -> dict[str, str]:
        """Return the columns that a parameter may name, by id."""
        types = accepted(self.model, parameter)
        fitting = [column for column in self.schema if column.type in types]
        return {column.id: column.name for column in fitting[:CHOICES]}

    def saved_values(self) -> dict[str, Any]:
        """Return what was kept as the form takes it: columns by id."""
        assert self.saved
        ids = {column.name: column.id for column in self.schema}
        return {
            name: ids.get(value, value) if name in self.offered else value
            for name, value in self.saved.chart_config.items()
        }

    def defaults(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return defaults; columns that must be there are not the same one twice."""
        found: dict[str, Any] = {}
        for name, schema in properties(self.model).items():
            found[name] = schema.get("default")
            if name in self.offered and self.model.model_fields[name].is_required():
                taken = {*found.values(), *asked.values()}
                ids = list(self.offered[name])
                first = ids[0] if ids else None
                found[name] = next((id for id in ids if id not in taken), first)
        return found

    @property
    def config(self) -> dict[str, Any]:
        """The parameters to keep: columns by name, without what is left out."""
        assert self.form.parameters
        return self.form.parameters.model_dump(mode="json", exclude_none=True)

    def draw(self) -> Drawing | None:
        """Return the drawing; None, with the reason in the form, if it cannot be."""
        if not self.form.is_valid():
            return None
        try:
            return draw_chart(self.version, self.entry.name, self.config)
        except ChartRefusedError as refusal:
            known = refusal.attr in self.form.fields
            self.form.add_error(refusal.attr if known else None, str(refusal))
        except DatasetError as refusal:
            self.errors.append(str(refusal))
        return None

    def context(self) -> dict[str, Any]:
        drawing = self.draw()
        shown = {
            "entries": CHARTS.values(),
            "entry": self.entry,
            "form": self.form,
            "errors": self.errors,
            "saved": self.saved,
            "drawing": drawing,
            "address": self.query.urlencode(),
        }
        if drawing is None:
            return shown
        rows = [[cell_of(value) for value in row] for row in drawing.rows[:SHOWN_ROWS]]
        return shown | {"spec": json.dumps(spoken_chart(drawing.spec)), "rows": rows}
