"""Handing a project over, leaving, closing an account: never without an owner."""

from __future__ import annotations

import pytest
from django.urls import reverse

from projects import invitations, services
from projects.exceptions import InvitationEndedError, LastOwnerError
from projects.models import Invitation, Membership, User
from tests.factories.projects import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def role(project, user) -> str:
    return Membership.objects.get(project=project, user=user).role


def test_project_is_handed_over(client, project, owner, member):
    client.force_login(owner)
    taken = project.memberships.get(user=member)

    client.post(reverse("projects:hand-over", args=[project.key]), {"member": taken.pk})

    assert (role(project, member), role(project, owner)) == ("owner", "editor")
    assert project.activities.filter(action="handed the project over to").exists()


def test_project_is_handed_over_to_members_only(client, project, owner):
    client.force_login(owner)
    elsewhere = MembershipFactory()

    client.post(
        reverse("projects:hand-over", args=[project.key]), {"member": elsewhere.pk}
    )

    assert role(project, owner) == "owner"


def test_project_is_handed_over_by_api(api, project, owner, member):
    taken = project.memberships.get(user=member)
    url = f"/api/projects/{project.key}/hand-over/"

    unknown = api(owner).post(url, {"member": 10**9})
    refused = api(member).post(url, {"member": taken.pk})
    done = api(owner).post(url, {"member": taken.pk})

    assert (unknown.status_code, refused.status_code) == (400, 403)
    assert done.json()["role"] == "owner"
    assert role(project, owner) == "editor"


def test_owner_whose_account_is_closed_counts_for_nothing(project, owner):
    asleep = UserFactory(is_active=False)
    MembershipFactory(project=project, user=asleep, role="owner")

    with pytest.raises(LastOwnerError, match="needs an owner"):
        services.remove_member(project.memberships.get(user=owner), actor=owner)


def test_only_owner_cannot_close_the_account(client, project, owner):
    client.force_login(owner)

    answer = client.post(reverse("account:close"), {"username": "owner"})

    assert f"the only owner of {project}" in answer.content.decode()
    assert User.objects.get(pk=owner.pk).is_active


def test_closed_account_opens_nothing(client, project, member, api):
    caller = api(member)
    client.force_login(member)

    slip = client.post(reverse("account:close"), {"username": "me"})
    closed = client.post(reverse("account:close"), {"username": "member"})

    assert "This is not your user name." in slip.content.decode()
    assert closed["Location"] == reverse("account_login")
    assert client.get("/").status_code == 302
    assert caller.get("/api/me/").status_code == 401
    assert not project.memberships.filter(user=member).exists()


@pytest.mark.parametrize("way", ["remove", "demote", "hand over", "close", "delete"])
def test_invitations_of_an_owner_end_with_the_right_to_make_them(project, owner, way):
    second = MembershipFactory(project=project, role="owner")
    taken = MembershipFactory(project=project)
    _, word = invitations.invite(project, name="Me", role="owner", actor=owner)
    _, kept = invitations.invite(project, name="Bob", role="owner", actor=second.user)
    elsewhere, _ = invitations.invite(
        MembershipFactory(user=owner, role="editor").project,
        name="Cy",
        role="viewer",
        actor=owner,
    )
    own, by = project.memberships.get(user=owner), {"actor": second.user}
    ways = {
        "remove": lambda: services.remove_member(own, **by),
        "demote": lambda: services.change_role(own, role="editor", **by),
        "hand over": lambda: services.hand_over(project, to=taken, actor=owner),
        "close": lambda: services.close_account(owner),
        "delete": lambda: services.delete_account(owner),
    }

    ways[way]()

    with pytest.raises(InvitationEndedError):
        invitations.find(word)
    assert invitations.find(kept).name == "Bob"
    is_account_gone = way in {"close", "delete"}
    assert Invitation.objects.filter(pk=elsewhere.pk).exists() is not is_account_gone
    assert project.activities.filter(action="withdrawn").count() == 1


def test_invitations_end_with_an_account_that_staff_switch_off(client, project, owner):
    MembershipFactory(project=project, role="owner")
    _, word = invitations.invite(project, name="Me", role="owner", actor=owner)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    fields = {"username": "owner", "email": owner.email, "theme": "auto"}

    client.post(reverse("admin:projects_user_change", args=[owner.pk]), fields)

    assert not User.objects.get(pk=owner.pk).is_active
    with pytest.raises(InvitationEndedError):
        invitations.find(word)


@pytest.mark.parametrize("way", ["switch off", "delete", "delete many"])
def test_staff_takes_no_project_its_owner(client, project, owner, way):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    urls = {
        "switch off": reverse("admin:projects_user_change", args=[owner.pk]),
        "delete": reverse("admin:projects_user_delete", args=[owner.pk]),
        "delete many": reverse("admin:projects_user_changelist"),
    }
    chosen = {"action": "delete_selected", "_selected_action": [owner.pk]}
    fields = {"username": "owner", "email": owner.email, "theme": "auto"}
    data = {"switch off": fields, "delete": {}, "delete many": chosen}[way]

    page = client.post(urls[way], {"post": "yes", **data}, follow=True)

    assert "the only owner of" in page.content.decode()
    assert User.objects.get(pk=owner.pk).is_active
