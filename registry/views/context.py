"""What the pages of the registry have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect

from projects.permissions import Action, get_for
from registry.exceptions import RegistryError
from registry.models import RegisteredModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

FORM_METHODS = ["GET", "HEAD", "POST"]


def model_for(request: HttpRequest, pk: int, wanted: Action) -> RegisteredModel:
    return get_for(request.user, RegisteredModel.objects.with_active(), wanted, pk=pk)


def context_of(model: RegisteredModel, **more: object) -> dict[str, object]:
    return {"project": model.project, "section": "models", "model": model, **more}


def done_or_told(
    request: HttpRequest,
    model: RegisteredModel,
    done: str,
    act: Callable[[], object],
) -> HttpResponse:
    """Do what was confirmed and say so, or say why it could not be done."""
    try:
        act()
    except RegistryError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(model)
