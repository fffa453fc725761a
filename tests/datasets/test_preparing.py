"""The Prepare page: steps chosen, tried, moved, applied."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from datamine.work.children import run_inline
from datasets.steps_form import describe_steps
from tests.factories.datasets import imported_dataset


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def dataset(project, owner):
    return imported_dataset(project, owner)


def test_prepare_tries_and_applies_several_steps(signed_in, dataset):
    url = reverse("datasets:prepare", args=[dataset.pk])
    data = {
        "step-0": "fill_missing",
        "step-0-strategy": "median",
        "step-0-columns": ["c0", "c1"],
        "step-1": "scale",
        "step-1-method": "minmax",
        "step-1-columns": ["c0"],
    }

    tried = signed_in.post(url, data | {"do": "try"}, headers={"HX-Request": "true"})
    applied = signed_in.post(url, data | {"do": "apply"})

    assert "all 6 rows" in tried.content.decode()
    assert tried.context["trial"]["changes"].cells == {"petal": 6, "sepal": 1}
    assert applied["Location"] == dataset.get_absolute_url()
    version = dataset.versions.get(number=2)
    run_inline(version)
    assert [step["columns"] for step in version.steps] == [
        ["petal", "sepal"],
        ["petal"],
    ]
    assert version.cells_changed == 7


def test_prepare_asks_for_columns_where_a_parameter_names_them(signed_in, dataset):
    url = reverse("datasets:prepare", args=[dataset.pk])
    data = {
        "step-0": "rename",
        "step-0-names_c0": " leaf ",
        "step-0-names_c2": "",
        "step-1": "filter_rows",
        "step-1-column": "c1",
        "step-1-operator": ">",
        "step-1-value": "6.2",
    }

    added = signed_in.post(url, data | {"add-step": "drop_columns"})
    applied = signed_in.post(url, data | {"do": "apply"})

    row, other, _ = added.context["builder"].rows
    assert 'value=" leaf "' in str(row.form["names"])
    assert '<option value="c1" selected>sepal</option>' in str(other.form["column"])
    assert applied.status_code == 302
    version = dataset.versions.get(number=2)
    run_inline(version)
    assert [step["columns"] for step in version.steps] == [["petal"], ["sepal"]]
    assert version.schema.names == ("leaf", "sepal", "species")
    assert (version.rows_count, version.rows_changed) == (3, 3)
    history = signed_in.get(reverse("datasets:versions", args=[dataset.pk]))
    assert "Rename columns (petal → leaf): petal" in history.text


def test_prepare_calls_columns_as_a_step_before_does(signed_in, dataset):
    data = {
        "step-0": "rename",
        "step-0-names_c0": "leaf",
        "step-1": "fill_missing",
        "step-1-columns": ["c0"],
        "do": "apply",
    }

    signed_in.post(reverse("datasets:prepare", args=[dataset.pk]), data)

    steps = dataset.versions.get(number=2).steps
    assert [step["columns"] for step in steps] == [["petal"], ["leaf"]]


def test_prepare_offers_columns_as_the_steps_before_leave_them(
    signed_in, project, owner
):
    dataset = imported_dataset(project, owner, b"size,kind\n1,a\n,b\n4,a\n")
    url = reverse("datasets:prepare", args=[dataset.pk])
    data = {
        "step-0": "fill_missing",
        "step-0-strategy": "median",
        "step-0-columns": ["c0"],
        "step-1": "encode",
        "step-1-columns": ["c0", "c1"],
    }

    added = signed_in.post(url, data | {"add-step": "select_columns"})
    begun = signed_in.post(
        url, data | {"step-2": "select_columns", "add-step": "drop_columns"}
    )
    applied = signed_in.post(url, data | {"do": "apply"})

    filled, encoded, _ = added.context["builder"].rows
    assert [column.name for column in encoded.available] == ["kind"]
    assert (filled.form.errors, filled.form.initial["strategy"]) == ({}, "median")
    assert begun.context["builder"].rows[3].available
    assert applied.context["builder"].rows[1].errors == [
        "“size” no longer suits this step: those before it change its type or "
        "remove it."
    ]
    assert dataset.versions.count() == 1


@pytest.mark.parametrize(
    ("step", "parameters", "told"),
    [
        ("outliers", {}, "EIQ : distance aux quartiles, 1,5, ramener à la borne"),
        ("fill_missing", {"strategy": "constant", "value": "sum"}, "constante, sum"),
        ("cast", {"type": "number"}, "nombre"),
    ],
)
def test_history_is_told_in_the_language_of_the_reader(step, parameters, told):
    with translation.override("fr"):
        (row,) = describe_steps(
            [{"step": step, "parameters": parameters, "columns": []}]
        )

    assert row["parameters"] == told


def names_of(page):
    return [row.entry.name for row in page.context["builder"].rows]


@pytest.mark.parametrize(
    ("pressed", "left"),
    [
        ({"move-step": "1"}, ["scale", "fill_missing", "drop_columns"]),
        ({"move-step": "2"}, ["fill_missing", "drop_columns", "scale"]),
        ({"move-step": "0"}, ["fill_missing", "scale", "drop_columns"]),
        ({"remove-step": "1"}, ["fill_missing", "drop_columns"]),
        ({"move-step": "x"}, ["fill_missing", "scale", "drop_columns"]),
    ],
)
def test_prepare_moves_and_removes_steps(signed_in, dataset, pressed, left):
    data = {"step-0": "fill_missing", "step-1": "scale", "step-2": "drop_columns"}
    data["step-1-columns"] = ["c1"]
    url = reverse("datasets:prepare", args=[dataset.pk])

    page = signed_in.post(url, data | pressed)

    assert names_of(page) == left
    assert {row.entry.name: row.chosen for row in page.context["builder"].rows}.get(
        "scale", ["c1"]
    ) == ["c1"]
    assert "What the steps change" not in page.text


@pytest.mark.parametrize(
    ("pick", "part", "chosen"),
    [
        ("0:all", "", {"c0", "c1", "c2"}),
        ("0:none", "", set()),
        ("0:number", "", {"c0", "c1", "c2"}),
        ("0:category", "", {"c2"}),
        ("0:named", "PET", {"c0", "c2"}),
        ("0:named", "", {"c2"}),
        ("1:all", "", {"c2"}),
    ],
)
def test_prepare_chooses_many_columns_at_once(signed_in, dataset, pick, part, chosen):
    data = {
        "step-0": "fill_missing",
        "step-0-columns": ["c2"],
        "step-0-part": part,
        "pick-columns": pick,
    }

    page = signed_in.post(reverse("datasets:prepare", args=[dataset.pk]), data)

    assert set(page.context["builder"].rows[0].chosen) == chosen


def test_prepare_shows_what_would_change(signed_in, dataset):
    data = {
        "step-0": "fill_missing",
        "step-0-strategy": "median",
        "step-0-columns": ["c0"],
        "step-1": "encode",
        "step-1-method": "onehot",
        "step-1-limit": "10",
        "step-1-columns": ["c2"],
        "step-2": "drop_missing",
        "step-2-how": "any",
        "do": "try",
    }

    page = signed_in.post(reverse("datasets:prepare", args=[dataset.pk]), data)

    trial = page.context["trial"]
    (petal,) = trial["shapes"]
    assert (trial["rows_removed"], trial["removed"]) == (1, ["species"])
    assert trial["added"] == [
        f"species={name}" for name in ("setosa", "versicolor", "virginica")
    ]
    assert petal["before"]["told"] == "1.3 to 6, 1 missing"
    assert petal["after"]["told"] == "1.3 to 4.7"
    assert len(petal["after"]["bars"]) == 3


def test_prepare_tries_by_itself_what_was_not_tried_yet(signed_in, dataset):
    url = reverse("datasets:prepare", args=[dataset.pk])

    linked = signed_in.get(url, {"step": "scale", "column": "c1"})
    tried = signed_in.post(url, {"step-0": "scale", "do": "try"})

    assert 'hx-trigger="load, change from:closest form' in linked.text
    assert 'hx-trigger="change from:closest form' in tried.text


def test_prepare_says_what_a_trial_still_needs(signed_in, dataset):
    url = reverse("datasets:prepare", args=[dataset.pk])

    page = signed_in.post(url, {"step-0": "scale", "do": "try"})

    assert "step 1: Choose at least one column." in page.text


def test_prepare_says_which_columns_are_not_named(signed_in, dataset):
    url = reverse("datasets:prepare", args=[dataset.pk])
    data = {"step-0": "rename", "step-1": "filter_rows", "step-2": "drop_missing"}

    page = signed_in.post(url, data | {"do": "apply"})

    assert [row.errors for row in page.context["builder"].rows] == [
        ["Fill in “New names”."], ["Fill in “Column”."], [],
    ]  # fmt: skip
    assert dataset.versions.count() == 1


def test_prepare_keeps_what_was_chosen_when_a_step_is_added(signed_in, dataset):
    url = reverse("datasets:prepare", args=[dataset.pk])
    data = {
        "step-0": "fill_missing",
        "step-0-strategy": "mode",
        "step-0-columns": ["c2"],
        "add-step": "scale",
    }

    rows = signed_in.post(url, data).context["builder"].rows

    assert [row.entry.name for row in rows] == ["fill_missing", "scale"]
    assert rows[0].chosen == ["c2"]
    assert rows[0].form["strategy"].value() == "mode"


def test_prepare_removes_the_step_that_is_meant(signed_in, dataset):
    url = reverse("datasets:prepare", args=[dataset.pk])
    data = {
        "step-0": "fill_missing",
        "step-1": "scale",
        "step-1-method": "robust",
        "remove-step": "0",
    }

    rows = signed_in.post(url, data).context["builder"].rows

    assert [row.entry.name for row in rows] == ["scale"]
    assert rows[0].form["method"].value() == "robust"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"step-0": "fill_missing", "step-0-strategy": "mean"}, "at least one column"),
        ({"step-0": "nonsense"}, "There is no step “nonsense”."),
        ({}, "Add at least one step."),
        (
            {
                "step-0": "fill_missing",
                "step-0-strategy": "constant",
                "step-0-value": "abc",
                "step-0-columns": "c0",
            },
            "“abc” is not a number",
        ),
        (
            {"step-0": "scale", "step-0-method": "x", "step-0-columns": "c0"},
            "Select a valid choice",
        ),
    ],
)
@pytest.mark.parametrize("action", ["try", "apply"])
def test_prepare_says_what_is_wrong(signed_in, dataset, data, sentence, action):
    url = reverse("datasets:prepare", args=[dataset.pk])

    response = signed_in.post(url, data | {"do": action})

    assert sentence in response.content.decode()
    assert dataset.versions.count() == 1
