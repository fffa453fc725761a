from __future__ import annotations

import duckdb
import numpy as np
import polars as pl
import pytest

from datasets.tables import ColumnType
from experiments.algorithms.catalogue import Task, algorithm
from experiments.algorithms.reading.making import view_of
from experiments.algorithms.reading.programs import python, sql
from experiments.algorithms.reading.rules import rules
from experiments.algorithms.reading.view import TreeView
from experiments.training import train
from tests.experiments.tables import CATEGORY, NUMBER, make_plan, make_table

TREES = [
    "decision_tree",
    "decision_tree_c45",
    "decision_tree_chaid",
    "decision_tree_regressor",
    "decision_tree_chaid_regressor",
]
#: Names and values that are something else in SQL, Python and HTML.
KIND = 'the "kind"; DROP TABLE rows --'
RED = 'it\'s </b> red"""'


def awkward(n_rows: int = 400) -> dict[str, tuple]:
    """Make numbers, categories, booleans and dates under awkward names."""
    rng = np.random.default_rng(5)
    size = rng.normal(size=n_rows).round(2)
    kind = rng.choice([RED, "green", "blue", "{x}"], n_rows)
    flag = rng.random(n_rows) < 0.5
    days = np.datetime64("2024-01-01") + rng.integers(0, 365, n_rows)
    times = np.datetime64("2024-01-01T12:00:00") + rng.integers(0, 10**6, n_rows)
    score = 3 * size + 4 * (kind == RED) + 2 * flag + (days > np.datetime64("2024-07"))
    score += rng.normal(scale=0.5, size=n_rows)
    return {
        "size '%s'": (NUMBER, size.tolist()),
        KIND: (CATEGORY, kind.tolist()),
        "flag": (ColumnType.BOOLEAN, flag.tolist()),
        "day": (ColumnType.DATE, days.astype(object).tolist()),
        "moment": (ColumnType.DATETIME, times.astype(object).tolist()),
        "label": (CATEGORY, np.where(score > 2, "o'high", 'lo"w').tolist()),
        "amount": (NUMBER, score.tolist()),
    }


def telling_holes() -> dict[str, tuple]:
    """Make the same with values missing; a missing kind tells the target."""
    columns = awkward()
    for at, (name, (_, values)) in enumerate(columns.items()):
        if name not in {"label", "amount"}:
            values[at::7] = [None] * len(values[at::7])
    for row, kind in enumerate(columns[KIND][1]):
        if kind is None:
            columns["label"][1][row] = "unknown"
            columns["amount"][1][row] += 30
    return columns


@pytest.fixture(scope="module", params=TREES)
def grown(request):
    """A trained tree: its pipeline, its view and the rows it learned from."""
    return grown_on(awkward(), request.param)


@pytest.fixture(scope="module", params=TREES)
def grown_on_holes(request):
    """The same, where rows lack values."""
    return grown_on(telling_holes(), request.param)


def grown_on(columns: dict[str, tuple], name: str) -> tuple:
    is_class = algorithm(name).task is Task.CLASSIFICATION
    target = "label" if is_class else "amount"
    features = [name for name in columns if name not in {"label", "amount"}]
    pipeline = train(make_plan(name, target, features), make_table(**columns)).pipeline
    view = view_of(
        pipeline.estimator, pipeline.encoder, target, pipeline.signature.labels
    )
    rows = [
        dict(zip(features, values, strict=True))
        for values in zip(*(columns[name][1] for name in features), strict=True)
    ]
    return pipeline, view, rows


def test_tree_asks_more_than_one_question(grown):
    _, view, _ = grown

    assert len({node.feature for node in view.nodes}) > 2


def test_python_gives_the_predictions_of_the_model(grown):
    pipeline, view, rows = grown
    found: dict = {}
    exec(compile(python(view), "tree.py", "exec"), found)

    assert [found["predict"](row) for row in rows] == pytest.approx(
        answered(pipeline, rows)
    )


def test_sql_gives_the_predictions_of_the_model(grown):
    pipeline, view, rows = grown
    database = duckdb.connect()
    database.register("rows", pl.DataFrame(rows))

    found = database.execute(f"SELECT {sql(view)} FROM rows").fetchall()

    assert [value for (value,) in found] == pytest.approx(answered(pipeline, rows))


def test_missing_values_are_answered_by_python_as_by_the_model(grown):
    pipeline, view, rows = grown
    found: dict = {}
    exec(compile(python(view), "tree.py", "exec"), found)
    holes = [
        {
            name: None if place % 5 == at else value
            for at, (name, value) in enumerate(row.items())
        }
        for place, row in enumerate(rows)
    ]

    assert [found["predict"](row) for row in holes] == pytest.approx(
        answered(pipeline, holes)
    )


def test_missing_values_it_learned_from_are_answered_everywhere(grown_on_holes):
    pipeline, view, rows = grown_on_holes
    found: dict = {}
    exec(compile(python(view), "tree.py", "exec"), found)
    database = duckdb.connect()
    database.register("rows", pl.DataFrame(rows, infer_schema_length=None))

    by_sql = database.execute(f"SELECT {sql(view)} FROM rows").fetchall()

    expected = pytest.approx(answered(pipeline, rows))
    assert [found["predict"](row) for row in rows] == expected
    if not view.shares_missing:  # which no CASE can do
        assert [value for (value,) in by_sql] == expected


def test_rules_say_nothing_of_missing_values_that_never_were(grown):
    _, view, _ = grown

    assert "missing" not in rules(view)


@pytest.mark.parametrize("name", ["decision_tree", "decision_tree_regressor"])
def test_rules_say_where_missing_values_go(name):
    _, view, _ = grown_on(telling_holes(), name)

    said = rules(view)

    assert f"{KIND} is missing" in said
    assert f"{KIND} is known" in said
    assert " or missing" in said


def test_rules_say_nothing_of_missing_values_that_went_elsewhere(grown_on_holes):
    _, view, _ = grown_on_holes
    paths = {0: ()}

    for place, node in enumerate(view.nodes):
        gone = {
            feature
            for feature, branch in paths[place]
            if not branch.with_missing and branch.kind != "missing"
        }
        for branch in node.branches:
            assert not (branch.with_missing and node.feature in gone)
            paths[branch.child] = (*paths[place], (node.feature, branch))


def test_json_says_the_whole_tree(grown):
    _, view, _ = grown

    assert TreeView.model_validate(view.to_json()) == view


def test_every_leaf_has_a_line_and_names_break_none(grown):
    _, view, _ = grown

    lines = rules(view).splitlines()

    assert len(lines) == len(view.nodes) - 1
    assert any(RED in line for line in lines)


def answered(pipeline, rows) -> list:
    return [answer.prediction for answer in pipeline.predict(rows).predictions]


def test_iris_reads_as_rules():
    columns = {
        "petal": (NUMBER, [1.0] * 20 + [5.0] * 20),
        "kind": (CATEGORY, ["a"] * 20 + ["b"] * 20),
    }
    plan = make_plan("decision_tree_c45", "kind", ["petal"])
    pipeline = train(plan, make_table(**columns)).pipeline

    view = view_of(pipeline.estimator, pipeline.encoder, "kind", ["a", "b"])

    assert rules(view) == "petal ≤ 1: a (16, 100.0%)\npetal > 1: b (16, 100.0%)\n"


def test_other_models_are_no_trees():
    columns = awkward(60)
    plan = make_plan("knn", "label", ["flag"])
    pipeline = train(plan, make_table(**columns)).pipeline

    assert view_of(pipeline.estimator, pipeline.encoder, "label", ["a", "b"]) is None
