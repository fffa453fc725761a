"""The state of all models one may see: what serves, how good it is, what trains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from registry.choices import UNDER_WAY, RequestStatus
from registry.models import ActivationRequest, RegisteredModel, Retraining

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PER_PAGE = 25


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    models = RegisteredModel.objects.visible_to(request.user)
    requests = ActivationRequest.objects.visible_to(request.user)
    trainings = Retraining.objects.visible_to(request.user)
    word = request.GET.get("search", "").replace("\0", "")[:200].strip()
    found = models.filter(Q(name__icontains=word) | Q(project__name__icontains=word))
    lines = found.for_state().order_by("project__name", "name")
    context = {
        "word": word,
        "query": urlencode({"search": word}),
        "page": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")),
        "count": models.count(),
        "serving": models.filter(active_version__isnull=False).count(),
        "training": trainings.filter(status__in=UNDER_WAY).count(),
        "waiting": requests.filter(status=RequestStatus.OPEN).count(),
    }
    return render(request, "registry/state.html", context)
