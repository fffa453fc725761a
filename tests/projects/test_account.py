import re

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from projects import services
from projects.models import User
from tests.factories.projects import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def at_home(client, owner):
    client.force_login(owner)
    return client


def log_in(client, password=PASSWORD, **more):
    return client.post(
        reverse("account_login"), {"login": "owner", "password": password, **more}
    )


def test_login_opens_the_home_page(client, owner):
    response = log_in(client)

    assert response["Location"] == "/"
    assert client.get("/").status_code == 200


def test_login_gives_a_new_session(client, owner):
    client.get(reverse("account_login"))
    client.session["mark"] = "before"
    client.session.save()
    before = client.session.session_key

    log_in(client)

    assert client.session.session_key != before


def test_login_answers_the_same_for_unknown_and_wrong(client, owner):
    wrong = log_in(client, password="wrong")
    unknown = client.post(
        reverse("account_login"), {"login": "nobody", "password": "wrong"}
    )

    assert "The username and/or password you specified are not correct." in text(wrong)
    assert text(unknown).replace("nobody", "owner") == text(wrong)


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https:evil", "\\\\evil", "javascript:alert(1)"]
)
def test_login_goes_on_only_inside_the_site(client, owner, wanted):
    assert log_in(client, next=wanted)["Location"] == "/"


@override_settings(AXES_ENABLED=True)
def test_login_is_slowed_per_name_and_address(client, owner):
    UserFactory(username="other")

    for _ in range(10):
        last = log_in(client, password="wrong")
    right = log_in(client)
    other = client.post(
        reverse("account_login"), {"login": "other", "password": PASSWORD}
    )

    assert last.status_code == right.status_code == 429
    assert right["Retry-After"] == "600"
    assert "Too many tries" in text(right)
    assert other.status_code == 302


def test_logout_takes_a_post(at_home):
    looked = at_home.get(reverse("account:logout"))
    still_in = at_home.get("/").status_code
    at_home.post(reverse("account:logout"))

    assert looked.status_code == 405
    assert still_in == 200
    assert at_home.get("/")["Location"] == "/account/login/?next=/"


def test_profile_is_saved_and_a_new_address_asks_who_it_is(at_home, owner):
    asked = at_home.post(
        reverse("account:profile"),
        {
            "full_name": "Jane",
            "email": "Jane@Example.org",
            "avatar_url": "https://example.org/jane.png",
        },
    )
    before = User.objects.get(pk=owner.pk).email
    at_home.post(asked["Location"], {"password": PASSWORD})

    owner.refresh_from_db()
    assert before == "owner@example.org"
    assert owner.full_name == "Jane"
    assert owner.email == "jane@example.org"
    assert owner.avatar_url == "https://example.org/jane.png"


def test_profile_never_loads_the_picture(at_home, owner):
    services.update_profile(owner, avatar_url="https://example.org/jane.png")

    page = at_home.get("/").content.decode()

    assert "jane.png" not in page


def test_profile_refuses_what_is_no_address(at_home, owner, stranger):
    response = at_home.post(
        reverse("account:profile"),
        {"email": "STRANGER@example.org", "avatar_url": "javascript:alert(1)"},
    )

    assert "This address cannot be used." in text(response)
    assert "Enter a valid URL." in text(response)
    assert User.objects.get(pk=owner.pk).email == owner.email


def test_profile_gives_no_rights(at_home, owner):
    at_home.post(
        reverse("account:profile"),
        {"email": owner.email, "is_staff": "on", "is_superuser": "on", "username": "x"},
    )

    stored = User.objects.get(pk=owner.pk)
    assert (stored.is_staff, stored.is_superuser) == (False, False)
    assert stored.username == "owner"


def test_theme_is_kept_and_shown(at_home):
    response = at_home.post(
        reverse("account:theme"), {"theme": "dark", "next": "/projects/"}
    )

    assert response["Location"] == "/projects/"
    assert '<html lang="en" data-theme="dark">' in at_home.get("/").content.decode()


def test_theme_refuses_other_words_and_other_sites(at_home, owner):
    response = at_home.post(
        reverse("account:theme"), {"theme": "pink", "next": "//evil.example"}
    )

    assert response["Location"] == "/account/"
    assert User.objects.get(pk=owner.pk).theme == "auto"


def change_password(client, **changes):
    values = {"old": PASSWORD, "new": "other-horse-9", "again": "other-horse-9"}
    return client.post(reverse("account:password"), {**values, **changes})


def test_password_ends_every_other_session(at_home, owner):
    elsewhere = Client()
    elsewhere.force_login(owner)

    change_password(at_home)

    assert at_home.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


@pytest.mark.parametrize(("choice", "left"), [({"end_tokens": "on"}, 0), ({}, 1)])
def test_password_ends_tokens_by_choice(at_home, owner, choice, left):
    services.create_token(owner, name="notebook", days=1)

    change_password(at_home, **choice)

    assert owner.auth_token_set.count() == left


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"old": "wrong"}, "This is not your present password."),
        ({"again": "other"}, "The two new passwords differ."),
        ({"new": "12345678", "again": "12345678"}, "This password is too common."),
    ],
)
def test_password_refuses_and_says_why(at_home, owner, changes, sentence):
    response = change_password(at_home, **changes)

    assert sentence in text(response)
    assert User.objects.get(pk=owner.pk).check_password(PASSWORD)


def test_token_is_shown_once(at_home, owner):
    made = at_home.post(
        reverse("account:tokens"), {"name": "notebook", "scope": "read", "days": "7"}
    )
    again = at_home.get(reverse("account:tokens"))

    assert re.search(r"dm_[0-9a-f]{64}", made.content.decode())
    assert not re.search(r"dm_[0-9a-f]{8}", again.content.decode())
    assert "no-store" in made["Cache-Control"]
    assert "notebook" in text(again)


def test_token_without_a_name_is_refused(at_home, owner):
    response = at_home.post(reverse("account:tokens"), {"scope": "read", "days": "7"})

    assert "This field is required." in text(response)
    assert owner.auth_token_set.count() == 0


def test_token_is_ended_by_its_owner_only(client, owner, stranger):
    token, _ = services.create_token(owner, name="notebook", days=1)
    url = reverse("account:token-end", args=[token.id])

    client.force_login(stranger)
    foreign = client.post(url)
    kept = owner.auth_token_set.count()
    client.force_login(owner)
    client.post(url)

    assert foreign.status_code == 404
    assert kept == 1
    assert owner.auth_token_set.count() == 0
