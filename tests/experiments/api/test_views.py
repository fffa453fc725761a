"""Experiments, sessions and algorithms as programs meet them."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from experiments.models import Experiment, Result, TrainingSession
from projects.services import create_token
from tests.factories.datasets import DatasetVersionFactory, imported_dataset
from tests.factories.experiments import (
    ExperimentFactory,
    ResultFactory,
    SessionFactory,
    flowers,
)


def signed_in(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def flower_table(project, owner):
    return imported_dataset(project, owner, flowers(), name="Flowers")


def body(project, table, **said):
    return {
        "project": project.key,
        "name": "Flowers by knn",
        "dataset": table.pk,
        "algorithm": "knn",
        "target_column": "species",
        "feature_columns": ["petal", "sepal"],
    } | said


@pytest.mark.django_db
def test_experiment_is_created_and_read_again(project, member, flower_table):
    client = signed_in(member)

    made = client.post("/api/experiments/", body(project, flower_table, description=""))
    read = client.get(made.headers["Location"])

    assert made.status_code == 201
    assert made.json() == read.json()
    told = read.json()
    assert (told["project"], told["version"], told["status"]) == (project.key, 1, None)
    assert told["hyperparameters"]["n_neighbors"] == 5
    assert told["split"]["train_ratio"] == 0.8
    assert told["task"] == "classification"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "attr", "words"),
    [
        (
            {"hyperparameters": {"n_neighbors": 0}},
            "hyperparameters.n_neighbors",
            "n_neighbors must be between 1 and 20.",
        ),
        ({"algorithm": "oracle"}, "algorithm", "There is no algorithm “oracle”"),
        ({"target_column": "x"}, "target_column", "There is no target column “x”."),
        ({"feature_columns": ["x"]}, "feature_columns", "There is no column “x”."),
        ({"feature_columns": []}, "feature_columns", "may not be empty"),
        ({"split": {"train_ratio": 2}}, "split.train_ratio", "train_ratio must be"),
        ({"split": {"method": "group"}}, "split", "needs the column that names"),
        ({"preprocessing": "magic"}, "preprocessing", "not a valid choice"),
        ({"version": 99}, "version", "The dataset has no version 99."),
        ({"dataset": 10**6}, "dataset", "There is no dataset 1000000."),
        ({"dataset": 10**30}, "dataset", "less than or equal"),
    ],
)
def test_wrong_value_is_answered_with_its_name(
    project, member, flower_table, said, attr, words
):
    answer = signed_in(member).post(
        "/api/experiments/", body(project, flower_table, **said)
    )

    assert answer.status_code == 400
    assert answer.json()["type"] == "validation_error"
    error = answer.json()["errors"][0]
    assert error["attr"] == attr
    assert words in error["detail"]
    assert not Experiment.objects.exists()


@pytest.mark.django_db
def test_every_column_in_the_way_is_named(project, member, flower_table):
    wrong = body(project, flower_table, feature_columns=["one", "two", "petal"])

    answer = signed_in(member).post("/api/experiments/", wrong)

    details = [error["detail"] for error in answer.json()["errors"]]
    assert details == ["There is no column “one”.", "There is no column “two”."]


@pytest.mark.django_db
def test_dataset_of_another_project_is_no_dataset(project, member):
    foreign = DatasetVersionFactory(active=True)

    answer = signed_in(member).post("/api/experiments/", body(project, foreign.dataset))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "dataset"
    assert not Experiment.objects.exists()


@pytest.mark.django_db
def test_project_one_may_only_look_at_takes_no_experiment(
    project, viewer, flower_table
):
    answer = signed_in(viewer).post("/api/experiments/", body(project, flower_table))

    assert answer.status_code == 403
    assert not Experiment.objects.exists()


@pytest.mark.django_db
def test_stranger_sees_neither_experiments_nor_sessions(project, stranger):
    session = SessionFactory(experiment__version__dataset__project=project)
    client = signed_in(stranger)

    for url in (
        f"/api/experiments/{session.experiment_id}/",
        f"/api/experiments/{session.experiment_id}/download-model/",
        f"/api/sessions/{session.pk}/",
        f"/api/sessions/{session.pk}/log/",
    ):
        assert client.get(url).status_code == 404, url
    for url in ("/api/experiments/", "/api/sessions/"):
        assert client.get(url).json()["count"] == 0, url
    assert client.post(f"/api/sessions/{session.pk}/cancel/").status_code == 404
    session.refresh_from_db()
    assert not session.cancel_requested


@pytest.mark.django_db
def test_only_name_and_description_change(project, member):
    experiment = ExperimentFactory(version__dataset__project=project)

    answer = signed_in(member).patch(
        f"/api/experiments/{experiment.pk}/",
        {"name": "New", "algorithm": "decision_tree", "headline": {"accuracy": 1}},
    )

    experiment.refresh_from_db()
    assert answer.json()["name"] == "New"
    assert (experiment.algorithm, experiment.headline) == ("knn", {})


@pytest.mark.django_db
def test_deleting_needs_an_owner(project, owner, member):
    experiment = ExperimentFactory(version__dataset__project=project)
    url = f"/api/experiments/{experiment.pk}/"

    refused = signed_in(member).delete(url)
    done = signed_in(owner).delete(url)

    assert (refused.status_code, done.status_code) == (403, 204)
    assert not Experiment.objects.exists()


@pytest.mark.django_db
def test_training_answers_with_the_session_and_its_address(
    project, member, flower_table
):
    client = signed_in(member)
    made = client.post("/api/experiments/", body(project, flower_table)).json()

    answer = client.post(
        f"/api/experiments/{made['id']}/train/", headers={"Prefer": "wait=1"}
    )

    session = TrainingSession.objects.get()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/sessions/{session.pk}/"
    assert answer.json()["status"] == "pending"
    again = client.post(f"/api/experiments/{made['id']}/train/")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (
        409, "session_running",
    )  # fmt: skip


@pytest.mark.django_db
def test_key_that_comes_again_starts_nothing_again(project, member, flower_table):
    client = signed_in(member)
    made = client.post("/api/experiments/", body(project, flower_table)).json()
    url, headers = f"/api/experiments/{made['id']}/train/", {"Idempotency-Key": "once"}

    first = client.post(url, headers=headers)
    second = client.post(url, headers=headers)

    assert first.json()["id"] == second.json()["id"]
    assert second.headers["Location"] == first.headers["Location"]
    assert TrainingSession.objects.count() == 1


@pytest.mark.django_db
def test_completed_session_tells_all_it_found(classified, owner):
    told = signed_in(owner).get(f"/api/sessions/{classified.pk}/").json()

    assert (told["status"], told["progress"], told["eta_seconds"]) == (
        "completed",
        1,
        None,
    )
    assert told["metrics"]["test"]["accuracy"] == 1
    assert len(told["metrics"]["cross_validation"]["accuracy"]["folds"]) == 3
    assert told["baseline"]["name"] == "most_frequent"
    assert told["confusion_matrix"]["labels"] == ["setosa", "versicolor", "virginica"]
    assert set(told["curves"]) == {"roc", "pr", "calibration"}
    assert told["feature_importance"][0]["feature"]
    assert told["model_artifact"] == classified.result.filename
    assert told["history"] == []
    assert told["training_time_seconds"] > 0


@pytest.mark.django_db
def test_session_under_way_says_how_far_it_is(project, owner):
    session = SessionFactory(
        experiment__version__dataset__project=project,
        status="training",
        progress=0.5,
        phase="fold 2 of 4",
        log="10:00:00 Fold 1 of 4.\n",
    )
    client = signed_in(owner)

    told = client.get(f"/api/sessions/{session.pk}/").json()
    log = client.get(f"/api/sessions/{session.pk}/log/").json()

    assert (told["progress"], told["phase"], told["metrics"]) == (
        0.5,
        "fold 2 of 4",
        None,
    )
    assert log["log"] == "10:00:00 Fold 1 of 4.\n"


@pytest.mark.django_db
def test_cancel_stops_and_then_conflicts(project, member):
    session = SessionFactory(experiment__version__dataset__project=project)
    client = signed_in(member)
    url = f"/api/sessions/{session.pk}/cancel/"

    first, second = client.post(url), client.post(url)

    assert (first.status_code, first.json()["status"]) == (200, "cancelled")
    assert second.status_code == 409
    assert second.json()["errors"][0]["code"] == "session_state"


@pytest.mark.django_db
def test_sessions_are_filtered(project, owner):
    done, failed = (
        SessionFactory(experiment__version__dataset__project=project, status=status)
        for status in ("completed", "failed")
    )
    client = signed_in(owner)

    by_status = client.get("/api/sessions/", {"status": "failed"}).json()
    by_experiment = client.get(
        "/api/sessions/", {"experiment": done.experiment_id}
    ).json()
    by_project = client.get("/api/sessions/", {"project": project.key}).json()
    wrong = client.get("/api/sessions/", {"project": "nowhere"})
    vast = client.get("/api/sessions/", {"experiment": 10**30})

    assert [row["id"] for row in by_status["results"]] == [failed.pk]
    assert [row["id"] for row in by_experiment["results"]] == [done.pk]
    assert by_project["count"] == 2
    assert (wrong.status_code, vast.status_code) == (400, 400)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("url", "queries"), [("experiments", 3), ("sessions", 2)])
def test_lists_take_the_same_queries_for_one_and_three(
    project, owner, count, url, queries
):
    for _ in range(count):
        experiment = ExperimentFactory(version__dataset__project=project)
        SessionFactory(experiment=experiment, latest=True)
    client = signed_in(owner)

    with CaptureQueriesContext(connection) as captured:
        answer = client.get(f"/api/{url}/")

    assert answer.json()["count"] == count
    assert len(captured) == queries


@pytest.mark.django_db
def test_list_tells_of_each_what_its_own_address_tells(project, owner):
    trained = ExperimentFactory(
        version__dataset__project=project,
        headline={"accuracy": 0.5},
        search={"method": "grid"},
        created_by=owner,
    )
    SessionFactory(experiment=trained, latest=True)
    newest = ExperimentFactory(version__dataset__project=project)
    client = signed_in(owner)

    listed = client.get("/api/experiments/").json()["results"]

    assert [row["id"] for row in listed] == [newest.pk, trained.pk]
    assert listed == [client.get(f"/api/experiments/{r['id']}/").json() for r in listed]


@pytest.mark.django_db
def test_experiments_are_ordered_by_a_metric(project, owner):
    for name, value in (("low", 0.1), ("high", 0.9)):
        ExperimentFactory(
            version__dataset__project=project, name=name, headline={"accuracy": value}
        )

    answer = signed_in(owner).get("/api/experiments/", {"ordering": "-accuracy"}).json()

    assert [row["name"] for row in answer["results"]] == ["high", "low"]


@pytest.mark.django_db
def test_comparison_comes_as_pdf_and_its_refusal_as_json(project, owner):
    ids = [
        ResultFactory(
            session__experiment__version__dataset__project=project
        ).session.experiment_id
        for _ in range(2)
    ]
    client = signed_in(owner)

    report = client.post("/api/experiments/compare/?format=pdf", {"experiments": ids})
    refused = client.post("/api/experiments/compare/?format=csv", {"experiments": []})

    assert (report.status_code, report["Content-Type"]) == (200, "application/pdf")
    assert report.content.startswith(b"%PDF-")
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/json")
    assert refused.json()["errors"][0]["attr"] == "experiments"


@pytest.mark.django_db
def test_experiments_are_compared_as_json_and_csv(project, owner):
    ids = [
        ResultFactory(
            session__experiment__version__dataset__project=project
        ).session.experiment_id
        for _ in range(2)
    ]
    client = signed_in(owner)

    told = client.post("/api/experiments/compare/", {"experiments": ids}).json()
    table = client.post("/api/experiments/compare/?format=csv", {"experiments": ids})

    assert told["same_split"]
    accuracy = {"metric": "accuracy", "values": [0.9, 0.9], "best": 0.9}
    assert accuracy in told["metrics"]
    rows = list(csv.reader(io.StringIO(table.content.decode())))
    assert ["accuracy", "0.9", "0.9"] in rows


@pytest.mark.django_db
def test_read_token_compares_but_does_not_train(project, owner):
    experiments = [
        ExperimentFactory(version__dataset__project=project) for _ in range(2)
    ]
    _, secret = create_token(owner, name="reader", scope="read", days=1)
    client = APIClient(headers={"authorization": f"Bearer {secret}"})
    ids = [experiment.pk for experiment in experiments]

    compared = client.post("/api/experiments/compare/", {"experiments": ids})
    trained = client.post(f"/api/experiments/{ids[0]}/train/")

    assert (compared.status_code, trained.status_code) == (200, 403)


@pytest.mark.django_db
def test_comparing_with_a_foreign_experiment_is_not_found(project, owner):
    own = ExperimentFactory(version__dataset__project=project)
    foreign = ExperimentFactory()

    answer = signed_in(owner).post(
        "/api/experiments/compare/", {"experiments": [own.pk, foreign.pk]}
    )

    assert answer.status_code == 404


@pytest.mark.django_db
def test_model_is_downloaded_or_said_not_to_be_there(project, classified, owner):
    bare = ExperimentFactory(version__dataset__project=project)
    client = signed_in(owner)

    model = client.get(f"/api/experiments/{classified.experiment_id}/download-model/")
    none = client.get(f"/api/experiments/{bare.pk}/download-model/")

    assert len(b"".join(model.streaming_content)) == classified.result.artifact_size
    refusal = none.json()["errors"][0]
    assert (none.status_code, refusal["code"]) == (409, "no_result")
    assert refusal["detail"].startswith("Model not found: no session")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("signature", "sentence"),
    [
        ("", "before an administrator trusts it"),
        ("c" * 64, "is not signed by this installation"),
    ],
)
def test_model_that_nobody_signed_here_is_not_handed_out(
    classified, owner, signature, sentence
):
    Result.objects.filter(session=classified).update(artifact_hmac=signature)
    client = signed_in(owner)

    answer = client.get(f"/api/experiments/{classified.experiment_id}/download-model/")

    assert answer.status_code == 409
    assert sentence in answer.json()["errors"][0]["detail"]


@pytest.mark.django_db
def test_catalogue_lists_algorithms_and_their_parameters(owner):
    client = signed_in(owner)

    names = [entry["name"] for entry in client.get("/api/algorithms/").json()]
    one = client.get("/api/algorithms/knn/").json()
    parameters = client.get("/api/algorithms/knn/params/").json()

    assert names[:2] == ["knn", "naive_bayes_gaussian"]
    assert (one["task"], one["missing"]) == ("classification", "refused")
    assert parameters["defaults"]["n_neighbors"] == 5
    assert parameters["bounds"]["n_neighbors"] == {"min": 1, "max": 20}
    assert parameters["bounds"]["weights"] == {"choices": ["uniform", "distance"]}
    assert parameters["schema"]["properties"]["metric"]["default"] == "euclidean"
    assert client.get("/api/algorithms/oracle/").status_code == 404


@pytest.mark.django_db
def test_features_are_validated_without_saving_anything(project, viewer, flower_table):
    client = signed_in(viewer)
    asked = {
        "dataset": flower_table.pk,
        "algorithm": "knn",
        "target_column": "species",
        "feature_columns": ["petal", "sepal"],
    }

    good = client.post("/api/validate-features/", asked).json()
    bad = client.post(
        "/api/validate-features/", asked | {"feature_columns": ["petal", "petals"]}
    ).json()

    assert (good["valid"], good["problems"]) == (True, [])
    # Of the ninety flowers many are alike, and the petal tells the species.
    told = {(warning["column"], warning["code"]) for warning in good["warnings"]}
    assert told == {("petal", "gives_answer"), (None, "repeated_rows")}
    together = {"split": {"keep_duplicates_together": True}}
    kept = client.post("/api/validate-features/", asked | together).json()
    assert [warning["code"] for warning in kept["warnings"]] == ["gives_answer"]
    folds = {"split": {"cv_folds": 1}}
    refused = client.post("/api/validate-features/", asked | folds)
    assert refused.json()["errors"][0]["attr"] == "split.cv_folds"
    assert not bad["valid"]
    assert bad["problems"][0] == {
        "column": "petals", "code": "absent", "detail": "There is no column “petals”.",
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("pk", ["0", "9" * 18, "9" * 40, "abc", "-1"])
def test_id_that_is_not_there_is_not_found(owner, pk):
    client = signed_in(owner)

    assert client.get(f"/api/experiments/{pk}/").status_code == 404
    assert client.get(f"/api/sessions/{pk}/").status_code == 404
