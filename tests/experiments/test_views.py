"""The pages of experiments: each door with who may pass and what goes wrong."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from datamine import files
from experiments.models import Experiment, TrainingSession
from tests.factories.experiments import (
    ExperimentFactory,
    ResultFactory,
    SessionFactory,
)

# The list


@pytest.mark.django_db
def test_list_without_experiments_says_what_to_do(client, project, owner):
    client.force_login(owner)

    page = client.get(reverse("experiments:list", args=[project.key])).content.decode()

    assert "No experiments yet" in page
    assert reverse("experiments:create", args=[project.key]) in page


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_and_three(client, project, owner, count):
    for _ in range(count):
        experiment = ExperimentFactory(version__dataset__project=project)
        SessionFactory(experiment=experiment, latest=True)
    client.force_login(owner)
    client.get("/")

    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("experiments:list", args=[project.key]))

    assert len(queries) == 12


@pytest.mark.django_db
@pytest.mark.parametrize(("algorithm", "is_offered"), [("knn", False), ("stars", True)])
def test_list_sorts_by_metrics_that_the_project_may_have(
    client, project, owner, algorithm, is_offered
):
    ExperimentFactory(version__dataset__project=project, algorithm=algorithm)
    ExperimentFactory(algorithm="stars")
    client.force_login(owner)

    page = client.get(reverse("experiments:list", args=[project.key])).text

    assert ("Periods within 1 %" in page, "Accuracy" in page) == (is_offered, True)
    assert "Depth, mean error" not in page


@pytest.mark.django_db
def test_list_sorts_by_a_metric_with_unknown_ones_last(client, project, owner):
    for name, headline in (
        ("low", {"accuracy": 0.4}),
        ("none", {}),
        ("high", {"accuracy": 0.9}),
    ):
        ExperimentFactory(
            version__dataset__project=project, name=name, headline=headline
        )
    client.force_login(owner)

    response = client.get(
        reverse("experiments:list", args=[project.key]), {"sort": "-accuracy"}
    )

    names = [row["name"] for row in response.context["rows"]]
    assert names == ["high", "low", "none"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"search": "bet"}, ["Beta"]),
        ({"algorithm": "knn"}, ["Alpha"]),
        ({"status": "failed"}, ["Beta"]),
        ({"created_before": "2020-01-01"}, []),
        ({"created_after": "2020-01-01", "sort": "name"}, ["Alpha", "Beta"]),
        ({"created_after": "yesterday"}, []),
        ({"sort": "owner__password"}, ["Beta", "Alpha"]),
        ({"page": "999"}, ["Beta", "Alpha"]),
    ],
)
def test_list_is_narrowed_by_what_the_address_says(
    client, project, owner, query, names
):
    ExperimentFactory(version__dataset__project=project, name="Alpha")
    beta = ExperimentFactory(
        version__dataset__project=project, name="Beta", algorithm="decision_tree"
    )
    SessionFactory(experiment=beta, status="failed", latest=True)
    client.force_login(owner)

    response = client.get(reverse("experiments:list", args=[project.key]), query)

    assert [row["name"] for row in response.context["rows"]] == names


@pytest.mark.django_db
def test_list_shows_nothing_of_other_projects(client, project, stranger):
    secret = ExperimentFactory(version__dataset__project=project, name="Secret")
    client.force_login(stranger)

    response = client.get(reverse("experiments:list", args=[project.key]))

    assert (secret.project, response.status_code) == (project, 404)


# Sessions and results


@pytest.mark.django_db
def test_untrained_experiment_offers_to_start(client, project, owner):
    experiment = ExperimentFactory(version__dataset__project=project)
    client.force_login(owner)

    page = client.get(experiment.get_absolute_url()).content.decode()

    assert "has not been trained yet" in page
    assert reverse("experiments:train", args=[experiment.pk]) in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "advice"),
    [
        ({"batch_size": 32}, "correct the data, or use a smaller batch."),
        ({"n_neighbors": 5}, "correct the data, or use fewer rows or columns."),
    ],
)
def test_failed_session_advises_what_its_algorithm_has(
    client, project, owner, values, advice
):
    session = SessionFactory(
        experiment__version__dataset__project=project,
        experiment__hyperparameters=values,
        status="failed",
    )
    client.force_login(owner)

    page = client.get(session.get_absolute_url()).content.decode()

    assert [advice in page, "smaller batch" in page] == [True, "batch_size" in values]


@pytest.mark.django_db
def test_waiting_session_asks_for_itself_until_the_end(client, project, owner):
    session = SessionFactory(experiment__version__dataset__project=project)
    client.force_login(owner)
    headers = {"HX-Request": "true"}

    waiting = client.get(session.get_absolute_url(), headers=headers).content.decode()
    TrainingSession.objects.update(status="failed", error_message="No rows were left.")
    over = client.get(session.get_absolute_url(), headers=headers).content.decode()

    assert 'hx-trigger="load delay:300ms"' in waiting
    assert "hx-trigger" not in over
    assert "<strong>Training failed</strong>: No rows were left." in over


@pytest.mark.django_db
def test_live_session_never_claims_to_be_complete(client, project, owner):
    session = SessionFactory(
        experiment__version__dataset__project=project,
        status="training",
        progress=0.99,
        phase="fold 3 of 3",
        log="10:00:00 Reading version 1.\n10:00:01 Fold 1 of 3.\n",
        attempts=2,
        history=[{"epoch": 1, "train_loss": 0.5}, {"epoch": 2, "train_loss": 0.25}],
    )
    client.force_login(owner)

    page = client.get(session.get_absolute_url()).content.decode()

    assert "fold 3 of 3" in page
    assert "<dt>Epoch 2</dt><dd>loss 0.2500</dd>" in page
    assert "2 of 3" in page
    assert "<time>10:00:01</time> Fold 1 of 3." in page
    assert "100" not in page.split("<progress")[1].split("</progress>")[0]


@pytest.mark.django_db
def test_session_that_lost_its_worker_does_not_wait_since_it_was_made(
    client, project, owner
):
    session = SessionFactory(
        experiment__version__dataset__project=project, attempts=1, status="pending"
    )
    client.force_login(owner)
    new = client.get(session.get_absolute_url()).content.decode()

    TrainingSession.objects.update(started_at=timezone.now())

    lost = client.get(session.get_absolute_url()).content.decode()
    assert ["Waiting for a worker for" in page for page in (new, lost)] == [True, False]
    assert "It waits for another, which goes on from what was kept." in lost


@pytest.mark.django_db
def test_results_show_figures_beside_their_baseline(client, classified, owner):
    client.force_login(owner)

    page = client.get(classified.experiment.get_absolute_url()).content.decode()

    assert "over the most frequent class" in page
    assert "Confusion: true class in rows" in page
    assert "Permutation importance" in page
    assert reverse("registry:register") in page
    for name in ("roc", "pr", "calibration"):
        assert (
            reverse("experiments:chart", args=[classified.experiment_id, 1, name])
            in page
        )


@pytest.mark.django_db
def test_regression_shows_its_residuals(client, regressed, owner):
    client.force_login(owner)

    page = client.get(regressed.get_absolute_url()).content.decode()

    assert "Residuals of the tested rows" in page
    assert "over the mean" in page
    assert "Confusion" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["roc", "pr", "calibration"])
def test_chart_is_vega_lite_with_words(client, classified, owner, name):
    client.force_login(owner)

    response = client.get(
        reverse("experiments:chart", args=[classified.experiment_id, 1, name])
    )

    spec = response.json()
    assert spec["$schema"].endswith("vega-lite/v6.json")
    assert "setosa" in spec["description"]
    assert 0 < len(spec["data"]["values"]) <= 5000


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("roc", ["class", "order", "fpr", "tpr"]),
        ("confusion", ["", "setosa", "versicolor", "virginica"]),
        ("report", ["label", "precision", "recall", "f1", "support"]),
        ("importances", ["feature", "permutation", "permutation_std", "native"]),
    ],
)
def test_data_behind_a_chart_or_table_is_csv(client, classified, owner, name, head):
    client.force_login(owner)

    response = client.get(
        reverse("experiments:data", args=[classified.experiment_id, 1, name])
    )

    assert next(csv.reader(io.StringIO(response.content.decode()))) == head
    assert response.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["residuals", "folds", "nothing"])
def test_data_a_result_does_not_have_is_not_found(client, project, owner, name):
    result = ResultFactory(session__experiment__version__dataset__project=project)
    client.force_login(owner)
    session = result.session

    response = client.get(
        reverse("experiments:data", args=[session.experiment_id, session.number, name])
    )

    assert response.status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["residuals", "dependence_6", "epochs", "nothing"])
def test_chart_a_result_does_not_have_is_not_found(client, classified, owner, name):
    client.force_login(owner)

    response = client.get(
        reverse("experiments:chart", args=[classified.experiment_id, 1, name])
    )

    assert response.status_code == 404


@pytest.mark.django_db
def test_folds_are_listed_one_by_one(client, classified, owner):
    client.force_login(owner)

    response = client.get(
        reverse("experiments:data", args=[classified.experiment_id, 1, "folds"])
    )

    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert [row["fold"] for row in rows] == ["1", "2", "3"]


@pytest.mark.django_db
def test_metrics_and_plan_can_be_downloaded(client, classified, owner):
    client.force_login(owner)
    arguments = [classified.experiment_id, 1]

    told = client.get(reverse("experiments:metrics_json", args=arguments))
    table = client.get(reverse("experiments:metrics_csv", args=arguments))

    content = json.loads(told.content)
    assert content["plan"]["target"] == "species"
    assert content["split_digest"] == classified.result.split_digest
    lines = table.content.decode().splitlines()
    assert lines[0] == "part,metric,value,std"
    assert "test,accuracy,1.0," in lines


@pytest.mark.django_db
def test_model_is_downloaded_under_its_own_name(client, classified, owner):
    client.force_login(owner)

    response = client.get(
        reverse("experiments:model", args=[classified.experiment_id, 1])
    )

    content = b"".join(response.streaming_content)
    assert len(content) == classified.result.artifact_size
    assert classified.result.filename in response.headers["Content-Disposition"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda path: path.write_bytes(b"zip" + path.read_bytes()[3:]), "is not the"),
        (lambda path: path.unlink(), "is gone"),
    ],
)
def test_damaged_model_is_not_given_out(
    client, classified, owner, caplog, damage, sentence
):
    damage(files.local_path(classified.result.artifact))
    client.force_login(owner)
    pages = reverse("experiments:model", args=[classified.experiment_id, 1])

    page = client.get(pages, follow=True)
    answer = client.get(f"/api/experiments/{classified.experiment_id}/download-model/")

    assert page.redirect_chain == [(classified.get_absolute_url(), 302)]
    assert f"The model&#x27;s file {sentence}" in page.content.decode()
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["code"]) == (409, "damaged")
    assert f"The model's file {sentence}" in error["detail"]
    assert classified.result.artifact in caplog.text


@pytest.mark.django_db
def test_train_again_starts_the_next_session(client, classified, member):
    client.force_login(member)

    response = client.post(
        reverse("experiments:train", args=[classified.experiment_id])
    )

    started = TrainingSession.objects.get(number=2)
    assert response.headers["Location"] == started.get_absolute_url()


@pytest.mark.django_db
def test_training_twice_at_once_is_refused_in_words(client, project, member):
    session = SessionFactory(experiment__version__dataset__project=project)
    client.force_login(member)

    response = client.post(
        reverse("experiments:train", args=[session.experiment_id]), follow=True
    )

    assert "is under way; wait for its end" in response.content.decode()
    assert TrainingSession.objects.count() == 1


@pytest.mark.django_db
def test_cancel_stops_a_waiting_session_once(client, project, member):
    session = SessionFactory(experiment__version__dataset__project=project)
    client.force_login(member)
    url = reverse("experiments:cancel", args=[session.experiment_id, session.number])

    client.post(url)
    again = client.post(url, follow=True)

    session.refresh_from_db()
    assert session.status == "cancelled"
    assert "there is nothing to cancel" in again.content.decode()


@pytest.mark.django_db
def test_delete_names_what_is_lost_then_deletes(client, project, owner):
    session = SessionFactory(experiment__version__dataset__project=project)
    client.force_login(owner)
    url = reverse("experiments:delete", args=[session.experiment_id])

    asked = client.get(url).content.decode()
    client.post(url)

    assert "1 session with its result and model" in asked
    assert not Experiment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["train", "delete"])
def test_viewer_may_not_change_an_experiment(client, project, viewer, name):
    experiment = ExperimentFactory(version__dataset__project=project)
    client.force_login(viewer)

    response = client.post(reverse(f"experiments:{name}", args=[experiment.pk]))

    assert response.status_code == 403
    assert Experiment.objects.exists()
    assert not TrainingSession.objects.exists()


# Comparing


@pytest.mark.django_db
def test_compare_shows_differences_and_marks_other_rows(client, project, owner):
    first, second = (
        ResultFactory(
            session__experiment__version__dataset__project=project,
            session__experiment__algorithm="knn",
            session__experiment__hyperparameters={"n_neighbors": neighbours},
            split_digest=str(neighbours) * 64,
        ).session.experiment
        for neighbours in (3, 5)
    )
    client.force_login(owner)

    response = client.get(
        reverse("experiments:compare", args=[project.key]),
        {"ids": [second.pk, first.pk]},
    )

    comparison = response.context["comparison"]
    assert comparison.experiments == [second, first]
    assert ("n_neighbors", (5, 3)) in [
        (d.title, d.values) for d in comparison.differences
    ]
    assert not comparison.same_split
    shown = response.content.decode()
    assert "Not all of these were tested on the same rows" in shown
    assert '<th scope="row">Neighbours (rows)</th>' in shown


@pytest.mark.django_db
def test_compare_csv_holds_what_the_page_shows(client, project, owner):
    results = [
        ResultFactory(
            session__experiment__version__dataset__project=project,
            session__experiment__name=name,
        )
        for name in ("=1+1", "plain")
    ]
    ids = ",".join(str(result.session.experiment_id) for result in results)
    client.force_login(owner)

    response = client.get(
        reverse("experiments:compare_csv", args=[project.key]), {"ids": ids}
    )

    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert rows[0] == ["", "'=1+1", "plain"]
    assert ["accuracy", "0.9", "0.9"] in rows


@pytest.mark.django_db
@pytest.mark.parametrize("ids", ["1,x", "999999", "9" * 30, "-1"])
def test_compare_of_what_is_not_there_is_not_found(client, project, owner, ids):
    client.force_login(owner)

    response = client.get(
        reverse("experiments:compare", args=[project.key]), {"ids": ids}
    )

    assert response.status_code == 404


@pytest.mark.django_db
def test_compare_with_an_experiment_of_another_project_is_not_found(
    client, project, owner
):
    own = ExperimentFactory(version__dataset__project=project)
    foreign = ExperimentFactory()
    client.force_login(owner)

    response = client.get(
        reverse("experiments:compare", args=[project.key]),
        {"ids": [own.pk, foreign.pk]},
    )

    assert response.status_code == 404
