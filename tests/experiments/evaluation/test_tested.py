from __future__ import annotations

import numpy as np
import pytest

from experiments.evaluation.tested import RowAnswers
from experiments.training import train
from tests.experiments.tables import iris_columns, iris_plan, make_table

SHARES = np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [0.3, 0.7]])


def classified() -> RowAnswers:
    rows, y = np.array([5, 3, 8, 9]), np.array([0, 0, 0, 1])
    return RowAnswers.of([(0, rows, y, SHARES)])


def test_wrong_rows_come_with_the_most_confident_first():
    found = classified()

    assert found.errors().tolist() == [1, 2]
    assert found.errors(actual=1).tolist() == []
    assert found.errors(actual=1, predicted=1).tolist() == [3]


def test_numbers_come_with_the_largest_error_first():
    y, predicted = np.array([1.0, 2.0, 3.0]), np.array([1.5, 2.0, 0.0])

    found = RowAnswers.of([(0, np.arange(3), y, predicted)])

    assert not found.is_classification
    assert found.errors().tolist() == [2, 0, 1]


def test_rows_are_read_as_they_were_written(tmp_path):
    path = tmp_path / "tested.npz"
    path.write_bytes(classified().to_bytes())

    read = RowAnswers.read(path)

    assert read.rows.tolist() == [5, 3, 8, 9]
    assert read.predicted.tolist() == [0, 1, 1, 1]
    assert read.answers == pytest.approx(SHARES, abs=1e-7)


@pytest.mark.parametrize("split", [{"cv_folds": 3}, {"train_ratio": 1, "cv_folds": 3}])
def test_tested_rows_give_the_metrics_of_the_result(split):
    columns = iris_columns()
    outcome = train(iris_plan(split=split), make_table(**columns))

    found = outcome.tested

    labels = sorted(set(columns["species"][1]))
    truth = np.array([labels.index(s) for s in columns["species"][1]])
    assert found.is_unique
    assert (found.y == truth[found.rows]).all()
    matrix = np.zeros((3, 3), int)
    np.add.at(matrix, (found.y, found.predicted), 1)
    assert outcome.evaluation["confusion_matrix"]["matrix"] == matrix.tolist()
