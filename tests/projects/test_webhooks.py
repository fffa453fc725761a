"""Webhooks: what is told, signed, tried again, and written down."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ
from rest_framework.test import APIClient

from experiments.announcing import announce_ended_sessions
from projects import webhooks
from projects.choices import WebhookEvent
from projects.exceptions import UnfitAddressError, WebhooksOffError
from projects.models import Activity, Delivery, Webhook
from projects.tasks import deliver
from registry.announcing import announce_activations
from registry.services import activate_version
from tests.factories.experiments import SessionFactory
from tests.factories.projects import MembershipFactory, UserFactory, WebhookFactory
from tests.factories.registry import ModelVersionFactory
from tests.projects.hooks import Listener

pytestmark = pytest.mark.django_db

API_PAGE = Path(__file__).parent.parent.parent.joinpath("docs", "api.md").read_text()


@pytest.fixture
def listener(settings) -> Iterator[Listener]:
    running = Listener()
    settings.WEBHOOK_HOSTS, settings.WEBHOOK_PRIVATE = [running.host], True
    thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.ending.set()
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def webhook(listener, project, owner) -> Webhook:
    return webhooks.add_webhook(
        project,
        url=listener.url,
        on_session_end=True,
        on_activation=True,
        actor=owner,
    )


def bells() -> list[tuple[object, ...]]:
    """Return what workers are asked for, and take it out of the queue."""
    rung = [tuple(bell.args()) for bell in OrmQ.objects.all()]
    OrmQ.objects.all().delete()
    return rung


def ended_session(project, **values):
    values = {"status": "completed", "completed_at": timezone.now(), **values}
    return SessionFactory(experiment__version__dataset__project=project, **values)


def test_message_bears_the_time_and_a_signature(webhook, listener):
    made = webhooks.send_ping(webhook)
    deliver(*bells()[0])

    [(headers, body)] = listener.heard
    example: dict[str, Any] = {}
    exec(re.search(r"```python\n(.*?)```", API_PAGE, re.DOTALL).group(1), example)
    is_genuine = partial(example["is_from_datamine"], webhooks.secret_of(webhook))
    assert is_genuine(headers["DataMine-Signature"], body)
    assert not is_genuine(headers["DataMine-Signature"], body + b" ")
    assert not is_genuine("t=1700000000,v1=00", body)
    assert headers["DataMine-Event"] == json.loads(body)["event"] == "ping"
    made.refresh_from_db()
    assert (made.status, made.next_try_at) == ("delivered", None)
    assert made.tries[0]["answer"] == 204


def test_two_webhooks_have_two_secrets(webhook):
    other = WebhookFactory(project=webhook.project)

    assert webhooks.secret_of(webhook) != webhooks.secret_of(other)
    assert len(webhooks.secret_of(other)) == 64


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_end_of_a_session_is_told_once(webhook, project, status):
    session = ended_session(project, status=status)

    for _ in range(2):
        announce_ended_sessions()

    told = Delivery.objects.get()
    assert told.payload["data"]["session"] == session.pk
    assert told.payload["data"]["status"] == status
    assert len(bells()) == 1


def test_what_is_none_of_its_business_is_not_told(webhook, project):
    ended_session(project, status="training")
    ended_session(project, completed_at=timezone.now() - timedelta(hours=1))
    ended_session(WebhookFactory(url="https://example.org").project)

    announce_ended_sessions()

    assert not Delivery.objects.filter(webhook=webhook).exists()


def test_activation_is_told(webhook, project, owner):
    version = ModelVersionFactory(model__project=project)
    activate_version(version, reason="better", actor=owner)

    announce_activations()

    told = Delivery.objects.get().payload
    assert told["event"] == "version.activated"
    assert told["data"]["version"] == version.version
    assert told["data"]["reason"] == "better"


def test_switch_decides_what_is_told(webhook, project, owner):
    webhooks.change_webhook(webhook, on_session_end=False, actor=owner)
    ended_session(project)

    announce_ended_sessions()

    assert not Delivery.objects.exists()


def test_refused_message_is_tried_again_with_longer_pauses(webhook, listener):
    listener.status = 500
    made = webhooks.send_ping(webhook)
    pauses = []

    for attempt in range(6):
        deliver(made.pk, attempt)
        made.refresh_from_db()
        waits = made.next_try_at and (made.next_try_at - timezone.now()).total_seconds()
        pauses.append(round(waits, -1) if waits else None)

    assert pauses == [10, 60, 600, 3600, 21600, None]
    assert (made.status, len(made.tries)) == ("failed", 6)
    assert made.tries[-1]["error"] == "The answer was 500."


def test_second_bell_for_a_try_does_nothing(webhook, listener):
    made = webhooks.send_ping(webhook)

    for _ in range(3):
        deliver(made.pk, 0)

    assert len(listener.heard) == 1


def test_due_delivery_is_rung_for_once(webhook, listener):
    made = webhooks.send_ping(webhook)
    bells()
    Delivery.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))

    for _ in range(2):
        webhooks.ring_for_due_deliveries()

    assert bells() == [(made.pk, 0)]


def test_redirect_is_a_failure(webhook, listener):
    listener.status, listener.headers = 302, {"Location": "http://169.254.169.254/"}
    made = webhooks.send_ping(webhook)

    deliver(made.pk, 0)

    made.refresh_from_db()
    assert made.status == "pending"
    assert made.tries[0]["error"].startswith("The answer leads elsewhere")


def test_host_that_is_not_allowed_any_more_is_not_called(webhook, listener, settings):
    made = webhooks.send_ping(webhook)
    settings.WEBHOOK_HOSTS = ["elsewhere.example.org"]

    deliver(made.pk, 0)

    made.refresh_from_db()
    assert "is not among the hosts" in made.tries[0]["error"]
    assert listener.heard == []


def test_switched_off_webhook_is_sent_nothing(webhook, listener, owner):
    made = webhooks.send_ping(webhook)
    webhooks.change_webhook(webhook, is_active=False, actor=owner)

    deliver(made.pk, 0)

    made.refresh_from_db()
    assert (made.status, listener.heard) == ("failed", [])


def test_delivery_that_is_gone_is_left_alone(webhook, listener):
    deliver(99999, 0)

    assert listener.heard == []


def test_site_without_hosts_has_no_webhooks(project, owner, settings):
    settings.WEBHOOK_HOSTS = []

    with pytest.raises(WebhooksOffError, match="switched off on this site"):
        webhooks.add_webhook(
            project,
            url="https://example.org",
            on_session_end=True,
            on_activation=True,
            actor=owner,
        )

    WebhookFactory(project=project)
    ended_session(project)
    announce_ended_sessions()
    assert not Delivery.objects.exists()


def test_address_is_held_to_the_rules_when_it_changes(webhook, owner):
    with pytest.raises(UnfitAddressError, match="not among the hosts"):
        webhooks.change_webhook(webhook, url="https://evil.org", actor=owner)

    webhook.refresh_from_db()
    assert "localhost" in webhook.url


def test_log_names_the_host_and_not_the_address(webhook):
    assert Activity.objects.get().details["name"] == "localhost"


def test_old_deliveries_are_forgotten(webhook):
    webhooks.send_ping(webhook)
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=31))

    webhooks.forget_deliveries()

    assert not Delivery.objects.exists()


def signed_in(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_owner_manages_webhooks_by_api(project, owner, listener):
    api, url = signed_in(owner), f"/api/projects/{project.key}/webhooks/"

    made = api.post(url, {"url": listener.url, "on_activation": False}).json()
    one = f"{url}{made['id']}/"
    shown = api.get(one).json()
    changed = api.patch(one, {"is_active": False}).json()
    refused = api.post(url, {"url": "https://evil.org/"})
    pinged = api.post(f"{one}ping/")

    assert (made["on_session_end"], made["on_activation"]) == (True, False)
    assert "secret" not in made
    assert len(shown["secret"]) == 64
    assert changed["is_active"] is False
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "url")
    assert pinged.status_code == 201
    assert api.get(f"{one}deliveries/").json()["count"] == 1
    assert api.delete(one).status_code == 204
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("editor", 403), (None, 404)])
def test_nobody_but_owners_sees_a_webhook(webhook, role, status):
    person = UserFactory()
    if role:
        MembershipFactory(project=webhook.project, user=person, role=role)
    api, url = signed_in(person), f"/api/projects/{webhook.project.key}/webhooks/"

    answers = [
        api.get(url),
        api.get(f"{url}{webhook.pk}/"),
        api.patch(f"{url}{webhook.pk}/", {"is_active": False}),
        api.post(url, {"url": webhook.url}),
        api.delete(f"{url}{webhook.pk}/"),
    ]

    assert [answer.status_code for answer in answers] == [status] * 5


def test_owner_manages_webhooks_on_the_page(client, project, owner, listener):
    client.force_login(owner)
    page = f"/projects/{project.key}/webhooks/"
    events = {"on_session_end": "on"}

    client.post(f"{page}add/", {"url": listener.url, **events})
    webhook = Webhook.objects.get()
    refused = client.post(f"{page}add/", {"url": "https://evil.org/", **events})
    client.post(f"{page}{webhook.pk}/ping/")
    shown = client.get(page).content.decode()
    client.post(f"{page}{webhook.pk}/switch/")

    assert (webhook.on_session_end, webhook.on_activation) == (True, False)
    assert refused.status_code == 400
    assert "is not among the hosts" in refused.content.decode()
    assert webhooks.secret_of(webhook) in shown
    assert "A test" in shown
    webhook.refresh_from_db()
    assert webhook.is_active is False
    client.post(f"{page}{webhook.pk}/remove/")
    assert not Webhook.objects.exists()


def test_page_says_what_went_wrong_as_its_reader_speaks(
    client, project, owner, webhook, listener, settings
):
    owner.language = "fr"
    owner.save()
    client.force_login(owner)
    listener.status = 500
    for status in (500, 302):
        listener.status = status
        deliver(webhooks.send_ping(webhook).pk, 0)
    settings.WEBHOOK_HOSTS = ["hooks.example.org"]
    deliver(webhooks.send_ping(WebhookFactory(project=project)).pk, 0)
    settings.WEBHOOK_HOSTS = ["elsewhere.example.org"]

    page = client.get(reverse("projects:webhooks", args=[project.key])).text
    refused = client.post(
        reverse("projects:webhook-add", args=[project.key]),
        {"url": "https://other.example.org/", "on_session_end": "on"},
    ).text

    assert "La réponse était 500." in page
    assert "La réponse mène ailleurs, où rien n’est envoyé." in page
    assert "hooks.example.org n’a pas d’adresse en ce moment." in page
    assert "1 essai" in page
    assert "other.example.org n’est pas parmi les hôtes" in refused


def test_page_of_a_site_without_webhooks_says_so(client, project, owner, settings):
    settings.WEBHOOK_HOSTS = []
    client.force_login(owner)

    shown = client.get(f"/projects/{project.key}/webhooks/").content.decode()

    assert "switched off on this site" in shown
    assert "Add webhook" not in shown


def test_page_tells_the_next_try_where_there_will_be_one(
    client, webhook, project, owner, listener, settings
):
    listener.status = 500
    deliver(webhooks.send_ping(webhook).pk, 0)
    client.force_login(owner)
    address = f"/projects/{project.key}/webhooks/"

    allowed = client.get(address).content.decode()
    settings.WEBHOOK_HOSTS = []
    switched_off = client.get(address).content.decode()

    assert "1 try, the next" in allowed
    assert "1 try</td>" in switched_off


def test_events_of_the_catalogue_have_a_switch():
    assert {*webhooks.SWITCHES, WebhookEvent.PING} == set(WebhookEvent)


def test_change_that_changes_nothing_is_not_written_down(webhook, owner):
    webhooks.change_webhook(webhook, is_active=True, actor=owner)

    assert not Activity.objects.filter(action="changed").exists()


def test_test_to_a_host_that_is_not_allowed_any_more_is_refused(
    webhook, client, owner, settings
):
    settings.WEBHOOK_HOSTS = []
    client.force_login(owner)
    page = f"/projects/{webhook.project.key}/webhooks/"

    shown = client.post(f"{page}{webhook.pk}/ping/", follow=True).content.decode()

    assert "Webhooks are switched off on this site" in shown
    assert not Delivery.objects.exists()


def test_administration_shows_no_address_and_can_switch_off(webhook, client):
    boss = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(boss)
    webhooks.send_ping(webhook)
    listed = "/admin/projects/webhook/"

    pages = [
        client.get(url).content.decode()
        for url in (
            listed,
            f"{listed}{webhook.pk}/change/",
            "/admin/projects/delivery/?q=project",
        )
    ]
    client.post(listed, {"action": "switch_off", "_selected_action": [webhook.pk]})

    assert all("localhost" in page for page in pages)
    assert not any("/hook" in page.replace("/webhook", "") for page in pages)
    webhook.refresh_from_db()
    assert webhook.is_active is False
