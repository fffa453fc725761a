"""The owner of a file answers what its import left open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from datasets import services
from datasets.declarations import ParameterError
from datasets.exceptions import DatasetError
from datasets.questions import answered
from datasets.views.context import version_for
from projects.permissions import Action

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

#: What the fields of columns with unclear dates are called, before their place.
PLACE = "day_first-"
DAY_FIRST = {"yes": True, "no": False}


@require_POST
def answer(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Read the file of an import again, as the answers say."""
    version = version_for(request, pk, number, Action.EDIT)
    posted = request.POST
    try:
        services.require_ready(version)
        made = services.import_again(
            version.dataset,
            dialect=answered(
                version,
                missing=posted.getlist("missing"),
                day_first={
                    name.removeprefix(PLACE): DAY_FIRST[value]
                    for name, value in posted.items()
                    if name.startswith(PLACE) and value in DAY_FIRST
                },
            ),
            actor=request.user,
        )
    except (DatasetError, ParameterError) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The file is read again, as version {made.number}.")
    return redirect(version.dataset)
