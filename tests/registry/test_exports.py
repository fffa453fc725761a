from __future__ import annotations

import csv
import io

import pytest

from registry import serving
from registry.exports import answer_response
from tests.factories.registry import flowers_in_service

pytestmark = pytest.mark.django_db

ROW = {"petal": 1.5, "sepal": 5.1, "colour": "white"}


def test_predictions_as_csv_hold_every_row_and_no_formula(project, owner):
    serving.loaded_models.models.clear()
    version = flowers_in_service(project, owner)
    answer = serving.predict_rows(version, [{"petal": "=1+1"}, ROW])

    text = b"".join(answer_response(answer).streaming_content).decode()

    lines = list(csv.DictReader(io.StringIO(text)))
    assert [line["row"] for line in lines] == ["1", "2"]
    assert [line["species"] for line in lines] == ["", "setosa"]
    assert lines[0]["not answered because"]
    assert float(lines[1]["probability setosa"]) == 1
