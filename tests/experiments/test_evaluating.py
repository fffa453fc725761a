"""A model tried on other rows: started, done by a worker, shown beside the original."""

from __future__ import annotations

import pytest
from django.urls import reverse

from datamine import files
from datamine.work.children import run_inline
from experiments.evaluating import start_evaluation
from experiments.exceptions import NotEvaluableError
from experiments.models import Evaluation
from tests.factories.datasets import imported_dataset
from tests.factories.experiments import (
    draft_on,
    flowers,
    flowers_draft,
    trained_session,
)


@pytest.fixture
def session(project, owner, own_files):
    return trained_session(flowers_draft(project, owner), owner)


@pytest.fixture
def others(project, owner):
    """Sixty more flowers, one of a species nobody has heard of."""
    table = flowers(60).replace(b"virginica", b"unheard", 1)
    return imported_dataset(project, owner, table, name="Others").active_version


def evaluated(session, version, owner) -> Evaluation:
    made = start_evaluation(session.result, version, actor=owner)
    run_inline(made)
    made.refresh_from_db()
    return made


def page_of(session):
    place = [session.experiment_id, session.number]
    return reverse("experiments:evaluate", args=place)


@pytest.mark.django_db
def test_model_is_tried_on_another_dataset(session, others, owner):
    made = evaluated(session, others, owner)

    assert (made.status, made.error_message) == ("completed", "")
    assert made.metrics["accuracy"] == 1.0
    assert (made.details["rows"], made.details["unknown_class"]) == (59, 1)
    assert made.details["learned_from"] == 0
    assert made.details["confusion_matrix"]["labels"][0] == "setosa"


@pytest.mark.django_db
def test_the_very_file_uploaded_again_is_refused(project, session, owner):
    again = imported_dataset(project, owner, flowers(), name="Again").active_version

    with pytest.raises(NotEvaluableError, match="is the very file the model learned"):
        start_evaluation(session.result, again, actor=owner)


@pytest.mark.django_db
def test_rows_of_the_gap_are_as_good_as_learned(project, owner, own_files):
    lines = flowers().decode().splitlines()
    days = ["day", *(f"2024-{1 + n // 28:02}-{1 + n % 28:02}" for n in range(90))]
    table = "\n".join(map(",".join, zip(lines, days, strict=True))) + "\n"
    dataset = imported_dataset(project, owner, table.encode(), name="Days")
    split = {"method": "time", "time_column": "day", "gap": 5, "train_ratio": 0.6}
    draft = draft_on(dataset, "species", "petal", "sepal", split=split)
    session = trained_session(draft, owner)
    assert session.status == "completed", session.error_message

    made = evaluated(session, dataset.active_version, owner)

    matrix = session.result.details["confusion_matrix"]["matrix"]
    assert made.details["rows"] == sum(map(sum, matrix))


@pytest.mark.django_db
def test_rows_the_model_learned_from_are_left_out(session, owner):
    made = evaluated(session, session.base_version, owner)

    assert made.details["learned_from"] == 72
    assert made.details["rows"] == 18
    assert made.metrics["accuracy"] == session.result.metrics["test"]["accuracy"]


@pytest.mark.django_db
def test_version_without_the_columns_is_refused(session, project, owner):
    table = b"petal,other\n1.5,2\n2.5,3\n"
    other = imported_dataset(project, owner, table, name="Lacking").active_version

    with pytest.raises(NotEvaluableError, match="lacks “sepal”, “colour”, “species”"):
        start_evaluation(session.result, other, actor=owner)

    assert not Evaluation.objects.exists()


@pytest.mark.django_db
def test_model_that_is_gone_fails_with_a_sentence(session, others, owner):
    files.delete(session.result.artifact)

    made = evaluated(session, others, owner)

    assert made.status == "failed"
    assert "Restore it from a backup, or train the experiment again" in (
        made.error_message
    )


@pytest.mark.django_db
def test_rows_of_no_known_class_give_no_figure(session, project, owner):
    table = flowers(9)
    for name in (b"setosa", b"versicolor", b"virginica"):
        table = table.replace(name, b"unheard")
    other = imported_dataset(project, owner, table, name="Unheard").active_version

    made = evaluated(session, other, owner)

    assert made.status == "failed"
    assert "9 of a class the model does not know" in made.error_message


@pytest.mark.django_db
def test_page_starts_one_and_shows_it_beside_the_original(
    client, session, others, owner
):
    client.force_login(owner)

    client.post(page_of(session), {"version": others.pk})
    waiting = client.get(page_of(session)).content.decode()
    run_inline(Evaluation.objects.get())
    page = client.get(page_of(session)).content.decode()

    assert "hx-trigger" in waiting
    assert "hx-get" not in page.split('id="evaluations"')[1]
    assert "When it was tested" in page
    assert "1 of a class the model does not know" in page


@pytest.mark.django_db
def test_version_of_another_project_is_no_choice(client, session, owner, stranger):
    from tests.factories.projects import ProjectFactory  # noqa: PLC0415 -- app ready

    foreign = imported_dataset(ProjectFactory(), stranger, flowers(), name="Foreign")
    client.force_login(owner)

    response = client.post(page_of(session), {"version": foreign.active_version_id})

    assert response.context["form"].errors
    assert not Evaluation.objects.exists()


@pytest.mark.django_db
def test_viewer_looks_and_stranger_does_not(client, session, others, viewer, stranger):
    client.force_login(viewer)
    assert client.get(page_of(session)).status_code == 200
    assert client.post(page_of(session), {"version": others.pk}).status_code == 403

    client.force_login(stranger)
    assert client.get(page_of(session)).status_code == 404
    assert not Evaluation.objects.exists()


@pytest.mark.django_db
def test_api_starts_one_and_tells_how_far_it_is(client, session, others, owner):
    client.force_login(owner)
    address = f"/api/experiments/{session.experiment_id}/evaluate/"
    json_type = {"content_type": "application/json"}

    started = client.post(address, {"dataset": others.dataset_id}, **json_type)
    run_inline(Evaluation.objects.get())
    done = client.get(started.headers["Location"]).json()
    refused = client.post(address, {"dataset": 10**9}, **json_type)

    assert started.status_code == 202
    assert started.json()["status"] == "pending"
    assert (done["status"], done["metrics"]["accuracy"]) == ("completed", 1.0)
    assert refused.status_code == 400


@pytest.mark.django_db
def test_evaluation_is_no_strangers_business(client, session, others, owner, stranger):
    made = evaluated(session, others, owner)
    client.force_login(stranger)

    assert client.get(f"/api/evaluations/{made.pk}/").status_code == 404
