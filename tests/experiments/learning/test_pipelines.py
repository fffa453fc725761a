from __future__ import annotations

import numpy as np
import pytest

from datasets.recipes import StepSpec
from datasets.tables import ColumnType
from experiments.learning.signature import Signature
from experiments.training import train
from tests.clock import cpu_seconds
from tests.experiments.tables import (
    NUMBER,
    iris_columns,
    iris_plan,
    make_plan,
    make_table,
    mixed_columns,
    mixed_plan,
)

ROW = {"size": 0.5, "kind": "red", "flag": True, "day": "2024-05-01"}


@pytest.fixture(scope="module")
def tree():
    plan = mixed_plan("decision_tree")
    return train(plan, make_table(**mixed_columns())).pipeline


@pytest.fixture(scope="module")
def weighed():
    """A model that takes no missing values."""
    plan = mixed_plan("logistic_regression")
    return train(plan, make_table(**mixed_columns())).pipeline


@pytest.fixture(scope="module")
def boosted():
    plan = mixed_plan("gradient_boosting", hyperparameters={"max_iter": 10})
    return train(plan, make_table(**mixed_columns())).pipeline


def codes(items) -> list[tuple[str | None, str]]:
    return [(item.column, item.code) for item in items]


def test_answer_has_class_and_probabilities(tree):
    found = tree.predict([ROW])

    (answer,) = found.predictions
    assert answer.row == 0
    assert answer.prediction == "high"
    assert answer.probabilities == {"high": 1.0, "low": 0.0}
    assert found.to_json()["predictions"] == [
        {
            "row": 0,
            "prediction": "high",
            "probabilities": {"high": 1.0, "low": 0.0},
        }
    ]


def test_order_of_columns_does_not_matter(tree):
    turned = dict(reversed(ROW.items()))

    assert tree.predict([turned]).to_json() == tree.predict([ROW]).to_json()


def test_values_may_be_text_as_forms_send_it(tree):
    text = {"size": "0.5", "kind": "red", "flag": "yes", "day": "2024-05-01"}

    assert tree.predict([text]).to_json() == tree.predict([ROW]).to_json()


def test_extra_columns_are_left_aside_with_a_notice(tree):
    found = tree.predict([{**ROW, "colour": 1, "label": "high"}])

    assert found.predictions == tree.predict([ROW]).predictions
    assert found.notices == [
        "These columns are not used by the model and were left aside: “colour”."
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"size": "much"}, ("size", "wrong_type")),
        ({"size": True}, ("size", "wrong_type")),
        ({"size": [1]}, ("size", "wrong_type")),
        ({"size": float("nan")}, ("size", "not_finite")),
        ({"size": float("inf")}, ("size", "not_finite")),
        ({"size": "inf"}, ("size", "wrong_type")),
        ({"size": 1e308}, ("size", "too_large")),
        ({"size": None}, ("size", "missing_value")),
        ({"kind": ""}, ("kind", "missing_value")),
        ({"kind": {"a": 1}}, ("kind", "wrong_type")),
        ({"flag": "maybe"}, ("flag", "wrong_type")),
        ({"day": "01.05.2024"}, ("day", "wrong_type")),
    ],
)
def test_unfit_value_is_quarantined_with_its_reason(weighed, change, reason):
    found = weighed.predict([ROW, {**ROW, **change}])

    assert [answer.row for answer in found.predictions] == [0]
    (quarantined,) = found.quarantined
    assert quarantined.row == 1
    assert codes(quarantined.reasons) == [reason]
    assert quarantined.reasons[0].detail.endswith(".")


def test_every_reason_is_told(weighed):
    (quarantined,) = weighed.predict([{"size": "x", "day": None}]).quarantined

    assert codes(quarantined.reasons) == [
        ("size", "wrong_type"),
        ("kind", "missing_column"),
        ("flag", "missing_column"),
        ("day", "missing_value"),
    ]


def test_unusual_values_are_answered_with_a_warning(tree):
    (answer,) = tree.predict([{**ROW, "size": 99, "kind": "violet"}]).predictions

    assert codes(answer.warnings) == [
        ("size", "out_of_range"),
        ("kind", "unseen_category"),
    ]


def test_unseen_category_is_all_zeros_or_missing(tree, boosted):
    values = {name: [value] for name, value in ROW.items()} | {"kind": ["violet"]}
    values["day"] = [None]

    assert tree.encoder.row_matrix(values, 1)[0, 1:4].tolist() == [0, 0, 0]
    assert np.isnan(boosted.encoder.row_matrix(values, 1)[0, 1])


