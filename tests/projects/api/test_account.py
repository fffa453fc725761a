from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from projects.models import ApiToken
from tests.factories.projects import PASSWORD

pytestmark = pytest.mark.django_db


def log_in(client, **changes):
    body = {"username": "owner", "password": PASSWORD, **changes}
    return client.post("/api/auth/login/", body, content_type="application/json")


def test_login_answers_a_token_that_works(client, owner):
    answer = log_in(client).json()

    me = client.get("/api/me/", headers={"authorization": f"Bearer {answer['token']}"})
    assert set(answer) == {"token", "expiry", "scope", "user"}
    assert me.json()["username"] == answer["user"]["username"] == "owner"


@pytest.mark.parametrize(
    "changes", [{"password": "wrong"}, {"username": "nobody"}, {"password": " "}]
)
def test_login_answers_the_same_whatever_is_wrong(client, owner, changes):
    response = log_in(client, **changes)

    assert response.status_code == 401
    assert response.json() == {
        "type": "client_error",
        "errors": [
            {
                "code": "authentication_failed",
                "detail": "The user name or the password is wrong.",
                "attr": None,
            }
        ],
    }


def test_login_without_a_password_names_the_field(client, owner):
    response = client.post(
        "/api/auth/login/", {"username": "owner"}, content_type="application/json"
    )

    assert response.json()["errors"] == [
        {"code": "required", "detail": "This field is required.", "attr": "password"}
    ]


@override_settings(AXES_ENABLED=True)
def test_login_is_slowed_whatever_address_is_claimed(client, owner):
    for number in range(10):
        log_in(client, password=f"wrong-{number}")

    response = client.post(
        "/api/auth/login/",
        {"username": "owner", "password": PASSWORD},
        content_type="application/json",
        headers={"X-Forwarded-For": "203.0.113.9"},
    )

    assert response.status_code == 429
    assert response.json()["errors"][0]["code"] == "throttled"
    assert response["Retry-After"] == "600"


def test_logout_ends_this_token_only(api, owner):
    kept, ended = api(owner), api(owner, scope="read")

    response = ended.post("/api/auth/logout/")

    assert response.status_code == 204
    assert ended.get("/api/me/").status_code == 401
    assert kept.get("/api/me/").status_code == 200


def test_logoutall_ends_every_token_of_the_person(api, owner, stranger):
    clients = [api(owner), api(owner), api(stranger)]

    clients[0].post("/api/auth/logoutall/")

    answers = [client.get("/api/me/").status_code for client in clients]
    assert answers == [401, 401, 200]


def test_logoutall_is_not_for_a_token_that_only_reads(api, owner):
    response = api(owner, scope="read").post("/api/auth/logoutall/")

    assert response.status_code == 403
    assert response.json()["errors"][0]["detail"] == "This token may only read."
    assert ApiToken.objects.count() == 1


def test_me_changes_the_profile_but_no_rights(api, owner):
    response = api(owner).patch(
        "/api/me/", {"full_name": "Jane", "is_superuser": True, "username": "x"}
    )

    owner.refresh_from_db()
    assert response.json()["full_name"] == owner.full_name == "Jane"
    assert (owner.is_superuser, owner.username) == (False, "owner")


def test_me_changes_the_address_by_an_admin_token_only(client, api, owner):
    client.force_login(owner)
    callers = [api(owner, scope="write"), client, api(owner)]

    refused, by_session, done = (
        caller.patch(
            "/api/me/", '{"email": "New@example.org"}', content_type="application/json"
        )
        for caller in callers
    )
    kept = callers[0].patch(
        "/api/me/", {"email": "new@example.org", "full_name": "Jane"}
    )

    assert refused.status_code == by_session.status_code == 403
    assert "token of scope admin" in refused.json()["errors"][0]["detail"]
    assert done.json()["email"] == "new@example.org"
    assert kept.json()["full_name"] == "Jane"


def test_me_refuses_an_address_in_use(api, owner, stranger):
    response = api(owner).patch("/api/me/", {"email": "STRANGER@example.org"})

    assert response.status_code == 400
    assert response.json()["errors"][0]["detail"] == "This address cannot be used."


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer a b", "Bearer é", "Bearer dm_" + "0" * 64, "Token x"]
)
def test_wrong_tokens_are_401(client, header):
    response = client.get("/api/me/", headers={"authorization": header})

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"


def test_ended_token_is_401_and_removed(api, owner):
    client = api(owner)
    ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    response = client.get("/api/me/")

    assert response.status_code == 401
    assert not ApiToken.objects.exists()


def test_token_asks_one_question_whatever_others_there_are(
    api, owner, django_assert_num_queries
):
    client = api(owner)
    api(owner)

    with django_assert_num_queries(1):
        assert client.get("/api/me/").status_code == 200


def test_token_in_the_address_is_not_a_token(client, owner):
    token = log_in(client).json()["token"]

    assert client.get("/api/me/", {"token": token}).status_code == 401


def test_token_does_not_open_the_administration(client, owner):
    owner.is_staff = owner.is_superuser = True
    owner.save()
    token = log_in(client).json()["token"]

    response = client.get("/admin/", headers={"authorization": f"Bearer {token}"})

    assert response.status_code == 302


def test_session_needs_the_csrf_token(owner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    response = client.post(
        "/api/projects/", {"name": "Stars"}, content_type="application/json"
    )

    assert response.status_code == 403
    assert response.json()["type"] == "client_error"
