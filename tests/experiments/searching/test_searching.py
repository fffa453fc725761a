from __future__ import annotations

import json
import math

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV, StratifiedKFold, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from datasets.monitor import SilentMonitor
from experiments.algorithms.catalogue import algorithm
from experiments.learning.checkpoints import NoCheckpoints
from experiments.learning.problems import TrainingError
from experiments.searching.settings import (
    SearchSettings,
    recommended_space,
    search_problems,
)
from experiments.searching.trials import Search, rungs, shortened
from experiments.training import train
from tests.experiments.tables import (
    GENERAL,
    iris_columns,
    iris_plan,
    make_table,
    mixed_columns,
    mixed_plan,
    quick,
)

FOLDS = [(np.arange(90), np.arange(90, 120)), (np.arange(30, 120), np.arange(30))]


def search_of(name: str = "knn", **settings) -> Search:
    return Search(
        SearchSettings(**settings),
        algorithm(name).parameters_model(),
        metric="accuracy",
        seed=42,
    )


def run(search: Search, score, checkpoints=None):
    return search.run(
        FOLDS,
        score,
        SilentMonitor(),
        NoCheckpoints() if checkpoints is None else checkpoints,
    )


class Kept(dict):
    """Checkpoints in memory."""

    def load(self, name):
        return self.get(name)

    def save(self, name, payload):
        self[name] = payload


# What is tried


@pytest.mark.parametrize("method", ["random", "grid"])
@pytest.mark.parametrize("name", [n for n in GENERAL if not n.startswith("linear")])
def test_every_algorithm_can_be_searched_as_recommended(name, method):
    entry = algorithm(name)

    search = search_of(name, n_trials=4, method=method)

    assert list(search_problems(search.settings, entry)) == [] or "metric" in {
        place for place, _ in search_problems(search.settings, entry)
    }
    for values in search.candidates():
        entry.parameters_model().parse(values)


def test_recommended_values_and_choices_are_the_space():
    found = recommended_space(algorithm("knn").parameters_model(), "random")

    assert found == {
        "n_neighbors": [1, 3, 5, 7, 11],
        "weights": ["uniform", "distance"],
        "metric": ["euclidean", "manhattan"],
    }


def test_grid_is_every_combination_once():
    space = {"n_neighbors": [1, 3], "weights": ["uniform", "distance"]}

    found = search_of(method="grid", space=space).candidates()

    assert found == [
        {"n_neighbors": 1, "weights": "uniform"},
        {"n_neighbors": 1, "weights": "distance"},
        {"n_neighbors": 3, "weights": "uniform"},
        {"n_neighbors": 3, "weights": "distance"},
    ]


def test_grid_takes_points_of_a_range():
    space = {"n_neighbors": {"low": 1, "high": 9}}
    wide = {"C": {"low": 0.01, "high": 100}}

    whole = search_of(method="grid", space=space).candidates()
    ratio = search_of("logistic_regression", method="grid", space=wide).candidates()

    assert [values["n_neighbors"] for values in whole] == [1, 3, 5, 7, 9]
    assert [values["C"] for values in ratio] == pytest.approx([0.01, 0.1, 1, 10, 100])


def test_random_draws_stay_inside_and_differ():
    space = {"C": {"low": 0.01, "high": 100}, "l1_ratio": {"low": 0, "high": 1}}

    found = search_of("logistic_regression", space=space, n_trials=50).candidates()

    costs = [values["C"] for values in found]
    assert len(found) == len({str(values) for values in found}) == 50
    assert 0.01 <= min(costs) < 0.1
    assert 10 < max(costs) <= 100
    assert (
        found == search_of("logistic_regression", space=space, n_trials=50).candidates()
    )


def test_no_more_is_drawn_than_there_is():
    found = search_of(space={"n_neighbors": [1, 3, 5]}, n_trials=20).candidates()

    assert sorted(values["n_neighbors"] for values in found) == [1, 3, 5]


@pytest.mark.parametrize(
    ("settings", "place", "sentence"),
    [
        ({"space": {"n_neighbors": [21]}}, "space.n_neighbors", "between 1 and 20"),
        ({"space": {"k": [1]}}, "space.k", "not a parameter"),
        (
            {"space": {"n_neighbors": {"low": 0, "high": 5}}},
            "space.n_neighbors",
            "1 and",
        ),
        ({"space": {"weights": {"low": 0, "high": 5}}}, "space.weights", "one of"),
        ({"space": {"n_neighbors": []}}, "space.n_neighbors", "1 to 50 values"),
        ({"metric": "rmse"}, "metric", "one of accuracy"),
    ],
)
def test_what_cannot_be_searched_is_told(settings, place, sentence):
    found = list(search_problems(SearchSettings(**settings), algorithm("knn")))

    assert [name for name, _ in found] == [place]
    assert sentence in found[0][1]


