"""The page of a new experiment: five steps in one form, checked as one goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from datamine.htmx import render_page
from datasets.summaries import step_title
from experiments.choices import Preprocessing
from experiments.drafts import plan_of
from experiments.estimates import estimate_seconds
from experiments.exceptions import InvalidDraftError
from experiments.filling import fill_url, gathered
from experiments.forms.experiments import SetupForm, said_like
from experiments.learning.problems import Problem
from experiments.models import Experiment
from experiments.outlooks import outlook_for
from experiments.screenings import advice
from experiments.searching.settings import fits_expected
from experiments.services import create_experiment
from experiments.sessions import create_and_start, learning_steps
from projects.models import Project
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from experiments.drafts import Draft
    from experiments.learning.plans import Plan


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.EDIT, key=key)
    setup = SetupForm(project, request.POST or said_by(request, project))
    refused: list[Any] = []
    action = request.POST.get("action")
    if action in {"train", "save"}:
        try:
            if draft := setup.draft():
                return redirect(made(draft, request, train=action == "train"))
            refused = what_lacks(setup)
        except InvalidDraftError as error:
            refused = list(error.problems)
    context = {
        "project": project,
        "section": "experiments",
        "setup": setup,
        "refused": gathered(refused),
        "as_is": Preprocessing.AS_IS,
        **outlook(setup),
    }
    return render_page(
        request,
        "experiments/create.html",
        "experiments/_setup.html",
        context,
    )


def said_by(request: HttpRequest, project: Project) -> QueryDict:
    """Return what an address asks for: choices, or those of another experiment."""
    like = request.GET.get("like", "")
    if not (like.isdecimal() and len(like) < 19):
        return request.GET
    rows = Experiment.objects.filter(project=project).select_related("version")
    return said_like(get_for(request.user, rows, Action.VIEW, pk=like))


def made(draft: Draft, request: HttpRequest, *, train: bool) -> str:
    """Save the experiment, train it if wanted, and return where to look at it."""
    if train:
        return create_and_start(draft, actor=request.user).get_absolute_url()
    return create_experiment(draft, actor=request.user).get_absolute_url()


def what_lacks(setup: SetupForm) -> list[Problem]:
    """Say what has to be chosen before there is anything to train."""
    if setup.version is None:
        detail = "There is no dataset to learn from yet: upload one first."
    elif setup.target is None:
        detail = "Choose a target: the column to predict."
    elif not setup.tasks:
        detail = (
            f"“{setup.target.name}” is a {setup.target.type} column and cannot be "
            "predicted; choose a category, a boolean or a number as target."
        )
    else:
        detail = "Some values are out of bounds: see the marked fields."
    return [Problem(None, "incomplete", detail)]


def outlook(setup: SetupForm) -> dict[str, Any]:
    """Return what the profile says about the choices, and how long it will take."""
    draft = setup.draft()
    if draft is None or setup.version is None:
        return {"lacks": what_lacks(setup)}
    try:
        plan = plan_of(draft)
    except InvalidDraftError as error:
        return {"problems": gathered(error.problems)}
    found = advice(plan, setup.version)
    return {
        "plan": plan,
        "problems": gathered(found.problems),
        "warnings": found.warnings,
        "notes": found.notes,
        "fill_url": fill_url(setup.version, found.problems),
        "learning": [step_title(spec.step) for spec in learning_steps(setup.version)],
        **extent(setup, plan),
    }


def extent(setup: SetupForm, plan: Plan) -> dict[str, Any]:
    """Return how many rows go where, and the estimate in seconds."""
    assert setup.version is not None
    assert setup.algorithm is not None
    split, validates = plan.split, plan.split.validation_ratio > 0
    fits = 0
    if plan.search:
        folds, entry = split.cv_folds, setup.algorithm
        fits = fits_expected(plan.search, entry, folds, validates=validates)
    rows = setup.version.rows_count
    tested = round(rows * split.test_ratio)
    validated = round(rows * split.validation_ratio)
    expected = outlook_for(
        setup.algorithm, plan.hyperparameters, rows=rows, split=split
    )
    return {
        "outlook": None if plan.search else expected,
        "rows_tested": tested,
        "rows_validated": validated,
        "rows_learned": rows - tested - validated,
        "estimate": estimate_seconds(
            setup.algorithm.name,
            rows=rows,
            features=len(setup.feature_ids),
            split=split,
            search_fits=fits,
        ),
    }
