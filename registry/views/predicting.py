"""Pages that predict with the version in service: a row, or a file of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from datamine.htmx import render_page
from projects.permissions import Action
from registry import serving
from registry.exceptions import RegistryError
from registry.exports import answer_response
from registry.forms import RowForm, RowsFileForm
from registry.views.context import FORM_METHODS, context_of, model_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(FORM_METHODS)
def predict(request: HttpRequest, pk: int) -> HttpResponse:
    model = model_for(request, pk, Action.VIEW)
    context = context_of(model, file_form=RowsFileForm())
    if model.active_version:
        serving.warm(model)
        form = RowForm(serving.signature(model.active_version), request.POST or None)
        context["form"] = form
        if form.is_valid():
            context["answer"] = serving.answer_or_sentence(
                model.active_version, [form.row]
            )
    return render_page(
        request, "registry/predict.html", "registry/_prediction.html", context
    )


@require_http_methods(["POST"])
def predict_file(request: HttpRequest, pk: int) -> HttpResponse:
    model = model_for(request, pk, Action.VIEW)
    file_form = RowsFileForm(request.POST, request.FILES)
    context = context_of(model, file_form=file_form)
    try:
        version = serving.version_in_service(model)
        if file_form.is_valid():
            answer = serving.predict_file(version, file_form.cleaned_data["file"])
            if "download" in request.POST:
                return answer_response(answer)
            context["answer"] = answer
    except RegistryError as error:
        file_form.add_error("file", str(error))
    return render(request, "registry/predict_file.html", context)
