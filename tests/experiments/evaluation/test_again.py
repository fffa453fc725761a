from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, mean_squared_error

from experiments.evaluation.again import Retest
from experiments.training import train
from tests.experiments.tables import iris_columns, iris_plan, make_plan, make_table


def iris_rows() -> list[dict]:
    columns = {name: values for name, (_, values) in iris_columns().items()}
    return [
        dict(zip(columns, row, strict=True))
        for row in zip(*columns.values(), strict=True)
    ]


@pytest.fixture(scope="module")
def pipeline():
    return train(iris_plan(), make_table(**iris_columns())).pipeline


def test_figures_in_batches_equal_scikit_learn(pipeline):
    rows = iris_rows()
    retest = Retest(pipeline)

    for start in range(0, 150, 40):
        retest.add(range(start, start + 40), rows[start : start + 40])

    said = pipeline.predict(rows).values
    truth = [row["species"] for row in rows]
    assert retest.counted == 150
    assert retest.metrics()["accuracy"] == accuracy_score(truth, said)
    details = retest.details(seed=1)
    assert np.trace(details["confusion_matrix"]["matrix"]) == 150 * accuracy_score(
        truth, said
    )
    interval = details["intervals"]["accuracy"]
    assert interval["low"] <= retest.metrics()["accuracy"] <= interval["high"]


def test_rows_that_count_in_no_figure_are_counted_apart(pipeline):
    rows = iris_rows()[:40]
    rows[0] = rows[0] | {"species": None}
    rows[1] = rows[1] | {"species": "unheard of"}
    rows[2] = rows[2] | {"petal_length": "long"}
    retest = Retest(pipeline)

    retest.add(range(1, 41), rows)

    details = retest.details(seed=1)
    assert (retest.counted, details["rows"]) == (37, 37)
    (told,) = details["quarantined_rows"]
    assert (told["row"], told["reasons"][0]["column"]) == (3, "petal_length")
    names = ("without_target", "unknown_class", "quarantined")
    assert [details[name] for name in names] == [1, 1, 1]
    assert details["reasons"][0]["count"] == 1
    assert "petal_length" in details["reasons"][0]["detail"]


def test_numbers_are_measured_too():
    plan = make_plan("linear_regression", "petal_width", ["petal_length"])
    pipeline = train(plan, make_table(**iris_columns())).pipeline
    rows = iris_rows()
    retest = Retest(pipeline)

    retest.add(range(150), rows)

    said = pipeline.predict(rows).values
    truth = [row["petal_width"] for row in rows]
    assert retest.metrics()["mse"] == pytest.approx(mean_squared_error(truth, said))
    assert set(retest.details(seed=1)["intervals"]) >= {"r2", "mae", "rmse"}


def test_too_few_rows_give_no_figure(pipeline):
    retest = Retest(pipeline)

    retest.add([1], iris_rows()[:1])

    assert retest.metrics() == {}
    assert retest.details(seed=1)["rows"] == 1


def test_classes_are_recognised_however_they_are_written(pipeline):
    rows = [row | {"species": row["species"].upper()} for row in iris_rows()]
    spellings = {"setosa": "setosa", "versicolor": "versicolor"}
    retest = Retest(pipeline, spellings)

    retest.add(range(150), rows)

    assert (retest.counted, retest.unknown_class) == (100, 50)