def test_grid_beyond_all_patience_is_refused():
    space = {"n_neighbors": list(range(1, 21)), "weights": ["uniform"] * 26}
    settings = SearchSettings(method="grid", space=space)

    _, sentence = next(search_problems(settings, algorithm("knn")))
    assert "520 combinations" in sentence


# How it is tried


def test_best_mean_over_the_folds_is_chosen():
    search = search_of(method="grid", space={"n_neighbors": [1, 5, 9]})
    figures = {1: [0.5, 0.9], 5: [0.8, 0.8], 9: [0.9, 0.6]}
    places = {id(fold): place for place, fold in enumerate(FOLDS)}

    found = run(
        search, lambda v, fold, part: figures[v["n_neighbors"]][places[id(fold)]]
    )

    assert found.best.values == {"n_neighbors": 5}
    assert [trial.score for trial in found.trials] == pytest.approx([0.7, 0.8, 0.75])


def test_metric_that_is_better_when_small_is_minimised():
    settings = SearchSettings(method="grid", space={"alpha": [0.1, 1.0]})
    model = algorithm("ridge_regression").parameters_model()
    search = Search(settings, model, metric="rmse", seed=1)

    assert run(search, lambda v, fold, part: v["alpha"]).best.values == {"alpha": 0.1}


def test_trial_that_cannot_be_tried_says_why_and_stops_nothing():
    search = search_of(method="grid", space={"n_neighbors": [1, 20]})

    def score(values, fold, part):
        if values["n_neighbors"] == 20:
            raise TrainingError("Too many neighbours.")
        return 0.7

    found = run(search, score)

    assert found.best.values == {"n_neighbors": 1}
    assert (found.trials[1].reason, found.trials[1].score) == (
        "Too many neighbours.",
        None,
    )


def test_no_trial_that_works_is_told_with_the_first_reason():
    def score(values, fold, part):
        raise TrainingError("Too many neighbours.")

    with pytest.raises(TrainingError, match="Too many neighbours"):
        run(search_of(space={"n_neighbors": [1, 3]}), score)


def test_halving_gives_the_best_ever_more_rows():
    settings = SearchSettings(method="halving", n_trials=9)
    space = recommended_space(algorithm("knn").parameters_model(), "random")

    found = rungs(settings, space, 9000)

    assert [rung.trials for rung in found] == [9, 3, 1]
    assert [rung.share for rung in found] == pytest.approx([1 / 9, 1 / 3, 1])
    assert [rung.trials for rung in rungs(settings, space, 300)] == [9, 3]
    assert [rung.share for rung in rungs(settings, space, 90)] == [1.0]


def test_halving_chooses_among_those_that_saw_all_rows(monkeypatch):
    monkeypatch.setattr("experiments.searching.trials.FEWEST_ROWS", 10)
    search = search_of(
        method="halving", n_trials=9, space={"n_neighbors": list(range(1, 10))}
    )
    seen = []

    def score(values, fold, part):
        seen.append(len(fold[0]))
        return values["n_neighbors"] / 10 + (0.5 if len(fold[0]) < 20 else 0)

    found = run(search, score)

    assert found.best.values == {"n_neighbors": 9}
    assert sorted(set(seen)) == [10, 30, 90]
    assert [trial.rows for trial in found.trials].count(1.0) == 1


def test_shortened_fold_keeps_what_is_tested_on():
    learned, tested = shortened(FOLDS[0], 1 / 3, seed=1)

    assert len(learned) == 30
    assert set(learned) < set(FOLDS[0][0])
    assert tested is FOLDS[0][1]


def test_finished_trials_are_not_tried_again():
    kept, tried = Kept(), []

    def score(values, fold, part):
        tried.append(part)
        return values["n_neighbors"] / 10

    settings = {"method": "grid", "space": {"n_neighbors": [1, 3, 5]}}
    first = run(search_of(**settings), score, kept)
    kept.pop("search, trial 3")
    second = run(search_of(**settings), score, kept)

    assert tried[6:] == ["search, trial 3, fold 1", "search, trial 3, fold 2"]
    assert [t.values for t in second.trials] == [t.values for t in first.trials]
    assert second.best.values == first.best.values


def test_time_budget_keeps_what_was_found():
    search = Search(
        SearchSettings(method="grid", space={"n_neighbors": [1, 3, 5]}),
        algorithm("knn").parameters_model(),
        metric="accuracy",
        seed=1,
        seconds=0.0,
    )

    found = run(search, lambda values, fold, part: 0.5)

    assert (found.ended_early, len(found.trials)) == (True, 1)
    assert math.isclose(found.best.score or 0, 0.5)


# Inside a session

KNN_GRID = {"method": "grid", "space": {"n_neighbors": [1, 5, 9]}, "metric": "accuracy"}


