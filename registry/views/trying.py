"""Predictions of a session that nobody registered: a row, or a file of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from experiments.models import Result
from projects.permissions import Action, get_for
from registry import serving
from registry.exceptions import RegistryError
from registry.exports import answer_response
from registry.forms import RowForm, RowsFileForm
from registry.views.context import FORM_METHODS

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(FORM_METHODS)
def try_session(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    result = get_for(
        request.user,
        Result.objects.select_related("session__experiment__project"),
        Action.VIEW,
        session__experiment=pk,
        session__number=number,
    )
    is_file = "of_file" in request.POST
    one_row = request.POST if request.POST and not is_file else None
    form = RowForm(result.signature["columns"], one_row)
    file_form = RowsFileForm(request.POST, request.FILES) if is_file else RowsFileForm()
    serving.loaded_models.warm(result)
    context = {
        "project": result.project,
        "section": "experiments",
        "experiment": result.session.experiment,
        "session": result.session,
        "form": form,
        "file_form": file_form,
    }
    if (file_form if is_file else form).is_valid():
        try:
            answer = serving.predict_with(result, rows_asked(result, form, file_form))
            if is_file and "download" in request.POST:
                return answer_response(answer)
            context["answers" if is_file else "answer"] = answer
        except RegistryError as error:
            (file_form if is_file else form).add_error(None, str(error))
    return render(request, "registry/try.html", context)


def rows_asked(
    result: Result, form: RowForm, file_form: RowsFileForm
) -> list[dict[str, object]]:
    """Return the rows of the file that was sent, or the one of the form."""
    if file_form.is_bound:
        return serving.rows_of_file(result, file_form.cleaned_data["file"])
    return [form.row]
