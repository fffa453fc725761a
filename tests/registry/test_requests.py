"""Four eyes: one person asks for an activation, another owner decides."""

from __future__ import annotations

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from datamine import files
from projects.models import Activity
from registry.exceptions import (
    ActiveVersionError,
    DamagedArtifactError,
    RequestError,
    SecondOwnerNeededError,
)
from registry.models import Activation, ActivationRequest, RegisteredModel
from registry.services import (
    activate_version,
    approve_request,
    decline_request,
    promote_version,
    request_activation,
)
from tests.factories.projects import MembershipFactory, UserFactory
from tests.factories.registry import ModelVersionFactory, RegisteredModelFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(project):
    project.needs_second_owner = True
    project.save()
    return ModelVersionFactory(model=RegisteredModelFactory(project=project))


@pytest.fixture
def second(project):
    user = UserFactory(username="second")
    MembershipFactory(project=project, user=user, role="owner")
    return user


def asked_by(person, version) -> ActivationRequest:
    return request_activation(version, reason="better at night", actor=person)


def test_nobody_activates_alone_where_four_eyes_are_wanted(owner, version):
    with pytest.raises(SecondOwnerNeededError, match="another owner approves"):
        promote_version(version, reason="I say so", actor=owner)

    assert not Activation.objects.exists()


def test_approval_of_another_owner_activates_and_tells_both(member, second, version):
    asked = asked_by(member, version)

    approve_request(asked, actor=second)

    entry = Activation.objects.get()
    assert (entry.version, entry.actor) == (version, second)
    assert entry.reason == f"better at night (asked for by {member})"
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by) == ("approved", second)
    done = Activity.objects.order_by("pk").values_list("action", flat=True)
    assert list(done) == ["opened", "approved", "activated"]


def test_own_request_is_not_approved_by_oneself(owner, version):
    asked = asked_by(owner, version)

    with pytest.raises(RequestError, match="another owner has to approve"):
        approve_request(asked, actor=owner)

    assert ActivationRequest.objects.open().get() == asked
    assert not Activation.objects.exists()


def test_request_is_decided_once(member, owner, second, version):
    asked = asked_by(member, version)
    decline_request(asked, remark="not yet", actor=owner)
    files.delete(version.session.result.artifact)  # which nobody need read any more

    with pytest.raises(RequestError, match="decided already"):
        approve_request(asked, actor=second)

    assert not Activation.objects.exists()


def test_request_for_what_serves_or_waits_is_refused(member, owner, version):
    asked_by(member, version)
    with pytest.raises(RequestError, match="waits already"):
        asked_by(owner, version)

    activate_version(version, actor=owner)
    with pytest.raises(ActiveVersionError, match="in service already"):
        asked_by(owner, version)


def test_approval_of_a_deleted_version_is_refused(member, second, version):
    asked = asked_by(member, version)
    version.delete()
    asked.refresh_from_db()

    with pytest.raises(RequestError, match="was deleted; decline"):
        approve_request(asked, actor=second)

    decline_request(asked, actor=second)
    assert not ActivationRequest.objects.open().exists()


def test_approval_of_a_damaged_version_leaves_the_request_open(member, second, version):
    asked = asked_by(member, version)
    files.delete(version.session.result.artifact)

    with pytest.raises(DamagedArtifactError, match="file is gone"):
        approve_request(asked, actor=second)

    assert ActivationRequest.objects.open().get() == asked
    assert not Activation.objects.exists()


def test_approval_that_changes_nothing_leaves_the_request_open(member, second, version):
    asked = asked_by(member, version)
    activate_version(version, actor=second)

    with pytest.raises(ActiveVersionError, match="in service already"):
        approve_request(asked, actor=second)

    assert ActivationRequest.objects.open().get() == asked


def test_pages_lead_from_the_question_to_the_activation(
    client, member, second, version
):
    model = version.model
    client.force_login(member)
    asked = client.post(
        reverse("registry:ask", args=[model.pk]),
        {"version": version.version, "reason": "<b>better</b>"},
        follow=True,
    )
    request = ActivationRequest.objects.get()
    decide = reverse("registry:decide", args=[model.pk, request.pk])

    refused = client.post(decide, {"decision": "approve"})
    client.force_login(second)
    shown = client.get(model.get_absolute_url())
    done = client.post(decide, {"decision": "approve"}, follow=True)

    assert "The request waits" in asked.text
    assert refused.status_code == 403
    assert "&lt;b&gt;better" in shown.text
    assert request.suggestion["suggestion"] in shown.text
    assert f"{version.version} is in service." in done.text
    assert RegisteredModel.objects.get().active_version == version


def test_activate_page_leads_to_the_question(client, owner, version):
    client.force_login(owner)

    page = client.get(
        reverse("registry:activate", args=[version.model_id]),
        {"version": version.version},
        follow=True,
    )

    assert "Nothing changes until an owner other than you approves" in page.text


@pytest.mark.parametrize("form", [{}, {"decision": "perhaps"}, {"remark": "x" * 401}])
def test_decision_that_is_none_changes_nothing(client, member, second, version, form):
    asked = asked_by(member, version)
    client.force_login(second)

    page = client.post(
        reverse("registry:decide", args=[version.model_id, asked.pk]), form, follow=True
    )

    assert "Approve the request, or decline it." in page.text
    assert ActivationRequest.objects.open().get() == asked


def api_of(person) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def test_calls_ask_refuse_approve_and_decline(member, second, project, version):
    models = f"/api/projects/{project.key}/models/{version.model.name}/"
    form = {"version": version.version, "reason": "better"}

    alone = api_of(second).post(f"{models}activate/", form, format="json")
    asked = api_of(member).post(f"{models}requests/", form, format="json")
    one = f"{models}requests/{asked.json()['id']}/"
    as_editor = api_of(member).post(f"{one}approve/")
    done = api_of(second).post(f"{one}approve/")
    again = api_of(second).post(f"{one}decline/", {"remark": "late"}, format="json")

    assert (alone.status_code, alone.json()["errors"][0]["code"]) == (
        409,
        "second_owner_needed",
    )
    assert (asked.status_code, asked.json()["status"]) == (201, "open")
    assert as_editor.status_code == 403
    assert done.json()["active_version"] == version.version
    assert again.status_code == 409
    (listed,) = api_of(member).get(f"{models}requests/").json()["results"]
    assert (listed["status"], listed["decided_by"]) == ("approved", "second")


def test_stranger_finds_no_request(stranger, member, project, version):
    asked_by(member, version)
    models = f"/api/projects/{project.key}/models/{version.model.name}/"

    assert api_of(stranger).get(f"{models}requests/").status_code == 404


def test_list_of_models_says_that_a_request_waits(
    client, owner, member, project, version
):
    address = reverse("registry:list", args=[project.key])
    client.force_login(owner)
    quiet = client.get(address).text
    asked = asked_by(member, version)

    page = client.get(address)
    api = APIClient()
    api.force_authenticate(owner)
    (told,) = api.get(f"/api/projects/{project.key}/models/").json()["results"]

    assert "request" not in quiet.split("<main", 1)[1].lower()
    assert "1 request to activate waits for an owner" in page.text
    assert f'href="{asked.get_absolute_url()}"' in page.text
    assert told["requests_count"] == 1