def test_grid_equals_that_of_scikit_learn():
    columns = iris_columns()
    X = np.column_stack([columns[name][1] for name in list(columns)[:4]])
    y = np.array(columns["species"][1])
    plan = iris_plan("knn", split={"cv_folds": 5}, search=KNN_GRID)

    outcome = train(plan, make_table(**columns))

    kept, held, y_kept, y_held = train_test_split(
        X, y, test_size=0.2, random_state=42, stratify=y
    )
    reference = GridSearchCV(
        make_pipeline(StandardScaler(), KNeighborsClassifier()),
        {"kneighborsclassifier__n_neighbors": [1, 5, 9]},
        cv=StratifiedKFold(5, shuffle=True, random_state=42),
        scoring="accuracy",
    ).fit(kept, y_kept)
    scores = [trial["score"] for trial in outcome.search["trials"]]
    assert scores == pytest.approx(reference.cv_results_["mean_test_score"], abs=1e-12)
    best = reference.best_params_["kneighborsclassifier__n_neighbors"]
    assert outcome.hyperparameters["n_neighbors"] == best
    assert outcome.metrics["test"]["accuracy"] == pytest.approx(
        reference.score(held, y_held), abs=1e-12
    )
    assert outcome.pipeline.estimator[-1].n_neighbors == best


def test_figures_of_the_folds_are_those_of_the_chosen_trial():
    plan = iris_plan("knn", split={"cv_folds": 3}, search=KNN_GRID)

    outcome = train(plan, make_table(**iris_columns()))

    trial = outcome.search["trials"][outcome.search["best"] - 1]
    folds = outcome.metrics["cross_validation"]["accuracy"]["folds"]
    assert folds == pytest.approx(trial["folds"], abs=1e-12)
    assert "chosen_on_these_folds" in [w.code for w in outcome.warnings]


def test_nested_search_chooses_in_every_fold_from_its_own_rows():
    search = {**KNN_GRID, "nested": True}
    plan = iris_plan("knn", split={"cv_folds": 3}, search=search)

    outcome = train(plan, make_table(**iris_columns()))

    assert [found["fold"] for found in outcome.search["nested"]] == [1, 2, 3]
    assert "chosen_on_these_folds" not in [w.code for w in outcome.warnings]


@pytest.mark.parametrize(
    ("split", "folds", "on"),
    [
        ({}, 3, "folds"),
        ({"train_ratio": 0.6, "validation_ratio": 0.2}, 1, "validation"),
    ],
)
def test_without_folds_a_search_has_its_own_or_the_validation_part(split, folds, on):
    plan = iris_plan("knn", split=split, search=KNN_GRID)

    outcome = train(plan, make_table(**iris_columns()))

    assert (outcome.search["folds"], outcome.search["on"]) == (folds, on)
    assert {len(trial["folds"]) for trial in outcome.search["trials"]} == {folds}
    assert outcome.metrics["cross_validation"] == {}


def test_changing_test_rows_changes_no_choice():
    plan = iris_plan("knn", search=KNN_GRID)
    columns = iris_columns()
    before = train(plan, make_table(**columns))

    for row in before.split["test"].tolist():
        columns["petal_length"][1][row] = 99.0
    after = train(plan, make_table(**columns))

    scores = [[t["folds"] for t in o.search["trials"]] for o in (before, after)]
    assert scores[0] == scores[1]


@pytest.mark.parametrize("method", ["random", "grid", "halving"])
def test_two_searches_give_equal_numbers(method):
    space = {"max_depth": [1, 2, 3, None], "criterion": ["gini", "entropy"]}
    search = {"method": method, "space": space, "n_trials": 4}
    plan = mixed_plan("decision_tree", search=search, split={"cv_folds": 2})
    table = make_table(**mixed_columns())

    found = [train(plan, table).to_json() for _ in range(2)]

    for outcome in found:
        outcome.pop("timings")
        for trial in outcome["search"]["trials"]:
            trial.pop("seconds")
    assert found[0] == found[1]
    json.dumps(found[0], allow_nan=False)


@pytest.mark.parametrize("nested", [False, True])
def test_progress_of_a_search_adds_up(nested):
    class Counting(SilentMonitor):
        expected, done = 0.0, 0.0

        def total(self, units):
            self.expected = units

        def advance(self, units=1):
            self.done += units

    monitor = Counting()
    search = {"method": "grid", "space": {"n_neighbors": [1, 20]}, "nested": nested}
    columns = {name: (kind, v[30:70]) for name, (kind, v) in iris_columns().items()}
    plan = iris_plan("knn", search=search, split={"cv_folds": 2})

    train(plan, make_table(**columns), monitor)

    assert monitor.done == pytest.approx(monitor.expected)


@pytest.mark.parametrize("name", ["gradient_boosting", "random_forest_regressor"])
def test_other_hyperparameters_stay_as_they_were_set(name):
    search = {"method": "grid", "space": {"max_depth": [2, 3]}}
    plan = mixed_plan(name, hyperparameters=quick(name), search=search)

    outcome = train(plan, make_table(**mixed_columns(60)))

    for parameter, value in quick(name).items():
        assert outcome.hyperparameters[parameter] == value
