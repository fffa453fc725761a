"""An experiment and its sessions: live while one trains, its results after that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from datamine.htmx import render_page
from datamine.leases import MAX_ATTEMPTS
from datasets.steps_form import describe_steps
from datasets.words import word
from experiments.choices import SessionStatus
from experiments.continuing import continue_training
from experiments.earlier_weights import may_continue
from experiments.estimates import seconds_left
from experiments.metrics import EPOCH_FIGURES
from experiments.models import Experiment, Result, TrainingSession
from experiments.results.labels import labels_of, settings_of
from experiments.results.repetitions import repetition_of
from experiments.results.summaries import Summary
from experiments.services import delete_experiment
from experiments.sessions import cancel_session, start_session
from projects.exceptions import DomainError
from projects.permissions import Action, can, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

#: A session that began so many seconds ago is asked after more often.
FRESH = 5
QUICK, STEADY = "300ms", "1s"
LOG_LINES = 200
LISTED_SESSIONS = 20


def experiments() -> Any:
    """Return experiments with the rows their pages name."""
    heavy = ("profile", "columns", "problems", "notices", "dialect")
    return Experiment.objects.select_related(
        "project", "dataset", "version", "created_by", "latest_session"
    ).defer(*(f"version__{name}" for name in heavy))


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    experiment = get_for(request.user, experiments(), Action.VIEW, pk=pk)
    return show(request, experiment, experiment.latest_session)


@require_safe
def session(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    experiment = get_for(request.user, experiments(), Action.VIEW, pk=pk)
    found = get_for(
        request.user,
        TrainingSession.objects.select_related("base_version"),
        Action.VIEW,
        experiment=experiment,
        number=number,
    )
    return show(request, experiment, found)


def show(
    request: HttpRequest, experiment: Experiment, found: TrainingSession | None
) -> HttpResponse:
    """Answer with a session's page, or with all of it that changes while it trains."""
    state = state_of(experiment, found) if found else {}
    summary = state.get("summary")
    search = summary.search if summary else None
    labels = labels_of(experiment, "hyperparameters")
    context = {
        "project": experiment.project,
        "section": "experiments",
        "experiment": experiment,
        "session": found,
        "settings": settings_of(experiment, search.chosen if search else None),
        "steps": describe_steps(found.plan.get("steps") or []) if found else [],
        "tried": [labels.get(name, name) for name in search.names] if search else [],
        "sessions": sessions_of(experiment),
        "may_edit": can(request.user, Action.EDIT, experiment.project),
        "may_manage": can(request.user, Action.MANAGE, experiment.project),
        **state,
    }
    return render_page(
        request, "experiments/session.html", "experiments/_session.html", context
    )


def sessions_of(experiment: Experiment) -> list[dict[str, Any]]:
    fields = ("number", "status", "created_at", "training_time_seconds")
    return list(
        experiment.sessions.order_by("-number").values(*fields)[:LISTED_SESSIONS]
    )


def state_of(experiment: Experiment, found: TrainingSession) -> dict[str, Any]:
    """Return what is shown of a session: how far it is, or what came out."""
    if not found.is_over:
        return live(found)
    result = Result.objects.filter(session=found).first()
    summary = Summary(result, experiment) if result else None
    return {
        "summary": summary,
        "result": result,
        "repetition": repetition_of(result) if result else None,
        "may_go_on": bool(result) and may_continue(result),
        "log": log_lines(found),
    }


def live(found: TrainingSession) -> dict[str, Any]:
    """Return progress, times, the end of the log and when to ask again."""
    now = timezone.now()
    waited = (now - found.created_at).total_seconds()
    elapsed = (now - (found.started_at or found.created_at)).total_seconds()
    return {
        "waits": found.status == SessionStatus.PENDING,
        "delay": QUICK if waited < FRESH else STEADY,
        "elapsed": max(elapsed, 0),
        "remaining": seconds_left(found),
        "log": log_lines(found),
        "most_attempts": MAX_ATTEMPTS,
        "epoch": latest_epoch(found.history),
    }


def latest_epoch(history: list[dict[str, float]]) -> dict[str, Any]:
    """Return the number of the last epoch and what it told; nothing without epochs."""
    if not history:
        return {}
    told = history[-1]
    titles = [
        (title, told[name]) for name, title in EPOCH_FIGURES.items() if name in told
    ]
    return {"number": len(history), "figures": titles}


def log_lines(found: TrainingSession) -> list[dict[str, str]]:
    """Return the end of the log, each line's time apart from what it says."""
    lines = found.log.splitlines()[-LOG_LINES:]
    parts = (line.partition(" ") for line in lines)
    return [{"time": time, "text": text} for time, _, text in parts]


@require_POST
def train(request: HttpRequest, pk: int) -> HttpResponse:
    experiment = get_for(request.user, experiments(), Action.EDIT, pk=pk)
    try:
        started = start_session(experiment, actor=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(experiment)
    return redirect(started)


@require_POST
def go_on(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    result = get_for(
        request.user,
        Result.objects.select_related("session__experiment__version__dataset__project"),
        Action.EDIT,
        session__experiment=pk,
        session__number=number,
    )
    try:
        started = continue_training(
            result,
            hyperparameters={"epochs": request.POST.get("epochs", "")},
            actor=request.user,
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(result.session)
    return redirect(started)


@require_POST
def cancel(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = get_for(
        request.user,
        TrainingSession.objects.select_related("experiment__project"),
        Action.EDIT,
        experiment=pk,
        number=number,
    )
    try:
        cancel_session(found, actor=request.user)
    except DomainError as refusal:
        messages.info(request, str(refusal))
    return redirect(found)


@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    experiment = get_for(request.user, experiments(), Action.MANAGE, pk=pk)
    if request.method == "POST":
        try:
            delete_experiment(experiment, actor=request.user)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect(experiment)
        messages.success(request, f"“{experiment}” was deleted.")
        return redirect(reverse("experiments:list", args=[experiment.project.key]))
    count = experiment.sessions.count()
    context = {
        "project": experiment.project,
        "section": "experiments",
        "experiment": experiment,
        "lost": [
            word("1 session with its result and model")
            if count == 1
            else word(f"{count} sessions with their results and models"),
            word("the links to it from comparisons"),
        ],
    }
    return render(request, "experiments/delete.html", context)
