"""The registry's calls: shapes, rights, refusals."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from experiments.models import TrainingSession
from projects import memory
from projects.models import User
from projects.services import create_token
from registry.models import Activation, ModelVersion, RegisteredModel
from registry.services import activate_version, register_version
from tests.factories.experiments import (
    ExperimentFactory,
    ResultFactory,
    SessionFactory,
    flowers_draft,
    trained_session,
)
from tests.factories.registry import (
    ModelVersionFactory,
    RegisteredModelFactory,
    flowers_in_service,
)

pytestmark = pytest.mark.django_db

ROW = {"petal": 1.5, "sepal": 5.1, "colour": "white"}


def signed_in(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def api(owner) -> APIClient:
    return signed_in(owner)


@pytest.fixture
def model(project) -> RegisteredModel:
    return RegisteredModelFactory(project=project, name="flowers")


@pytest.fixture
def address(project, model) -> str:
    return f"/api/projects/{project.key}/models/{model.name}/"


def test_register_session_answers_name_and_version(api, project, owner):
    session = trained_session(flowers_draft(project, owner), owner)

    answer = api.post(
        f"/api/projects/{project.key}/models/",
        {"name": "flowers", "session": session.pk},
    )

    version = ModelVersion.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "name": "flowers",
        "version": version.version,
        "session": session.pk,
    }


def test_register_session_of_another_project_is_404(api, project):
    session = ResultFactory().session

    answer = api.post(
        f"/api/projects/{project.key}/models/", {"name": "x", "session": session.pk}
    )

    assert answer.status_code == 404
    assert not RegisteredModel.objects.exists()


def test_register_unfinished_session_is_409_with_a_sentence(api, project):
    experiment = ExperimentFactory(version__dataset__project=project)
    session = SessionFactory(experiment=experiment, status="failed")

    answer = api.post(
        f"/api/projects/{project.key}/models/", {"name": "x", "session": session.pk}
    )

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "not_trained"


def test_activate_answers_both_versions(api, address, model):
    first, second = (ModelVersionFactory(model=model) for _ in range(2))
    activate_version(first, actor=None)

    answer = api.post(f"{address}activate/", {"version": second.version, "reason": "x"})

    assert (answer.status_code, answer.json()) == (
        200,
        {
            "name": "flowers",
            "active_version": second.version,
            "previous_version": first.version,
        },
    )
    assert Activation.objects.latest("pk").reason == "x"


def test_activate_unknown_version_is_404(api, address):
    answer = api.post(f"{address}activate/", {"version": "v20200101_000000"})

    assert answer.status_code == 404


@pytest.mark.parametrize("deed", ["activate", "rollback"])
def test_switch_sent_again_is_done_once(api, address, model, deed):
    versions = [ModelVersionFactory(model=model) for _ in range(3)]
    for version in versions:
        activate_version(version, actor=None)
    entries = Activation.objects.count()
    body = {"reason": "Again."}
    if deed == "activate":
        body["version"] = versions[0].version

    answers = [
        api.post(f"{address}{deed}/", body, headers={"Idempotency-Key": "once"})
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert Activation.objects.count() == entries + 1


def test_rollback_without_a_past_is_409(api, address, model):
    activate_version(ModelVersionFactory(model=model), actor=None)

    answer = api.post(f"{address}rollback/")

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "nothing_before"


def test_history_at_a_moment_names_what_served_then(api, address, model):
    first, second = (ModelVersionFactory(model=model) for _ in range(2))
    entry = activate_version(first, actor=None)
    activate_version(second, actor=None)

    everything = api.get(f"{address}history/").json()
    then = api.get(f"{address}history/", {"at": entry.created_at.isoformat()}).json()

    assert everything["count"] == 2
    assert [line["version"] for line in then["results"]] == [first.version]


def test_delete_active_version_is_409(api, address, model):
    version = ModelVersionFactory(model=model)
    activate_version(version, actor=None)

    answer = api.delete(f"{address}versions/{version.version}/")

    assert answer.status_code == 409
    assert ModelVersion.objects.exists()


def test_member_may_not_activate(member, address, model):
    version = ModelVersionFactory(model=model)

    answer = signed_in(member).post(f"{address}activate/", {"version": version.version})

    assert answer.status_code == 403
    assert not Activation.objects.exists()


def test_stranger_sees_nothing(stranger, project, address, model):
    client = signed_in(stranger)

    answers = [
        client.get(f"/api/projects/{project.key}/models/"),
        client.get(address),
        client.get(f"{address}versions/"),
        client.post(f"{address}predict/", {"rows": [ROW]}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4


def test_predict_answers_rows_and_quarantines_others(api, project, owner):
    version = flowers_in_service(project, owner)
    address = f"/api/projects/{project.key}/models/flowers/predict/"

    answer = api.post(address, {"rows": [ROW, {"petal": "wide"}]})

    assert answer.status_code == 200
    body = answer.json()
    assert (body["model"], body["version"]) == ("flowers", version.version)
    assert [row["prediction"] for row in body["predictions"]] == ["setosa"]
    assert [row["row"] for row in body["quarantined"]] == [1]
    reasons = body["quarantined"][0]["reasons"]
    assert {"column", "code", "detail"} == set(reasons[0])


def test_read_token_predicts_but_does_not_activate(client, project, owner):
    version = flowers_in_service(project, owner)
    _, token = create_token(owner, name="a program", scope="read", days=1)
    address = f"/api/projects/{project.key}/models/flowers/"
    headers = {"Authorization": f"Bearer {token}"}

    predicted = client.post(
        f"{address}predict/",
        {"rows": [ROW]},
        content_type="application/json",
        headers=headers,
    )
    activated = client.post(
        f"{address}activate/",
        {"version": version.version},
        content_type="application/json",
        headers=headers,
    )

    assert (predicted.status_code, activated.status_code) == (200, 403)


@pytest.fixture
def asked(project, owner):
    """Ask the flowers for one row, as a program does that bears a token."""
    flowers_in_service(project, owner)
    _, secret = create_token(owner, name="reader", scope="read", days=1)
    client = APIClient(headers={"authorization": f"Bearer {secret}"})
    address = f"/api/projects/{project.key}/models/flowers/predict/"
    return lambda: client.post(address, {"rows": [ROW]})


@pytest.fixture
def later(monkeypatch):
    """Stop the clock; go on to when what was looked up must be looked up anew."""
    clock = [100.0]
    monkeypatch.setattr(memory, "monotonic", lambda: clock[0])
    return lambda: clock.append(clock.pop() + memory.SECONDS)


def test_predict_with_a_token_asks_two_questions_each_half_second(
    asked, later, django_assert_num_queries
):
    with django_assert_num_queries(2):  # whose token, and which model it may see
        answer = asked()
    with django_assert_num_queries(0):
        again = asked()
    later()
    with django_assert_num_queries(2):
        asked()

    assert [row["prediction"] for row in answer.json()["predictions"]] == ["setosa"]
    assert again.json() == answer.json()


def revoke(project, owner):
    owner.auth_token_set.all().delete()
    return 401


def deactivate(project, owner):
    User.objects.filter(pk=owner.pk).update(is_active=False)
    return 401


def remove(project, owner):
    project.memberships.filter(user=owner).delete()
    return 404


def take_out_of_service(project, owner):
    RegisteredModel.objects.update(active_version=None)
    return 409


@pytest.mark.parametrize("change", [revoke, deactivate, remove, take_out_of_service])
def test_what_changes_takes_effect_within_a_second(
    asked, later, project, owner, change
):
    assert asked().status_code == 200

    status = change(project, owner)
    later()

    assert memory.SECONDS < 1
    assert asked().status_code == status


def test_switched_version_answers_within_a_second_elsewhere_and_at_once_here(
    asked, later, owner, django_capture_on_commit_callbacks
):
    first = asked().json()["version"]
    session = TrainingSession.objects.get()
    second = register_version(session, name="flowers", actor=owner)
    with django_capture_on_commit_callbacks() as committed:
        activate_version(second, actor=owner)

    there = asked().json()["version"]  # as if it had been another server's commit
    later()
    soon = asked().json()["version"]
    RegisteredModel.objects.update(active_version=ModelVersion.objects.last())
    committed[0]()
    here = asked().json()["version"]

    assert (there, soon, here) == (first, second.version, first)


def test_refusal_is_not_remembered(asked, project, owner):
    project.memberships.filter(user=owner).delete()
    refused = asked().status_code

    project.memberships.create(user=owner, role="viewer")

    assert (refused, asked().status_code) == (404, 200)


def test_predict_rows_nested_too_deep_is_400(api, address):
    answer = api.post(
        f"{address}predict/", "[" * 100_000, content_type="application/json"
    )

    assert answer.status_code == 400


def test_predict_file_answers_like_rows(api, project, owner):
    flowers_in_service(project, owner)
    address = f"/api/projects/{project.key}/models/flowers/predict/"
    upload = SimpleUploadedFile("a.csv", b"petal,sepal,colour\n1.5,5.1,white\n")

    from_file = api.post(address, {"file": upload}, format="multipart").json()

    assert from_file == api.post(address, {"rows": [ROW]}).json()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rows": 1},
        {"rows": ["x"]},
        {"rows": [{}], "extra": 1},
        [],
        {"rows": [None]},
    ],
)
def test_predict_from_nonsense_is_a_clear_answer(api, project, owner, body):
    flowers_in_service(project, owner)

    answer = api.post(f"/api/projects/{project.key}/models/flowers/predict/", body)

    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        assert answer.json()["type"] == "validation_error"
    else:
        assert answer.json()["quarantined"]


def test_predict_without_active_version_is_409(api, address):
    answer = api.post(f"{address}predict/", {"rows": [ROW]})

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "not_in_service"


def test_experiment_predicts_before_anything_is_registered(api, project, owner):
    session = trained_session(flowers_draft(project, owner), owner)
    address = f"/api/experiments/{session.experiment_id}/predict/"
    upload = SimpleUploadedFile("a.csv", b"petal,sepal,colour\n1.5,5.1,white\n")

    answer = api.post(address, {"rows": [ROW, {"petal": "wide"}]})
    from_file = api.post(address, {"file": upload}, format="multipart").json()

    body = answer.json()
    assert answer.status_code == 200
    assert (body["experiment"], body["session"]) == (session.experiment_id, session.pk)
    assert [row["prediction"] for row in body["predictions"]] == ["setosa"]
    assert [row["row"] for row in body["quarantined"]] == [1]
    assert from_file["predictions"] == body["predictions"]


def test_experiment_predicts_for_nobody_else(stranger, project, owner):
    session = trained_session(flowers_draft(project, owner), owner)

    answer = signed_in(stranger).post(
        f"/api/experiments/{session.experiment_id}/predict/", {"rows": [ROW]}
    )

    assert answer.status_code == 404


def test_untrained_experiment_does_not_predict(api, project):
    experiment = ExperimentFactory(version__dataset__project=project)

    answer = api.post(f"/api/experiments/{experiment.pk}/predict/", {"rows": [ROW]})

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "no_result"


@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_the_same_questions_for_any_length(
    api, project, count, django_assert_num_queries
):
    for _ in range(count):
        model = RegisteredModelFactory(project=project)
        activate_version(ModelVersionFactory(model=model), actor=None)

    with django_assert_num_queries(3):
        answer = api.get(f"/api/projects/{project.key}/models/")

    assert answer.json()["count"] == count


@pytest.mark.parametrize("count", [1, 3])
def test_versions_ask_the_same_questions_for_any_length(
    api, address, model, count, django_assert_num_queries
):
    for _ in range(count):
        ModelVersionFactory(model=model)

    with django_assert_num_queries(3):
        answer = api.get(f"{address}versions/")

    assert answer.json()["count"] == count
