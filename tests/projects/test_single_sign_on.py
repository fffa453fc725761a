"""Single sign-on by OpenID Connect, against an identity provider on a port."""

from __future__ import annotations

import pytest
import requests
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.test import Client, override_settings
from django.urls import reverse
from oidc_provider_mock import User as Known
from oidc_provider_mock import run_server_in_thread

from projects import addresses
from projects.models import User

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture(scope="module")
def issuer():
    ann = {"email": "ann@example.org", "email_verified": True, "name": "Ann Lee"}
    eve = {"email": "owner@example.org", "email_verified": False, "name": "Eve"}
    known = [Known(sub="ann", claims=ann), Known(sub="eve", claims=eve)]
    with run_server_in_thread(user_claims=known) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def _connected(issuer):
    app = {
        "provider_id": "sso",
        "name": "The office",
        "client_id": "datamine",
        "secret": "a secret",
        "settings": {"server_url": issuer},
    }
    providers = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    with override_settings(
        SOCIALACCOUNT_PROVIDERS=providers, SINGLE_SIGN_ON="Come in by the office"
    ):
        yield


def come(client, person, query=""):
    """Go to the provider, say who one is there, and come back."""
    away = client.get(reverse("openid_connect_login", args=["sso"]) + query)
    said = requests.post(
        away["Location"], {"sub": person}, allow_redirects=False, timeout=10
    )
    back = said.headers["Location"].removeprefix("http://testserver")
    return client.get(back)


def test_newcomer_gets_an_account(client):
    page = client.get(reverse("account_login")).content.decode()

    answer = come(client, "ann")

    ann = User.objects.get(email="ann@example.org")
    assert "Come in by the office" in page
    assert answer["Location"] == "/"
    assert (str(ann), ann.has_usable_password()) == ("Ann Lee", False)
    assert addresses.is_proved(ann)
    assert client.get("/").status_code == 200


def test_person_with_an_account_comes_into_it(client, owner):
    owner.email = "ann@example.org"
    owner.save()

    come(client, "ann")

    assert SocialAccount.objects.get().user == owner
    assert client.get("/").context["user"] == owner


@pytest.mark.parametrize("is_proved", [False, True])
def test_who_made_the_account_keeps_no_way_in_unless_the_address_was_theirs(
    client, api, owner, is_proved
):
    owner.email = "ann@example.org"
    owner.save()
    if is_proved:
        addresses.follow(owner).set_verified()
    token, browser = api(owner), Client()
    browser.force_login(owner)
    come(browser, "eve", "?process=connect")
    TOTP.activate(owner, generate_totp_secret())

    come(client, "ann")

    kept = {
        "token": token.get("/api/me/").status_code == 200,
        "session": browser.get("/").status_code == 200,
        "second factor": owner.authenticator_set.exists(),
        "other person": owner.socialaccount_set.filter(uid="eve").exists(),
        "password": User.objects.get(pk=owner.pk).has_usable_password(),
    }
    assert set(kept.values()) == {is_proved}, kept
    assert (client.get("/").status_code == 200) is not is_proved  # asks for the code


def test_address_that_was_not_proved_there_opens_no_account(client, owner):
    come(client, "eve")

    assert client.get("/").status_code == 302
    assert not SocialAccount.objects.filter(user=owner).exists()


@override_settings(SOCIALACCOUNT_SIGN_UP=False)
def test_nobody_new_comes_in_where_the_operator_wants_none(client):
    page = come(client, "ann")

    assert "Accounts are made by invitation" in page.content.decode()
    assert not User.objects.filter(email="ann@example.org").exists()


def test_person_connects_the_account_and_goes_on_where_they_wanted(client, owner):
    client.force_login(owner)

    come(client, "eve", "?process=connect")
    client.logout()
    answer = come(client, "eve", "?next=/projects/")

    assert answer["Location"] == "/projects/"
    assert client.get("/").context["user"] == owner


def test_answer_nobody_asked_for_is_refused(client):
    url = reverse("openid_connect_callback", args=["sso"])

    page = client.get(url, {"code": "stolen", "state": "made up"})

    assert "That did not work" in page.content.decode()
    assert client.get("/").status_code == 302
