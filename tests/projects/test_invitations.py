"""Links that bring somebody into a project: once, for a while, and nobody else."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from projects import invitations
from projects.exceptions import (
    AlreadyMemberError,
    InvitationEndedError,
    NameTakenError,
    TooManyInvitationsError,
)
from projects.models import Activity, Invitation, Membership, User
from tests.factories.projects import PASSWORD, UserFactory

ANN = {
    "username": "ann",
    "full_name": "Ann",
    "email": "Ann@example.org",
    "password": "a-long-password-7",
}


@pytest.fixture
def invited(project, owner):
    """An invitation as editor, and the word of its link."""
    return invitations.invite(project, name="Ann", role="editor", actor=owner)


def link(word: str) -> str:
    return reverse("projects:invitation", args=[word])


def without_secrets(response) -> str:
    return re.sub(r"[A-Za-z0-9]{64}", "", response.content.decode())


@pytest.mark.django_db
def test_link_from_the_members_page_brings_a_newcomer_in(client, project, owner):
    client.force_login(owner)
    page = client.post(
        reverse("projects:invitation-add", args=[project.key]),
        {"name": "Ann", "role": "editor"},
    )
    address = re.search(
        r"http://testserver(/invitations/[^\"]+/)", page.content.decode()
    )
    newcomer = Client()

    opened = newcomer.get(address[1])
    joined = newcomer.post(f"{address[1]}sign-up/", {**ANN, "again": ANN["password"]})

    assert f"{owner} invites you" in opened.content.decode()
    assert joined["Location"] == reverse("projects:detail", args=[project.key])
    assert newcomer.get(joined["Location"]).status_code == 200
    assert Membership.objects.get(user__username="ann").role == "editor"
    assert User.objects.get(username="ann").email == "ann@example.org"
    assert Activity.objects.filter(action="joined", user__username="ann").exists()


@pytest.mark.django_db
def test_person_with_an_account_joins_with_one_click(client, stranger, invited):
    client.force_login(stranger)

    client.post(link(invited[1]))

    assert invited[0].project.memberships.get(user=stranger).role == "editor"


@pytest.mark.django_db
def test_link_serves_once(client, stranger, invited):
    invitations.accept(invited[0], actor=stranger)

    answer = client.get(link(invited[1]))

    assert answer.status_code == 410
    assert "not valid any more" in answer.content.decode()


@pytest.mark.django_db
def test_link_ends_by_itself(client, invited):
    past = timezone.now() - timedelta(minutes=1)
    Invitation.objects.update(expires_at=past)

    assert client.get(link(invited[1])).status_code == 410


@pytest.mark.django_db
def test_word_that_never_was_tells_no_more(client, invited):
    invitations.withdraw(invited[0], actor=invited[0].created_by)
    gone, never = client.get(link(invited[1])), client.get(link("x" * 43))

    assert gone.status_code == never.status_code == 410
    assert without_secrets(gone) == without_secrets(never)


@pytest.mark.django_db
def test_word_is_not_kept(invited):
    row = Invitation.objects.values().get()

    assert invited[1] not in str(row)


@pytest.mark.django_db
def test_member_joins_no_second_time(invited, owner):
    with pytest.raises(AlreadyMemberError, match="You are a member"):
        invitations.accept(invited[0], actor=owner)

    assert invitations.find(invited[1]) == invited[0]


@pytest.mark.django_db
@pytest.mark.parametrize("write", [str.lower, str.upper, str.title])
@pytest.mark.parametrize("field", ["username", "email"])
def test_name_or_address_of_another_makes_no_account(invited, field, write):
    UserFactory(**{field: write(ANN[field])})
    before = User.objects.count()

    with pytest.raises(NameTakenError):
        invitations.sign_up(invited[0], **{**ANN, "email": "ann@example.org"})

    assert User.objects.count() == before
    assert invitations.find(invited[1]) == invited[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"password": "12345678", "again": "12345678"}, "too common"),
        ({"again": "another"}, "The two passwords differ."),
        ({"username": "a b"}, "Enter a valid username"),
        ({"username": "boss@example.org"}, "A user name holds no @."),
        ({"email": "nowhere"}, "Enter a valid email address"),
    ],
)
def test_sign_up_says_what_is_wrong(client, invited, change, sentence):
    answer = client.post(
        f"{link(invited[1])}sign-up/", {**ANN, "again": ANN["password"], **change}
    )

    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not User.objects.filter(email__iexact=ANN["email"]).exists()


@pytest.mark.django_db
def test_too_many_open_invitations_are_refused(project, owner, monkeypatch):
    monkeypatch.setattr(invitations, "MOST", 1)
    invitations.invite(project, name="Ann", role="viewer", actor=owner)

    with pytest.raises(TooManyInvitationsError, match="withdraw some"):
        invitations.invite(project, name="Bob", role="viewer", actor=owner)


@pytest.mark.django_db
def test_withdrawn_invitation_is_listed_no_more(client, owner, invited):
    client.force_login(owner)
    invitation, _ = invited

    client.post(
        reverse(
            "projects:invitation-withdraw", args=[invitation.project.key, invitation.pk]
        )
    )

    with pytest.raises(InvitationEndedError):
        invitations.find(invited[1])
    page = client.get(reverse("projects:members", args=[invitation.project.key]))
    assert "Withdraw the invitation" not in page.content.decode()


@pytest.mark.django_db
def test_editors_invite_nobody(client, project, member):
    client.force_login(member)

    answer = client.post(
        reverse("projects:invitation-add", args=[project.key]),
        {"name": "Ann", "role": "owner"},
    )

    assert answer.status_code == 403
    assert not Invitation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_come_at_once_one_joins(invited):
    people = UserFactory.create_batch(2, password=PASSWORD)
    together, outcomes = Barrier(2), []

    def join(person: User) -> None:
        together.wait()
        try:
            invitations.accept(invited[0], actor=person)
            outcomes.append("joined")
        except InvitationEndedError:
            outcomes.append("late")
        connection.close()

    threads = [Thread(target=join, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["joined", "late"]
    assert Membership.objects.filter(user__in=people).count() == 1


@pytest.mark.django_db
def test_api_invites_lists_and_withdraws(api, project, owner, member):
    url = f"/api/projects/{project.key}/invitations/"

    made = api(owner).post(url, {"name": "Ann", "role": "editor"})
    listed = api(owner).get(url).json()["results"]
    refused = api(member).get(url)
    ended = api(owner).delete(f"{url}{made.json()['id']}/")

    assert made.status_code == 201
    assert made.json()["link"].startswith("http://testserver/invitations/")
    assert [one["name"] for one in listed] == ["Ann"]
    assert "link" not in listed[0]
    assert refused.status_code == 403
    assert ended.status_code == 204
    assert not Invitation.objects.exists()
