"""The page of a project's webhooks; owners only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from projects import webhooks
from projects.exceptions import ProjectError
from projects.forms import WebhookForm
from projects.models import Delivery, Project, Webhook
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SHOWN = 20


@require_safe
def index(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.MANAGE, key=key)
    return page_of_webhooks(request, project, WebhookForm())


@require_POST
def add(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.MANAGE, key=key)
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            webhooks.add_webhook(project, **form.cleaned_data, actor=request.user)
        except ProjectError as refusal:
            form.add_error("url", str(refusal))
        else:
            messages.success(request, _("The webhook is there; send it a test."))
            return redirect("projects:webhooks", key=key)
    return page_of_webhooks(request, project, form, status=400)


@require_POST
def switch(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    webhook = webhook_for(request, key, pk)
    webhooks.change_webhook(
        webhook, is_active=not webhook.is_active, actor=request.user
    )
    words = (
        _("The webhook to %(webhook)s is switched on.")
        if webhook.is_active
        else _("The webhook to %(webhook)s is switched off.")
    )
    messages.success(request, words % {"webhook": webhook})
    return redirect("projects:webhooks", key=key)


@require_POST
def remove(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    webhook = webhook_for(request, key, pk)
    webhooks.remove_webhook(webhook, actor=request.user)
    messages.success(
        request, _("The webhook to %(webhook)s is removed.") % {"webhook": webhook}
    )
    return redirect("projects:webhooks", key=key)


@require_POST
def ping(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    webhook = webhook_for(request, key, pk)
    try:
        webhooks.send_ping(webhook)
    except ProjectError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("A test is on its way to %(webhook)s; look soon.") % {"webhook": webhook},
        )
    return redirect("projects:webhooks", key=key)


def webhook_for(request: HttpRequest, key: str, pk: int) -> Webhook:
    return get_for(request.user, Webhook, Action.MANAGE, pk=pk, project__key=key)


def page_of_webhooks(
    request: HttpRequest, project: Project, form: WebhookForm, status: int = 200
) -> HttpResponse:
    rows = project.webhooks.all()
    deliveries = Delivery.objects.filter(webhook__project=project)
    context = {
        "project": project,
        "section": "settings",
        "webhooks": [(row, webhooks.secret_of(row)) for row in rows],
        "deliveries": deliveries.select_related("webhook")[:SHOWN],
        "hosts": settings.WEBHOOK_HOSTS,
        "form": form,
    }
    return render(request, "projects/webhooks.html", context, status=status)
