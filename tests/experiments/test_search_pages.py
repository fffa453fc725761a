"""A search from the form and by the API to what is shown of its trials."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from experiments.algorithms.catalogue import algorithm
from experiments.exceptions import InvalidDraftError
from experiments.forms.searches import search_form, tried, written
from experiments.models import Experiment, Result
from experiments.reports.experiment import experiment_report
from experiments.results.search_charts import heat_rows, parallel_rows, say_search
from experiments.results.searches import FoundSearch
from experiments.searching.settings import SearchSettings, judges, search_problems
from experiments.services import create_experiment
from tests.factories.experiments import flowers_draft, trained_session

pytestmark = pytest.mark.django_db

GRID = {
    "method": "grid",
    "space": {"n_neighbors": ["1", 5], "weights": ["uniform", "distance"]},
}


@pytest.fixture
def searched(project, owner):
    draft = flowers_draft(
        project, owner, algorithm="knn", search=GRID, split={"cv_folds": 3}
    )
    return trained_session(draft, owner)


def chosen(client, project, dataset, **said):
    url = reverse("experiments:create", args=[project.key])
    version = dataset.active_version
    target = version.schema.column("species").id
    features = [version.schema.column("petal").id]
    steps = {
        "dataset": dataset.pk,
        "target": target,
        "features": features,
        "features_of": f"{version.pk}:{target}",
        "algorithm": "knn",
    }
    return client.post(url, steps | said)


def test_search_is_kept_with_values_as_they_are_taken(project, owner):
    draft = flowers_draft(project, owner, algorithm="knn", search=GRID)

    experiment = create_experiment(draft, actor=owner)

    assert experiment.search["space"]["n_neighbors"] == [1, 5]
    assert (experiment.search["method"], experiment.search["nested"]) == ("grid", False)


def test_wrong_search_names_its_field(project, owner):
    search = {"method": "grid", "space": {"n_neighbors": [21]}, "metric": "r2"}
    draft = flowers_draft(project, owner, algorithm="knn", search=search)

    with pytest.raises(InvalidDraftError, match="n_neighbors must be") as refusal:
        create_experiment(draft, actor=owner)

    assert [problem.attr for problem in refusal.value.problems] == [
        "search.metric",
        "search.space.n_neighbors",
    ]


def test_fields_of_a_search_appear_when_one_is_wanted(client, project, owner):
    dataset = flowers_draft(project, owner).version.dataset
    client.force_login(owner)

    without = chosen(client, project, dataset).content.decode()
    wanted = chosen(client, project, dataset, **{"search-method": "grid"})

    assert "search-try_n_neighbors" not in without
    page = wanted.content.decode()
    assert 'value="1, 3, 5, 7, 11"' in page
    assert "<dt>Search</dt><dd>grid</dd>" in page


def test_form_offers_a_grid_that_may_be_tried(client, project, owner):
    dataset = flowers_draft(project, owner).version.dataset
    client.force_login(owner)
    said = {"algorithm": "gradient_boosting", "search-method": "grid"}

    form = chosen(client, project, dataset, **said).context["setup"].search
    typed = {f"search-{field.name}": field.value() or "" for field in form}
    chosen(
        client, project, dataset, **said | typed,
        search_of="gradient_boosting", action="save",
    )  # fmt: skip

    assert typed["search-try_max_iter"] == "50, 100, 200, 500"
    assert typed["search-try_l2_regularization"] == ""
    space = Experiment.objects.get().search["space"]
    assert list(space) == ["max_iter", "learning_rate", "max_leaf_nodes"]


def test_trials_are_judged_by_what_their_algorithm_measures():
    usual, family = algorithm("knn"), algorithm("stars")
    told = [name for name, _ in search_form(usual, None, "").fields["metric"].choices]

    assert "accuracy" in told
    assert "period_mae" not in told
    assert "period_mae_dex" in judges(family)
    assert "period_mae_dex" not in judges(algorithm("regime"))
    settings = SearchSettings(metric="period_mae")
    assert [place for place, _ in search_problems(settings, usual)] == ["metric"]


def test_search_is_sent_with_the_form(client, project, owner):
    dataset = flowers_draft(project, owner).version.dataset
    client.force_login(owner)
    said = {
        "search_of": "knn",
        "search-method": "random",
        "search-n_trials": "7",
        "search-nested": "on",
        "search-time_budget": "60",
        "search-try_n_neighbors": "1 to 9",
        "search-try_weights": "distance",
        "action": "save",
    }

    chosen(client, project, dataset, **said)

    search = Experiment.objects.get().search
    assert search["space"] == {
        "n_neighbors": {"low": 1, "high": 9},
        "weights": ["distance"],
    }
    assert (search["n_trials"], search["nested"], search["time_budget"]) == (
        7,
        True,
        60,
    )


def test_wrong_value_is_told_at_its_field_and_nothing_is_saved(client, project, owner):
    dataset = flowers_draft(project, owner).version.dataset
    client.force_login(owner)
    said = {
        "search_of": "knn",
        "search-method": "grid",
        "search-try_n_neighbors": "1, 99",
        "action": "save",
    }

    page = chosen(client, project, dataset, **said).content.decode()

    assert "n_neighbors must be between 1 and 20." in page
    assert not Experiment.objects.exists()


def test_search_without_more_tries_what_is_recommended(client, project, owner):
    dataset = flowers_draft(project, owner).version.dataset
    client.force_login(owner)

    chosen(client, project, dataset, **{"search-method": "grid", "action": "save"})

    search = Experiment.objects.get().search
    assert (search["method"], search["space"]) == ("grid", {})


@pytest.mark.parametrize(
    ("text", "schema", "expected"),
    [
        ("1, 3,5", {"type": "integer"}, ["1", "3", "5"]),
        ("0.01 to 1", {"type": "number"}, {"low": "0.01", "high": "1"}),
        ("none, 5", {"anyOf": [{"type": "integer"}, {"type": "null"}]}, [None, "5"]),
        ("64, 32; 100", {"type": "array"}, [["64", "32"], ["100"]]),
    ],
)
def test_values_are_read_as_people_write_them(text, schema, expected):
    assert tried(text, schema) == expected


def test_values_are_written_as_they_are_read():
    assert written([1, None, 0.5]) == "1, none, 0.5"
    assert written([[64, 32], [100]]) == "64, 32; 100"


def test_every_algorithm_has_a_form_that_is_right_as_it_comes():
    for name in ("neural_network", "random_forest", "gradient_boosting", "dummy"):
        empty = search_form(algorithm(name), None, "random")
        data = {f"search-{f.name}": f.value() for f in empty if f.value() is not None}

        assert search_form(algorithm(name), data, "").is_valid()


def test_trials_stand_on_the_page(client, searched, owner):
    client.force_login(owner)

    page = client.get(searched.experiment.get_absolute_url()).content.decode()

    assert "4 trials (grid), each judged on 3 folds by balanced accuracy." in page
    assert "(chosen)" in page
    assert '<th scope="col">Neighbours (rows)</th><th scope="col">Weights</th>' in page
    assert "in balanced accuracy: Neighbours (rows) " in page
    assert "n_neighbors" not in page.partition('id="search"')[2].partition("<dl")[0]
    for name in ("search_heat", "search_lines"):
        assert (
            reverse("experiments:chart", args=[searched.experiment_id, 1, name]) in page
        )


def test_search_is_told_in_the_words_of_the_form(client, searched, owner):
    client.force_login(owner)
    address = reverse(
        "experiments:chart", args=[searched.experiment_id, 1, "search_heat"]
    )

    spec = client.get(address, headers={"Accept-Language": "fr"}).json()
    page = client.get(
        searched.experiment.get_absolute_url(), headers={"Accept-Language": "fr"}
    ).text

    shown = spec["encoding"]
    assert [shown[axis]["title"] for axis in ("x", "y")] == [
        "Voisins (lignes)",
        "Poids",
    ]
    assert "tous pareils (uniform)" in shown["y"]["sort"]
    assert "4 essais (grille), chacun jugé sur 3 plis par exactitude" in page
    assert "<td>tous pareils (uniform)</td>" in page


def test_setup_tells_what_the_search_chose(client, searched, owner):
    experiment = searched.experiment
    details = searched.result.details
    asked, chosen = experiment.hyperparameters, details["hyperparameters"]
    client.force_login(owner)

    settings = client.get(experiment.get_absolute_url()).context["settings"]

    assert {s.name: (s.value, s.found) for s in settings[: len(chosen)]} == {
        name: (value, name in GRID["space"]) for name, value in chosen.items()
    }
    assert asked != chosen
    told = {s.name: s.said for s in settings}["weights"]
    facts = next(
        block["rows"]
        for block in experiment_report(
            Result.objects.for_report().get(session=searched)
        ).blocks
        if block["kind"] == "facts" and ["Weights", told] in block["rows"]
    )
    assert f"({chosen['weights']})" in told
    assert ["Neighbours (rows)", str(chosen["n_neighbors"])] in facts


def test_trials_judged_on_one_part_have_no_deviation(client, project, owner):
    draft = flowers_draft(
        project,
        owner,
        algorithm="knn",
        search=GRID,
        split={"train_ratio": 0.6, "validation_ratio": 0.2},
    )
    session = trained_session(draft, owner)
    client.force_login(owner)

    page = client.get(session.experiment.get_absolute_url()).content.decode()

    assert "each judged on the validation part by" in page
    assert "±" not in page.partition('id="search"')[2].partition("</table>")[0]


@pytest.mark.parametrize(
    ("method", "rows", "is_told"),
    [("halving", 1, True), ("halving", 1 / 3, False), ("random", 1, False)],
)
def test_halving_of_few_rows_says_that_it_was_none(method, rows, is_told):
    found = FoundSearch(
        {
            "names": [], "method": method, "folds": 3, "on": "folds",
            "metric": "r2", "ended_early": False, "trials": [{"rows": rows}],
        }
    )  # fmt: skip

    assert found.words.endswith("begin with a part of them.") == is_told


def test_trials_are_given_to_programs(client, searched, owner):
    client.force_login(owner)

    table = client.get(
        reverse("experiments:data", args=[searched.experiment_id, 1, "trials"])
    )
    found = client.get(f"/api/sessions/{searched.pk}/").json()

    lines = b"".join(table).decode().lstrip("\ufeff").splitlines()
    assert lines[0].startswith("trial,n_neighbors,weights,balanced_accuracy,std")
    assert len(lines) == 5
    trials = found["search"]["trials"]
    best = trials[found["search"]["best"] - 1]["values"]
    assert found["hyperparameters"] == {
        "metric": "euclidean",
        "standardize": True,
        **best,
    }


def test_search_comes_by_the_api(client, project, owner):
    dataset = flowers_draft(project, owner).version.dataset
    client.force_login(owner)
    body = {
        "project": project.key,
        "name": "Searched",
        "dataset": dataset.pk,
        "algorithm": "knn",
        "target_column": "species",
        "feature_columns": ["petal"],
        "search": GRID,
    }

    made = client.post("/api/experiments/", body, "application/json")
    wrong = client.post(
        "/api/experiments/",
        body | {"search": {"method": "all"}},
        "application/json",
    )

    assert made.status_code == 201, made.content
    assert made.json()["search"]["space"]["n_neighbors"] == [1, 5]
    assert [error["attr"] for error in wrong.json()["errors"]] == ["search.method"]


def test_charts_of_a_search_are_made_of_its_trials(searched):
    details = searched.result.details

    heat, lines = heat_rows(details), parallel_rows(details)

    assert [(row["x"], row["y"]) for row in heat] == [
        ("1", "uniform"),
        ("1", "distance"),
        ("5", "uniform"),
        ("5", "distance"),
    ]
    assert len(lines) == 8
    assert {row["place"] for row in lines} == {0, 1}
    assert say_search(details).startswith("4 trials. The best has ")
    json.dumps([heat, lines])


def test_results_without_a_search_have_no_charts_of_one():
    assert heat_rows({}) == parallel_rows({"search": None}) == []
