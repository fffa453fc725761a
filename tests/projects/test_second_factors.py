"""Second factors: apps with codes, recovery codes, and what they guard."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client, override_settings
from django.urls import reverse

from projects import sign_ins
from projects.models import Letter
from tests.factories.projects import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def code_of(secret: str, later: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def log_in(client):
    return client.post(
        reverse("account_login"), {"login": "owner", "password": PASSWORD}
    )


@pytest.fixture
def secret(owner) -> str:
    """The secret of an app that the owner has set up, by the page."""
    browser = Client()
    log_in(browser)
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = browser.get(reverse("mfa_activate_totp"))
    found = re.search(r'class="secret">(\w+)<', page.content.decode())[1]
    done = browser.post(reverse("mfa_activate_totp"), {"code": code_of(found, -1)})
    assert done["Location"] == reverse("mfa_view_recovery_codes")
    return found


def test_password_alone_opens_nothing(client, secret):
    asked = log_in(client)
    before = client.get("/").status_code
    wrong = client.post(asked["Location"], {"code": "000000"})

    right = client.post(asked["Location"], {"code": code_of(secret)})

    assert asked["Location"] == reverse("mfa_authenticate")
    assert before == 302
    assert "Incorrect code." in wrong.content.decode()
    assert right["Location"] == "/"
    assert client.get("/").status_code == 200


def test_code_serves_once(secret):
    first, second = Client(), Client()
    code = code_of(secret)
    for browser in (first, second):
        log_in(browser)

    opened = first.post(reverse("mfa_authenticate"), {"code": code})
    again = second.post(reverse("mfa_authenticate"), {"code": code})

    assert opened["Location"] == "/"
    assert "Incorrect code." in again.content.decode()


def test_recovery_code_opens_once(owner, secret):
    codes = Authenticator.objects.get(user=owner, type="recovery_codes").wrap()
    code = codes.get_unused_codes()[0]
    answers = []
    for _ in range(2):
        browser = Client()
        log_in(browser)
        answers.append(browser.post(reverse("mfa_authenticate"), {"code": code}))

    assert [answer.status_code for answer in answers] == [302, 200]


def test_codes_cannot_be_guessed_for_long(client, secret):
    log_in(client)

    for _ in range(11):
        last = client.post(reverse("mfa_authenticate"), {"code": "123"})
    right = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert "Too many failed login attempts" in last.content.decode()
    assert right.status_code == 200


def test_secrets_are_kept_encrypted(owner, secret):
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))

    assert secret not in kept


def test_with_another_key_no_code_is_right(client, secret):
    log_in(client)

    with override_settings(SECRET_KEY="k" * 50):
        answer = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert answer.status_code in {200, 302}
    assert client.get("/").status_code == 302


def test_with_an_earlier_key_all_goes_on(client, secret, settings, owner):
    at_home = Client()
    at_home.force_login(owner)
    log_in(client)
    kept, before = Authenticator.objects.get(type="totp"), settings.SECRET_KEY

    with override_settings(SECRET_KEY="k" * 50, SECRET_KEY_FALLBACKS=[before]):
        code = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
        home = at_home.get("/")
        listed = at_home.get(reverse("account:sign-ins")).content.decode()

    assert code["Location"] == "/"
    assert home.status_code == 200
    assert "this one" in listed
    assert Authenticator.objects.get(type="totp").data == kept.data


def test_sign_in_that_outlived_a_key_ends_with_all_others(owner, settings):
    here, there = Client(), Client()
    for browser in (here, there):
        log_in(browser)
    session = there.session
    session[sign_ins.SEEN] -= sign_ins.EVERY
    session.save()

    with override_settings(
        SECRET_KEY="k" * 50, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]
    ):
        before = [browser.get("/").status_code for browser in (here, there)]
        here.post(reverse("account:sign-ins"))
        after = [browser.get("/").status_code for browser in (here, there)]

    assert before == [200, 200]
    assert after == [200, 302]


def test_link_in_a_letter_outlives_its_key(client, owner, settings):
    client.post(reverse("account_reset_password"), {"email": owner.email})
    link = re.search(r"/account/forgotten/\S+/", Letter.objects.get().body)[0]

    with override_settings(
        SECRET_KEY="k" * 50, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]
    ):
        page = client.get(link, follow=True).content.decode()

    assert 'name="password1"' in page


def test_page_that_changes_the_ways_in_asks_again(client, owner):
    client.force_login(owner)  # long ago, for all the page knows

    answer = client.get(reverse("mfa_activate_totp"))

    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_api_wants_the_code_too(client, secret):
    said = {"username": "owner", "password": PASSWORD}

    missing = client.post("/api/auth/login/", said, content_type="application/json")
    wrong, right = (
        client.post(
            "/api/auth/login/", {**said, "code": code}, content_type="application/json"
        )
        for code in ("000000", code_of(secret))
    )

    assert missing.status_code == wrong.status_code == 401
    assert missing.json()["errors"][0]["code"] == "second_factor_required"
    assert wrong.json()["errors"][0]["code"] == "second_factor_wrong"
    assert right.status_code == 200


def test_administration_has_no_way_around(client, owner, secret):
    owner.is_staff = owner.is_superuser = True
    owner.save()
    asked = client.get("/admin/login/", follow=True)

    log_in(client)

    assert asked.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert client.get("/admin/").status_code == 302


def test_staff_help_who_has_lost_the_phone(client, owner, secret):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    app = Authenticator.objects.get(user=owner, type="totp")
    listed = client.get(reverse("admin:mfa_authenticator_changelist"))

    client.post(
        reverse("admin:mfa_authenticator_delete", args=[app.pk]), {"post": "yes"}
    )

    assert "totp" in listed.content.decode().lower()
    assert not Authenticator.objects.filter(type="totp").exists()
