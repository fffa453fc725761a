"""Pages that predict with the version in service: a row, or a file of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from datamine.htmx import render_page
from projects.permissions import Action, can
from registry import serving
from registry.contributions import contributions
from registry.exceptions import RegistryError
from registry.exports import answer_response
from registry.forms import RowForm, RowsFileForm
from registry.services import keep_records
from registry.views.context import FORM_METHODS, context_of, model_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from registry.models import RegisteredModel


@require_http_methods(FORM_METHODS)
def predict(request: HttpRequest, pk: int) -> HttpResponse:
    model = model_for(request, pk, Action.VIEW)
    context = context_of(
        model,
        file_form=RowsFileForm(),
        may_edit=can(request.user, Action.EDIT, model.project),
    )
    if model.active_version:
        serving.warm(model)
        form = RowForm(serving.signature(model.active_version), request.POST or None)
        context["form"] = form
        if form.is_valid():
            answer = answer_for(request, model, form.row)
            context["answer"] = answer
            if isinstance(answer, serving.Answer):
                result = model.active_version.session.result
                context["contributions"] = contributions(result, form.row, answer)
    return render_page(
        request, "registry/predict.html", "registry/_prediction.html", context
    )


def answer_for(
    request: HttpRequest, model: RegisteredModel, row: dict[str, object]
) -> serving.Answer | dict[str, str]:
    """Answer a row and keep it where that was asked for, or say why not."""
    try:
        version = serving.version_in_service(model)
        answer = serving.predict_rows(version, [row])
        if keeps(request, model):
            keep_records(version, [row], answer, actor=request.user)
    except RegistryError as error:
        return {"sentence": str(error)}
    return answer


def keeps(request: HttpRequest, model: RegisteredModel) -> bool:
    """Whether the answers become records: an editor said so."""
    return "store" in request.POST and can(request.user, Action.EDIT, model.project)


@require_http_methods(["POST"])
def predict_file(request: HttpRequest, pk: int) -> HttpResponse:
    model = model_for(request, pk, Action.VIEW)
    file_form = RowsFileForm(request.POST, request.FILES)
    context = context_of(
        model,
        file_form=file_form,
        may_edit=can(request.user, Action.EDIT, model.project),
    )
    try:
        version = serving.version_in_service(model)
        if file_form.is_valid():
            rows = serving.rows_of_file(
                version.session.result, file_form.cleaned_data["file"]
            )
            answer = serving.predict_rows(version, rows)
            if keeps(request, model):
                keep_records(version, rows, answer, actor=request.user)
            if "download" in request.POST:
                return answer_response(answer)
            context["answer"] = answer
    except RegistryError as error:
        file_form.add_error("file", str(error))
    return render(request, "registry/predict_file.html", context)