def test_missing_category_may_be_any_and_an_unseen_one_is_none(tree):
    values = {name: [value] * 2 for name, value in ROW.items()}
    values |= {"kind": [None, "violet"], "day": [None] * 2}

    missing, unseen = tree.encoder.row_matrix(values, 2)[:, 1:4]

    assert np.isnan(missing).all()
    assert unseen.tolist() == [0, 0, 0]


@pytest.mark.parametrize("name", ["tree", "boosted"])
def test_missing_value_is_answered_where_the_model_takes_it(name, request):
    found = request.getfixturevalue(name).predict([dict.fromkeys(ROW)])

    assert len(found.predictions) == 1


def test_no_rows_have_no_answers(tree):
    assert tree.predict([]).to_json() == {
        "predictions": [],
        "quarantined": [],
        "notices": [],
    }


def test_rows_and_frames_are_encoded_alike():
    columns = mixed_columns(50)
    times = np.datetime64("2024-01-01T00:00:00.123456") + np.arange(50)
    columns["moment"] = (ColumnType.DATETIME, times.astype(object).tolist())
    columns["count"] = (ColumnType.INTEGER, [3, None, *range(48)])
    columns["kind"][1][3] = None
    features = ["size", "kind", "flag", "day", "moment", "count"]
    plan = make_plan("gradient_boosting", "label", features)
    outcome = train(plan, make_table(**columns))
    encoder = outcome.pipeline.encoder

    table = make_table(**columns)
    frame = table.frame.collect("polars").to_native()
    values = {name: columns[name][1] for name in features}

    X = encoder.matrix(frame, table.schema)
    np.testing.assert_array_equal(X, encoder.row_matrix(values, 50))


def test_rows_as_imported_go_through_the_recipe():
    columns = mixed_columns()
    columns["size"][1][5] = None
    steps = [
        StepSpec(step="fill_missing", columns=("size",)),
        StepSpec(step="scale", columns=("size",)),
    ]
    plan = mixed_plan("linear_regression", steps=steps)
    pipeline = train(plan, make_table(**columns)).pipeline
    median = pipeline.recipe.steps[0].state["size"]

    filled, given = pipeline.predict(
        [{**ROW, "size": None}, {**ROW, "size": median}]
    ).predictions

    assert filled.prediction == given.prediction
    assert filled.probabilities is None
    assert isinstance(filled.prediction, float)


def test_recipe_asks_only_for_columns_that_features_need():
    columns = mixed_columns() | {"other": (NUMBER, [1.0, None] * 60)}
    steps = [StepSpec(step="fill_missing", columns=("size", "other"))]
    plan = make_plan("knn", "label", ["size"], steps=steps)

    pipeline = train(plan, make_table(**columns)).pipeline

    assert [column.name for column in pipeline.signature.columns] == ["size"]
    assert len(pipeline.predict([{"size": None}]).predictions) == 1


def test_labels_keep_their_type():
    columns = iris_columns()
    columns["species"] = (ColumnType.INTEGER, [row // 50 for row in range(150)])

    pipeline = train(iris_plan(), make_table(**columns)).pipeline

    row = {name: columns[name][1][0] for name in list(columns)[:4]}
    (answer,) = pipeline.predict([row]).predictions
    assert answer.prediction == 0
    assert list(answer.probabilities) == ["0", "1", "2"]


def test_signature_survives_json(tree):
    assert Signature.from_json(tree.signature.to_json()) == tree.signature


def test_signature_tells_what_was_seen(weighed):
    size, kind, flag, day = weighed.signature.columns

    assert size.minimum < 0 < size.maximum
    assert kind.categories == ("blue", "green", "red")
    assert (flag.minimum, flag.type) == (None, ColumnType.BOOLEAN)
    assert "2024-01-01" <= day.minimum < day.maximum <= "2024-12-30"
    assert not size.missing_allowed


def test_one_row_through_a_tree_is_quick(tree):
    def predict():
        for _ in range(50):
            tree.predict([ROW])

    assert cpu_seconds(predict) / 50 < 0.0015


def test_served_estimators_use_one_thread():
    plan = mixed_plan("random_forest", hyperparameters={"n_estimators": 3})

    pipeline = train(plan, make_table(**mixed_columns()), threads=2).pipeline

    assert pipeline.estimator.n_jobs == 1
