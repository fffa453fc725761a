"""The page of a file that was answered: every part of an answer, and how many rows."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from datamine.templatetags.display import number
from experiments.learning.predictions import Predictions
from registry import serving
from registry.models import Record
from tests.factories.registry import flowers_in_service, houses_in_service

pytestmark = pytest.mark.django_db

FLOWERS = b"petal,sepal,colour\n1.5,5.1,white\nwide,5,red\n"
HOUSES = b"area,rooms\n50.5,2\n61.5,3\n"


def page_of(client, version, content: bytes, **more):
    address = reverse("registry:predict_file", args=[version.model_id])
    return client.post(address, {"file": SimpleUploadedFile("r.csv", content), **more})


def test_each_class_has_its_probability(client, owner, project):
    version = flowers_in_service(project, owner)
    client.force_login(owner)

    page = page_of(client, version, FLOWERS).text

    for label in ("setosa", "versicolor", "virginica"):
        assert f'<th scope="col" class="number">{label}</th>' in page
    assert "1 row answered by" in page


def test_many_classes_have_none_beside_each_other():
    names = tuple(f"class {n}" for n in range(serving.MOST_CLASSES + 1))
    shares = [[1.0] + [0.0] * serving.MOST_CLASSES]
    found = Predictions([0], ["class 0"], np.array(shares), names)

    answer = serving.Answer({}, "kind", found)

    assert answer.labels == []
    assert answer.shown[0]["probability"] == 1.0


def test_numbers_of_a_model_and_what_is_beside_them(client, owner, project):
    version = houses_in_service(project, owner)
    client.force_login(owner)

    page = page_of(client, version, HOUSES, store="1").text
    answer = serving.predict_rows(version, [{"area": 50.5, "rooms": 2}])

    assert "2 rows answered by" in page
    assert "Probability" not in page
    for row in answer.predictions:
        assert f"<td>{number(row['prediction'])}</td>" in page
    assert answer.labels == answer.outputs == []
    for record in Record.objects.all():
        assert f'<td class="number">{record.pk}</td>' in page


def test_outputs_of_a_family_are_columns():
    found = Predictions([0], [0.4], outputs={"low": [0.25], "high": [0.75]})

    answer = serving.Answer({}, "volatility_7", found)

    assert answer.outputs == ["low", "high"]
    assert answer.shown[0]["beside"] == [0.25, 0.75]


def test_more_rows_than_are_shown_are_counted(client, owner, project, monkeypatch):
    monkeypatch.setattr(serving, "MOST_SHOWN", 1)
    version = flowers_in_service(project, owner)
    client.force_login(owner)

    page = page_of(client, version, FLOWERS + b"1.5,5.1,white\nwide,5,red\n").text

    assert "Predictions, the first 1<" in page
    assert "Quarantined rows, the first 1<" in page


def test_download_of_kept_answers_names_their_records(client, owner, project):
    version = flowers_in_service(project, owner)
    client.force_login(owner)

    file = page_of(client, version, FLOWERS, store="1", download="1")

    lines = list(csv.DictReader(io.StringIO(file.getvalue().decode())))
    assert [line["record"] for line in lines] == [str(Record.objects.get().pk), ""]


def test_whole_numbers_stay_whole_in_records(client, owner, project):
    version = houses_in_service(project, owner)
    client.force_login(owner)
    form = reverse("registry:predict", args=[version.model_id])

    page_of(client, version, HOUSES, store="1")
    client.post(form, {"f0": "50.5", "f1": "2", "store": "1"})
    table = client.get(reverse("registry:records_csv", args=[version.model_id]))

    kept = [record.inputs["rooms"] for record in Record.objects.order_by("pk")]
    assert kept == [2, 3, 2]
    assert all(isinstance(rooms, int) for rooms in kept)
    rows = csv.DictReader(io.StringIO(table.getvalue().decode()))
    assert sorted(row["rooms"] for row in rows) == ["2", "2", "3"]
