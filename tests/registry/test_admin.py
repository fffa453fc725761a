"""The staff's door to the registry: looked at, changed by the services only."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.models import Activation, ModelVersion, RegisteredModel
from registry.services import (
    activate_version,
    decline_request,
    request_activation,
)
from tests.factories.projects import MembershipFactory, UserFactory
from tests.factories.registry import ModelVersionFactory

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>"
MODELS = {
    "registeredmodel": RegisteredModel,
    "modelversion": ModelVersion,
    "activation": Activation,
}


@pytest.fixture
def boss(client):
    user = UserFactory(username="boss", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def clerk(client):
    """Staff with every permission of Django, who are members of no project yet."""
    user = UserFactory(username="clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    client.force_login(user)
    return user


def listing(name):
    return reverse(f"admin:registry_{name}_changelist")


def choose(client, name, action, *rows, **more):
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return client.post(listing(name), chosen, follow=True).content.decode()


def served(actor):
    version = ModelVersionFactory()
    activate_version(version, reason=HOSTILE, actor=actor)
    return version


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_and_three(client, boss, name, count):
    for _ in range(count):
        served(boss)
    client.get(listing(name))

    with CaptureQueriesContext(connection) as queries:
        page = client.get(listing(name))

    assert page.context["cl"].result_count == count
    assert len(queries) <= 11


@pytest.mark.parametrize("name", MODELS)
def test_row_opens_and_hostile_texts_are_escaped(client, boss, name):
    served(boss)
    RegisteredModel.objects.update(name=HOSTILE)
    ModelVersion.objects.update(notes=HOSTILE)
    row = MODELS[name].objects.get()

    page = client.get(reverse(f"admin:registry_{name}_change", args=[row.pk]))
    found = client.get(listing(name), {"q": "script"})

    assert found.context["cl"].result_count == 1
    for shown in (page.content.decode(), found.content.decode()):
        assert "&lt;script&gt;" in shown
        assert HOSTILE not in shown


@pytest.mark.parametrize("name", MODELS)
def test_rows_are_not_made_or_deleted_by_hand(client, boss, name):
    served(boss)
    row = MODELS[name].objects.get()
    delete = reverse(f"admin:registry_{name}_delete", args=[row.pk])

    added = client.post(reverse(f"admin:registry_{name}_add"), {})
    deleted = client.post(delete, {"post": "yes"})

    assert (added.status_code, deleted.status_code) == (403, 403)
    assert MODELS[name].objects.get() == row


@pytest.mark.parametrize("name", MODELS)
def test_staff_see_rows_of_their_projects_only(client, clerk, name):
    own = served(UserFactory())
    served(UserFactory())
    MembershipFactory(project=own.project, user=clerk, role="viewer")

    page = client.get(listing(name))

    assert [row.project for row in page.context["cl"].result_list] == [own.project]


def test_version_is_put_in_service_and_a_second_time_refused(client, boss):
    version = ModelVersionFactory()

    first = choose(client, "modelversion", "activate_selected", version)
    second = choose(client, "modelversion", "activate_selected", version)

    assert "done." in first
    assert "is in service already." in second
    assert Activation.objects.get().version == version


def test_roll_back_brings_the_version_before(client, boss):
    first = served(boss)
    activate_version(ModelVersionFactory(model=first.model), actor=boss)

    shown = choose(client, "registeredmodel", "roll_back_selected", first.model)

    assert "done." in shown
    assert RegisteredModel.objects.get().active_version == first


def test_editor_among_the_staff_may_not_activate(client, clerk):
    version = ModelVersionFactory()
    MembershipFactory(project=version.project, user=clerk, role="editor")

    shown = choose(client, "modelversion", "activate_selected", version)

    assert "You may not manage" in shown
    assert not Activation.objects.exists()


def test_request_is_approved_by_another_owner_only(client, boss):
    version = ModelVersionFactory()
    own = request_activation(version, reason="mine", actor=boss)
    shown = choose(client, "activationrequest", "approve_selected", own)
    decline_request(own, actor=boss)
    other = request_activation(version, reason="yours", actor=UserFactory())

    done = choose(client, "activationrequest", "approve_selected", other)

    assert "another owner has to approve" in shown
    assert "done." in done
    assert Activation.objects.get().version == version


def test_reason_goes_into_the_ledger(client, boss):
    version = ModelVersionFactory()

    choose(client, "modelversion", "activate_selected", version, reason=HOSTILE)

    assert Activation.objects.get().reason == HOSTILE
    assert HOSTILE not in client.get(listing("activation")).text
