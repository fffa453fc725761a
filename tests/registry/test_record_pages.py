"""Pages of records and of retraining: doors, forms, what they say."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registry.models import Record, Retraining
from tests.factories.registry import RegisteredModelFactory, flowers_in_service

pytestmark = pytest.mark.django_db

ROW = {"f0": "1.5", "f1": "5.1", "f2": "white"}


@pytest.fixture
def model(project, owner):
    return flowers_in_service(project, owner).model


@pytest.fixture
def page_of(client, owner, model):
    """Return the address of a page of the model, seen by its owner."""
    client.force_login(owner)
    return lambda name, *words: reverse(f"registry:{name}", args=[model.pk, *words])


def test_predict_and_keep_makes_one_record_and_change_none(client, page_of):
    client.post(page_of("predict"), ROW, headers={"HX-Request": "true"})
    assert not Record.objects.exists()

    page = client.post(page_of("predict"), {**ROW, "store": "1"})

    assert f"kept as record {Record.objects.get().pk}" in page.text


def test_file_is_kept_where_ticked(client, page_of):
    content = b"petal,sepal,colour\n1.5,5.1,white\nwide,5,red\n"

    for more in ({}, {"store": "1"}):
        upload = SimpleUploadedFile("a.csv", content)
        client.post(page_of("predict_file"), {"file": upload, **more})

    assert Record.objects.count() == 1


def test_outcome_is_told_on_the_page(client, page_of):
    client.post(page_of("predict"), {**ROW, "store": "1"})
    record = Record.objects.get()

    asked = client.get(page_of("records"))
    client.post(page_of("outcome", record.pk), {"actual": "setosa"})
    wrong = client.post(page_of("outcome", record.pk), {"actual": "<b>"}, follow=True)
    told = client.get(page_of("records"), {"told": "1"})

    assert "least certain first" in asked.text
    assert "&lt;b&gt;” is no value of" in wrong.text
    assert "1 of 1" in told.text
    record.refresh_from_db()
    assert record.is_right


def test_download_filled_in_comes_back_as_outcomes(client, page_of):
    for _ in range(2):
        client.post(page_of("predict"), {**ROW, "store": "1"})
    table = client.get(page_of("records_csv")).getvalue().decode().splitlines()
    filled = [table[0], *(f"{line}setosa" for line in table[1:])]

    page = client.post(
        page_of("outcomes"),
        {"file": SimpleUploadedFile("told.csv", "\n".join(filled).encode())},
        follow=True,
    )

    assert "2 outcomes are kept." in page.text
    assert Record.objects.labelled().count() == 2


def test_file_of_outcomes_that_is_no_table_is_a_sentence(client, page_of):
    picture = SimpleUploadedFile("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(100))

    page = client.post(page_of("outcomes"), {"file": picture}, follow=True)

    assert page.status_code == 200
    assert not Record.objects.labelled().exists()


def test_retrain_page_previews_then_starts(client, page_of, model):
    form = client.get(page_of("retrain"))
    rows = model.active_version.session.experiment.version
    said = {"source": "dataset", "rows": rows.pk, "p-max_depth": "2"}

    part = client.post(page_of("retrain"), said, headers={"HX-Request": "true"})
    done = client.post(page_of("retrain"), {**said, "start": "1"})

    assert "Start training" in form.text
    assert "<html" not in part.text
    assert "90 rows" in part.text
    retraining = Retraining.objects.get()
    assert done.url == f"{model.get_absolute_url()}#trainings"
    live = retraining.get_absolute_url()
    assert "Cancel" in client.get(live).text
    client.post(page_of("cancel_retraining", retraining.pk))
    assert "was cancelled" in client.get(live).text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"source": "dataset", "rows": "999"}, "not one of the available choices"),
        ({"source": "dataset"}, "Choose the dataset version"),
        ({"source": "records"}, "0 records of"),
        ({"source": "moon"}, "moon is not one of the available choices"),
    ],
)
def test_retrain_page_says_what_does_not_fit(client, page_of, said, told):
    page = client.post(page_of("retrain"), {**said, "start": "1"})

    assert page.status_code == 200
    assert told in page.text
    assert not Retraining.objects.exists()


def test_retrain_without_a_version_goes_back_with_a_sentence(client, owner, project):
    bare = RegisteredModelFactory(project=project)
    client.force_login(owner)

    page = client.get(reverse("registry:retrain", args=[bare.pk]), follow=True)

    assert "register a session first" in page.text
