"""Coming in: log-in, forgotten passwords, proved addresses, sign-ins and their end."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from projects import addresses, invitations, services, sign_ins
from projects.models import Letter, User
from tests.factories.projects import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
NEW = "another-long-word-8"


def log_in(client, login="owner", password=PASSWORD):
    return client.post(reverse("account_login"), {"login": login, "password": password})


def link_in(letter: Letter) -> str:
    return re.search(r"http://testserver(/\S+)", letter.body)[1]


def test_address_opens_as_the_name_does(client, owner):
    assert log_in(client, "OWNER@example.org")["Location"] == "/"


@override_settings(AXES_ENABLED=True)
def test_guessing_stops_one_name_from_one_address_only(owner):
    UserFactory(username="other")
    office, elsewhere = Client(), Client(REMOTE_ADDR="10.0.0.9")

    for number in range(10):
        last = log_in(office, "oWnEr" if number % 2 else "owner", "wrong")
    colleague = log_in(office, "other")
    away = log_in(elsewhere)

    assert last.status_code == 429
    assert colleague["Location"] == away["Location"] == "/"


@override_settings(AXES_ENABLED=True)
def test_guessing_stays_stopped_where_all_that_is_remembered_is_lost(owner):
    office = Client()
    for _ in range(9):
        cache.clear()
        log_in(office, password="wrong")
    cache.clear()

    last = log_in(office, password="wrong")
    cache.clear()
    right = log_in(office)

    assert [last.status_code, right.status_code] == [429, 429]


@override_settings(AXES_ENABLED=True)
def test_name_that_is_tried_is_kept_in_the_log(client, owner):
    log_in(client, "OWNER@example.org", "wrong")

    assert AccessAttempt.objects.get().username == "owner@example.org"


def test_nobody_signs_up_without_an_invitation(client):
    people = User.objects.count()
    fields = {"username": "eve", "email": "eve@example.org", "password1": NEW}

    page = client.post(reverse("account_signup"), fields)

    assert "Accounts are made by invitation" in page.content.decode()
    assert User.objects.count() == people


def test_forgotten_password_is_set_by_the_link(client, owner):
    elsewhere = Client()
    elsewhere.force_login(owner)
    client.post(reverse("account_reset_password"), {"email": owner.email})
    form = client.get(link_in(Letter.objects.get()), follow=True)

    client.post(
        form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW}, follow=True
    )

    assert User.objects.get(pk=owner.pk).check_password(NEW)
    assert elsewhere.get("/").status_code == 302


def test_letters_speak_as_their_reader_and_are_no_html(client, owner):
    owner.full_name = "Ann O'Neil & Co"
    owner.save()
    french = {"accept-language": "fr"}
    client.post(
        reverse("account_reset_password"), {"email": owner.email}, headers=french
    )
    client.force_login(owner)
    client.post(reverse("account:prove"), headers=french)

    password, proof = Letter.objects.order_by("pk")

    assert password.subject == "DataMine: Un nouveau mot de passe"
    assert "demandé pour votre compte owner sur testserver" in password.body
    assert proof.subject == "DataMine: Prouvez votre adresse"
    assert "Ann O'Neil & Co" in proof.body


def test_link_for_a_password_serves_once(client, owner):
    client.post(reverse("account_reset_password"), {"email": owner.email})
    link = link_in(Letter.objects.get())
    services.change_password(owner, password=NEW, end_tokens=False)

    page = client.get(link, follow=True)

    assert "This link is spent" in page.content.decode()


@pytest.mark.parametrize(
    ("language", "subject"),
    [("", "Una contraseña nueva"), ("fr", "Un nouveau mot de passe")],
)
def test_letter_speaks_as_its_reader_chose(client, owner, language, subject):
    services.update_profile(owner, language=language)

    client.post(
        reverse("account_reset_password"),
        {"email": owner.email},
        headers={"accept-language": "es"},
    )

    assert Letter.objects.get().subject.endswith(subject)


def test_forgotten_password_tells_nothing_of_accounts(client, owner):
    known = client.post(reverse("account_reset_password"), {"email": owner.email})
    unknown = client.post(reverse("account_reset_password"), {"email": "x@y.org"})

    assert known["Location"] == unknown["Location"]


def test_address_is_proved_by_the_link(client, owner):
    client.force_login(owner)
    client.post(reverse("account:prove"))
    link = link_in(Letter.objects.get())
    looked = client.get(link)
    before = addresses.is_proved(owner)

    client.post(link)

    assert "Yes, this is my address" in looked.content.decode()
    assert (before, addresses.is_proved(owner)) == (False, True)


def test_new_address_must_be_proved_anew_and_the_old_one_opens_nothing(client, owner):
    addresses.follow(owner).set_verified()
    client.force_login(owner)

    asked = client.post(reverse("account:profile"), {"email": "new@example.org"})
    client.post(asked["Location"], {"password": PASSWORD})

    owner.refresh_from_db()
    assert not addresses.is_proved(owner)
    assert not EmailAddress.objects.filter(email="owner@example.org").exists()


@pytest.mark.parametrize("email", ["ann@example.org", ""])
def test_invitation_proves_no_address(client, project, owner, email):
    _, word = invitations.invite(
        project, name="Ann", role="viewer", actor=owner, email=email
    )
    fields = {"username": "ann", "email": "ann@example.org", "password": NEW}

    client.post(
        reverse("projects:invitation-sign-up", args=[word]), {**fields, "again": NEW}
    )

    ann = User.objects.get(username="ann")
    assert not addresses.is_proved(ann)
    assert "this one" in client.get(reverse("account:sign-ins")).content.decode()


def test_sign_ins_are_listed_and_ended(owner):
    here, there, third = Client(), Client(headers={"user-agent": "Opera/9"}), Client()
    for browser in (here, there, third):
        log_in(browser)
    page = here.get(reverse("account:sign-ins")).content.decode()
    ends = re.findall(r"/account/sign-ins/\d+/end/", page)

    here.post(ends[0])
    after_one = [browser.get("/").status_code for browser in (here, there, third)]
    here.post(reverse("account:sign-ins"))
    after_all = [browser.get("/").status_code for browser in (here, there, third)]

    assert "Opera/9" in page
    assert len(ends) == 2
    assert sorted(after_one) == [200, 200, 302]
    assert after_all == [200, 302, 302]


def test_sign_in_says_when_somebody_was_last_there(client, owner):
    log_in(client)
    days_ago = timezone.now() - timedelta(days=3)
    UserSession.objects.update(last_seen_at=days_ago)
    within = client.get(reverse("account:sign-ins")).content.decode()
    session = client.session
    session[sign_ins.SEEN] -= sign_ins.EVERY
    session.save()

    later = client.get(reverse("account:sign-ins")).content.decode()

    assert "3 days ago" in within  # a request soon after the last writes nothing
    assert "3 days ago" not in later
    assert UserSession.objects.get().last_seen_at > days_ago
    assert client.session[sign_ins.SEEN] > session[sign_ins.SEEN]


def test_sign_in_of_another_person_stays(client, owner, stranger):
    other = Client()
    log_in(other)
    client.force_login(stranger)
    pk = owner.usersession_set.get().pk

    answer = client.post(reverse("account:sign-in-end", args=[pk]))

    assert answer.status_code == 404
    assert other.get("/").status_code == 200


def test_what_is_remembered_is_shared_by_all_processes():
    cache.set("tried", [1.0, 2.0], 60)

    assert cache.get("tried") == [1.0, 2.0]
    assert "Database" in type(cache._connections[cache._alias]).__name__
