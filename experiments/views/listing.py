"""The list of a project's experiments: filtered, sorted and paged on the server."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from datamine.htmx import render_page
from datamine.speech import spoken
from datamine.templatetags.display import fixed
from datasets.models import Dataset
from datasets.words import word
from experiments.algorithms.catalogue import algorithms
from experiments.choices import SessionStatus, Task
from experiments.filters import ExperimentFilter, algorithm_choices
from experiments.metrics import LISTED, METRICS
from experiments.models import Experiment
from experiments.querysets import NEWEST
from projects.models import Project
from projects.permissions import Action, can, get_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.paginator import Page
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

    from experiments.querysets import ExperimentQuerySet

    #: A line of the list, as `for_list` brings it.
    Row = dict[str, Any]

PAGE_SIZE = 50
OPTION = '<option value="{}">{}</option>'
CHOSEN = '<option value="{}" selected>{}</option>'
CELL = '<td class="number">{}</td>'
#: Name, title, and whether the column starts from its greatest value.
COLUMNS = (
    ("name", word("Experiment"), False),
    ("algorithm", word("Algorithm"), False),
    ("dataset", word("Dataset"), False),
    ("status", word("Status"), False),
)
LAST_COLUMNS = (("time", word("Time"), False), ("created", word("Created"), True))


@require_safe
def experiment_list(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.VIEW, key=key)
    order = request.GET.get("sort") or NEWEST
    # Who sees a project sees its rows: asking again for each would slow the sorting.
    experiments = Experiment.objects.filter(project=project)
    narrowed = ExperimentFilter(request.GET, queryset=experiments, request=request)
    datasets = Dataset.objects.filter(project=project).order_by("name")
    narrowed.form.fields["dataset"].queryset = datasets
    matching = narrowed.qs if narrowed.is_valid() else experiments.none()
    page = page_of(matching.in_order(order), request.GET.get("page"))
    metrics = shown_metrics(page.object_list, order.removeprefix("-"))
    context = {
        "project": project,
        "section": "experiments",
        "form": narrowed.form,
        "said": request.GET.dict(),
        "selects": selects(request, list(datasets.values_list("pk", "name"))),
        "is_filtered": any(request.GET.get(name) for name in narrowed.filters),
        "page": page,
        "query": query_without(request, "page"),
        "columns": [
            column_head(name, title, falls=falls, order=order, request=request)
            for name, title, falls in (*COLUMNS, *metrics, *LAST_COLUMNS)
        ],
        "rows": list_rows(page.object_list, [name for name, *_ in metrics]),
        "orders": order_choices(order, experiments.of_own_metrics()),
        "may_edit": can(request.user, Action.EDIT, project),
    }
    return render_page(
        request, "experiments/list.html", "experiments/_list.html", context
    )


def page_of(experiments: ExperimentQuerySet, number: str | None) -> Page[Row]:
    """Return a page: sorted by keys alone, so that no wide row is carried along."""
    keys = experiments.values_list("pk", flat=True)
    page = Paginator(keys, PAGE_SIZE).get_page(number)
    keys_here = list(page.object_list)
    lines = Experiment.objects.filter(pk__in=keys_here).for_list()
    found = {line["pk"]: line for line in lines}
    page.object_list = [found[pk] for pk in keys_here if pk in found]
    return page


def shown_metrics(rows: Iterable[Row], sorted_by: str) -> list[tuple[str, str, bool]]:
    """Return the columns of metrics: the usual ones of the tasks on this page."""
    tasks = {row["task"] for row in rows}
    names = [name for name in LISTED if METRICS[name].task in tasks]
    if sorted_by in METRICS and sorted_by not in names:
        names.append(sorted_by)
    return [(name, METRICS[name].title, METRICS[name].higher) for name in names]


def column_head(
    name: str, title: str, *, falls: bool, order: str, request: HttpRequest
) -> dict[str, Any]:
    """Return a column's title and the link that sorts by it, or turns the order."""
    current = order.removeprefix("-") == name
    falling = order.startswith("-")
    turned = name if falling else f"-{name}"
    fresh = f"-{name}" if falls else name
    query = query_without(request, "page", "sort")
    link = urlencode({"sort": turned if current else fresh})
    direction = "descending" if falling else "ascending"
    return {
        "title": title,
        "url": f"?{query}&{link}" if query else f"?{link}",
        "direction": direction if current else "",
        "is_number": name in METRICS or name == "time",
    }


def list_rows(rows: Iterable[Row], metrics: list[str]) -> list[Row]:
    """Return what each line shows; the catalogue knows the algorithms' titles."""
    titles = {entry.name: spoken(entry.title) for entry in algorithms()}
    compare, version = gettext("Compare %(name)s"), gettext("v%(version_number)s")
    place = reverse("experiments:detail", args=[0])  # once: fifty cost milliseconds
    return [
        row
        | {
            "key": (key := str(row["pk"])),  # text is not written as a number is
            "url": place.replace("0", key),
            "algorithm": titles.get(row["algorithm"], row["algorithm"]),
            "compare": compare % row,
            "version": version % row,
            "metrics": cells(row["headline"].get(name) for name in metrics),
        }
        for row in rows
    ]


def cells(figures: Iterable[float | None]) -> SafeString:
    """Return a cell for each figure; a loop in the template takes thrice as long."""
    return format_html_join("", CELL, ((fixed(figure),) for figure in figures))


def selects(
    request: HttpRequest, datasets: list[tuple[int, str]]
) -> list[dict[str, Any]]:
    """Return the choices the list can be narrowed by, with what is chosen."""
    choices = {
        "algorithm": (word("Algorithm"), algorithm_choices()),
        "task": (word("Task"), Task.choices),
        "dataset": (word("Dataset"), datasets),
        "status": (word("Status"), SessionStatus.choices),
    }
    return [
        {
            "name": name,
            "label": label,
            "options": options_of(
                options, request.GET.get(name), is_kept=name != "dataset"
            ),
        }
        for name, (label, options) in choices.items()
    ]


def options_of(
    choices: Iterable[tuple[Any, Any]], chosen: str | None, *, is_kept: bool = True
) -> SafeString:
    """Return the options of a select, kept where they are the same for all projects.

    A template takes a quarter of the page's time to write a hundred of them.
    """
    said = tuple((str(value), str(title)) for value, title in choices)
    return (
        kept_options(said, chosen, get_language()) if is_kept else written(said, chosen)
    )


@lru_cache(maxsize=64)
def kept_options(
    choices: tuple[tuple[str, str], ...], chosen: str | None, language: str | None
) -> SafeString:
    """Return the options of a select in the language that is spoken."""
    return written([(value, spoken(title)) for value, title in choices], chosen)


def written(choices: Iterable[tuple[str, str]], chosen: str | None) -> SafeString:
    options = (
        format_html(CHOSEN if value == chosen else OPTION, value, title)
        for value, title in choices
    )
    return format_html_join("", "{}", ((option,) for option in options))


def order_choices(order: str, measured: set[str]) -> SafeString:
    """Return the metrics to sort by, the best first, and the newest.

    `measured` are the algorithms here of those that have metrics of their own.
    """
    choices = [(NEWEST, word("newest first"))]
    choices += [
        (f"-{metric.name}" if metric.higher else metric.name, metric.title)
        for metric in METRICS.values()
        if not metric.only or metric.only in measured
    ]
    known = {value for value, _ in choices}
    if order not in known:
        choices.append((order, word("as in the table's head")))
    return options_of(choices, order)


def query_without(request: HttpRequest, *names: str) -> str:
    """Return the query string without some of its parameters."""
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return query.urlencode()
