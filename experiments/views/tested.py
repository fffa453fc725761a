"""The tested rows one by one: where a model was wrong, the worst errors first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from datasets.exceptions import DamagedDataError
from datasets.exports import csv_lines
from datasets.paging import rows_at
from datasets.stored import readable
from datasets.tables import NUMERIC
from experiments.exceptions import NoTestedRowsError
from experiments.models import Result
from experiments.results.tested import labels_of_result, tested_rows, tested_table
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase, QueryDict

    from datasets.tables import Column
    from experiments.evaluation.tested import RowAnswers

PER_PAGE = 50
#: More columns than this do not fit beside what was predicted.
COLUMNS = 12


def result_with_rows(request: HttpRequest, pk: int, number: int) -> Result:
    """Return a result with the version whose rows it is about, or raise 404."""
    rows = Result.objects.select_related(
        "session__experiment__project", "session__base_version__dataset"
    ).defer("session__base_version__profile", "session__log")
    return get_for(
        request.user,
        rows,
        Action.VIEW,
        session__experiment=pk,
        session__number=number,
    )


@require_safe
def errors(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    result = result_with_rows(request, pk, number)
    try:
        shown = Errors(result, tested_rows(result), request.GET)
        context = shown.context()
    except (NoTestedRowsError, DamagedDataError) as refusal:
        messages.error(request, str(refusal))
        return redirect(result.session)
    return render(request, "experiments/errors.html", context)


@require_safe
def tested_csv(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    result = result_with_rows(request, pk, number)
    try:
        found = tested_rows(result)
    except NoTestedRowsError as refusal:
        messages.error(request, str(refusal))
        return redirect(result.session)
    response = StreamingHttpResponse(
        csv_lines(tested_table(found, labels_of_result(result))),
        content_type="text/csv; charset=utf-8",
    )
    filename = f"tested_{pk}_{number}.csv"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


class Errors:
    """One page of wrong rows as the address describes it.

    `actual` and `predicted` are places of classes; with both, the rows of one cell of
    the confusion matrix are shown, right ones too.
    """

    def __init__(self, result: Result, found: RowAnswers, query: QueryDict) -> None:
        self.result, self.found = result, found
        self.labels = labels_of_result(result)
        self.chosen = {
            name: self.place(query.get(name, "")) for name in ("actual", "predicted")
        }
        places = found.errors(**self.chosen)
        self.page = Paginator(places, PER_PAGE).get_page(query.get("page"))

    def place(self, text: str) -> int | None:
        known = text.isdecimal() and len(text) < 6 and int(text) < len(self.labels)
        return int(text) if known else None

    @property
    def columns(self) -> list[Column]:
        """The features that are columns of the version, and then others."""
        experiment = self.result.session.experiment
        schema = list(self.result.session.base_version.schema)
        wanted = set(experiment.feature_columns)
        first = [c for c in schema if c.name in wanted]
        rest = [c for c in schema if c.name not in {*wanted, experiment.target_column}]
        return [*first, *rest][:COLUMNS]

    def context(self) -> dict[str, Any]:
        session = self.result.session
        chosen = {
            name: place for name, place in self.chosen.items() if place is not None
        }
        return {
            "project": session.experiment.project,
            "section": "experiments",
            "experiment": session.experiment,
            "session": session,
            "page_obj": self.page,
            "query": urlencode(chosen),
            "columns": self.columns,
            "numeric": NUMERIC,
            "rows": self.rows(),
            "labels": [(str(place), label) for place, label in enumerate(self.labels)],
            "chosen": {name: str(place) for name, place in chosen.items()},
            "is_cell": len(chosen) == 2 and len(set(chosen.values())) == 1,
            "tested": len(self.found.rows),
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return the lines of the page with the values of the version's columns."""
        places = [int(place) for place in self.page.object_list]
        numbers = [int(self.found.rows[place]) for place in places]
        numeric = [column.type in NUMERIC for column in self.columns]
        version = self.result.session.base_version
        with readable(version) as path:
            values = rows_at(path, [c.id for c in self.columns], numbers)
        return [
            self.line(place)
            | {"row": number + 1, "cells": list(zip(cells, numeric, strict=True))}
            for place, number, cells in zip(places, numbers, values, strict=True)
        ]

    def line(self, place: int) -> dict[str, Any]:
        actual, said = self.found.y[place], self.found.predicted[place]
        if not self.found.is_classification:
            return {
                "actual": float(actual),
                "predicted": float(said),
                "figure": float(actual - said),
            }
        return {
            "actual": self.labels[actual],
            "predicted": self.labels[said],
            "figure": float(self.found.answers[place, said]),
        }
