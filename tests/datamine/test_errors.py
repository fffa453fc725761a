import json

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import Client, override_settings
from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from datamine import urls
from datasets.declarations import ParameterError
from projects.exceptions import LastOwnerError

pytestmark = pytest.mark.django_db

RAISED = {
    "bad": SuspiciousOperation("secret"),
    "forbidden": PermissionDenied("Only on Sundays."),
    "missing": Http404("secret"),
    "broken": RuntimeError("secret"),
    "owner": LastOwnerError("A project needs an owner."),
    "parameters": ParameterError(
        [{"attr": "k", "code": "invalid", "detail": "k must be between 1 and 20."}]
    ),
}


def raise_it(request, kind):
    raise RAISED[kind]


raise_it.login_required = False


class RaiseIt(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request, kind):
        raise RAISED[kind]


urlpatterns = [
    path("raise/<kind>/", raise_it),
    path("api/raise/<kind>/", RaiseIt.as_view()),
    path("api/plain/<kind>/", raise_it),
    *urls.urlpatterns,
]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture
def quiet():
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("kind", "status", "sentence"),
    [
        ("bad", 400, "Something about it is malformed"),
        ("forbidden", 403, "Only on Sundays."),
        ("missing", 404, "nothing that you may see"),
        ("broken", 500, "It is our fault, not yours"),
    ],
)
def test_pages_say_what_went_wrong_and_keep_secrets(quiet, kind, status, sentence):
    response = quiet.get(f"/raise/{kind}/")

    assert response.status_code == status
    assert sentence in response.content.decode()
    assert "secret" not in response.content.decode()
    assert response.content.decode().count("<h1>") == 1


def test_address_of_a_form_opened_as_a_page_says_what_to_do(client, owner, project):
    client.force_login(owner)

    response = client.get(f"/projects/{project.key}/archive/")

    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "This address takes a form" in response.content.decode()


@pytest.mark.parametrize("door", ["raise", "plain"])
@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("forbidden", 403, "permission_denied"),
        ("missing", 404, "not_found"),
        ("broken", 500, "error"),
    ],
)
def test_api_answers_one_shape(quiet, door, kind, status, code):
    response = quiet.get(f"/api/{door}/{kind}/")

    body = response.json()
    assert response.status_code == status
    assert body["type"] == ("server_error" if status == 500 else "client_error")
    assert [(found["code"], found["attr"]) for found in body["errors"]] == [
        (code, None)
    ]
    assert "secret" not in json.dumps(body)


@pytest.mark.parametrize(
    ("kind", "status", "kind_of", "error"),
    [
        ("owner", 409, "client_error",
         {"code": "last_owner", "detail": "A project needs an owner.", "attr": None}),
        ("parameters", 400, "validation_error",
         {"code": "invalid", "detail": "k must be between 1 and 20.", "attr": "k"}),
    ],
)  # fmt: skip
def test_api_tells_domain_errors(quiet, kind, status, kind_of, error):
    response = quiet.get(f"/api/raise/{kind}/")

    assert response.status_code == status
    assert response.json() == {"type": kind_of, "errors": [error]}


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_api_has_no_page_for_unknown_addresses(client, method):
    response = getattr(client, method)("/api/nothing")

    assert response.status_code == 404
    assert response.json()["errors"][0]["detail"] == (
        "The API has no such address. Addresses end with a slash."
    )


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"method": "PUT"}, 405),
        ({"content_type": "text/csv", "data": "a,b"}, 415),
        ({"data": "["}, 400),
        ({"data": "[" * 100_000}, 400),
        ({"data": '{"a":' * 100_000}, 400),
        ({"data": b"\xff\xfe"}, 400),
        ({"data": '{"scope": "\\ud800"}'}, 400),
        ({"content_type": "application/json; charset=idna"}, 415),
        ({"data": "x" * (10 * 1024**2 + 1)}, 413),
        ({"CONTENT_LENGTH": "many"}, 400),
        ({"HTTP_CONTENT_ENCODING": "gzip"}, 415),
    ],
)
def test_api_refuses_bodies_it_cannot_read(client, changes, status):
    request = {
        "method": "POST",
        "path": "/api/auth/login/",
        "data": "{}",
        "content_type": "application/json",
    }

    response = client.generic(**{**request, **changes})

    assert response.status_code == status
    assert set(response.json()) == {"type", "errors"}


def test_pages_refuse_bodies_that_are_too_large(client):
    response = client.post(
        "/account/login/", "x" * (10 * 1024**2 + 1), content_type="text/plain"
    )

    assert response.status_code == 413
    assert "larger than this address accepts" in response.content.decode()


def test_forms_from_elsewhere_are_refused(owner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    response = client.post("/projects/new/", {"name": "Stars"})

    assert response.status_code == 403
    assert "Please send the form again" in response.content.decode()


def test_unknown_host_is_refused(client):
    response = client.get("/account/login/", headers={"host": "evil.example"})

    assert response.status_code == 400
