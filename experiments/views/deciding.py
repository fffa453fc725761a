"""From which probability on a class is answered: weighed and decided on a page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from datamine.speech import spoken_chart
from datasets.words import word
from experiments.decisions import classes_to_decide, decide, on_test_rows
from experiments.forms.decisions import CostsForm
from experiments.models import Result
from experiments.results.threshold_charts import say_thresholds, threshold_chart
from projects.permissions import Action, can, get_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from experiments.decisions import Weighing
    from experiments.models import Decision


@require_http_methods(["GET", "HEAD", "POST"])
def threshold(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    result = get_for(
        request.user,
        Result.objects.select_related("session__experiment__project"),
        Action.EDIT if request.method == "POST" else Action.VIEW,
        session__experiment=pk,
        session__number=number,
    )
    classes = classes_to_decide(result)
    decision = result.decisions.select_related("created_by").first()
    said = request.POST or request.GET or as_decided(decision, classes)
    form = CostsForm(said, classes)
    weighing = form.weighed(result) if classes else None
    if request.method == "POST" and classes and (weighing or "usual" in request.POST):
        chosen = None if "usual" in request.POST else weighing
        messages.success(request, told(decide(result, chosen, actor=request.user)))
        return redirect(reverse("experiments:threshold", args=[pk, number]))
    context = {
        "project": result.project,
        "section": "experiments",
        "experiment": result.session.experiment,
        "session": result.session,
        "form": form,
        "classes": classes,
        "basis": result.details.get("thresholds"),
        "decision": decision if decision and decision.threshold is not None else None,
        "on_test": on_test_rows(result, decision) if decision else None,
        "may_edit": can(request.user, Action.EDIT, result.project),
        **(weighed(weighing) if weighing else {}),
    }
    return render(request, "experiments/threshold.html", context)


def as_decided(
    decision: Decision | None, classes: Sequence[str]
) -> dict[str, Any] | None:
    """Return what the form says of the decision that counts, if one does."""
    if decision is None or decision.threshold is None:
        return None
    return {
        "label": str(classes.index(str(decision.label))),
        "false_alarm": decision.cost_false_alarm,
        "miss": decision.cost_miss,
        "threshold": decision.threshold,
    }


def weighed(weighing: Weighing) -> dict[str, Any]:
    """Return the chart of the thresholds and the lines to compare."""
    named = [
        (word("as usual"), weighing.usual),
        (word("costs least"), weighing.cheapest),
        ("chosen", weighing.chosen),
    ]
    return {
        "weighing": weighing,
        "label": weighing.thresholds.label,
        "lines": [
            {"name": name, "choice": choice, "cost": choice.cost(weighing.costs)}
            for name, choice in named
        ],
        "spec": json.dumps(spoken_chart(threshold_chart(weighing))),
        "words": say_thresholds(weighing),
    }


def told(made: Decision) -> str:
    if made.threshold is None:
        return "The likelier class is answered again, as usual."
    return (
        f"“{made.label}” is answered from a probability of {made.threshold:.3g} on, by "
        "this experiment and by versions registered from now on."
    )
