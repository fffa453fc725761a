"""Steps kept under a name, changed in the middle, and done on another table."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from datamine.work.children import run_inline
from datasets import services
from datasets.exceptions import NameTakenError, NoStepsError, StepRefusedError
from datasets.models import Recipe
from datasets.recipes import StepSpec
from tests.factories.datasets import FLOWERS, RecipeFactory, imported_dataset

pytestmark = pytest.mark.django_db

STEPS = [
    StepSpec(step="fill_missing", columns=("petal",), parameters={"strategy": "mean"}),
    StepSpec(step="encode", columns=("species",)),
    StepSpec(step="drop_missing", columns=("sepal",)),
    StepSpec(step="outliers", columns=("sepal",), parameters={"action": "clip"}),
    StepSpec(step="rename", parameters={"names": {"petal": "leaf"}}),
    StepSpec(step="scale", columns=("leaf",), parameters={"method": "minmax"}),
    StepSpec(step="drop_columns", columns=("species=setosa",)),
]
OTHER = FLOWERS.replace(b"petal,", b"Petal length,")


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def dataset(project, owner):
    return imported_dataset(project, owner)


def applied(version, specs, actor):
    child = services.apply_steps(version, specs=specs, actor=actor)
    run_inline(child)
    child.refresh_from_db()
    assert child.error_message == ""
    return child


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(cuts=st.sets(st.integers(1, len(STEPS) - 1)))
def test_a_replayed_history_gives_the_same_digest(dataset, owner, cuts):
    version = first = dataset.versions.get(number=1)
    ends = [*sorted(cuts), len(STEPS)]
    for start, end in zip([0, *ends], ends, strict=False):
        version = applied(version, STEPS[start:end], owner)

    root, specs = services.history_of(version)

    assert (root, specs) == (first, STEPS)
    assert applied(first, specs, owner).sha256 == version.sha256


def test_a_recipe_is_kept_and_forgotten(project, owner):
    recipe = services.save_recipe(project, name="Clean", specs=STEPS, actor=owner)

    assert recipe.specs == STEPS
    with pytest.raises(NameTakenError, match="a recipe “Clean” already"):
        services.save_recipe(project, name="Clean", specs=STEPS, actor=owner)
    services.delete_recipe(recipe, actor=owner)
    assert not Recipe.objects.exists()


def test_a_recipe_that_can_never_be_done_is_refused(project, owner):
    wrong = StepSpec(step="scale", columns=("a",), parameters={"method": "x"})

    with pytest.raises(StepRefusedError, match="“method”") as caught:
        services.save_recipe(project, name="No", specs=[*STEPS, wrong], actor=owner)
    with pytest.raises(NoStepsError, match="no steps to save"):
        services.save_recipe(project, name="No", specs=[], actor=owner)

    assert caught.value.position == len(STEPS)
    assert not Recipe.objects.exists()


def sent_by(page):
    """Return what a browser would send of the builder as it stands."""
    data = {}
    for row in page.context["builder"].rows:
        data |= {row.prefix: row.entry.name, **row.form.data}
        data[f"{row.prefix}-columns"] = row.chosen
        data[f"{row.prefix}-others"] = row.others
    return data


def test_the_page_begins_with_a_recipe_and_renames_first(signed_in, project, owner):
    steps = [spec.model_dump(mode="json") for spec in STEPS]
    recipe = RecipeFactory(project=project, steps=steps)
    dataset = imported_dataset(project, owner, OTHER, "Other")
    url = reverse("datasets:prepare", args=[dataset.pk])

    asked = signed_in.get(url, {"recipe": recipe.pk})
    page = signed_in.get(url, {"recipe": recipe.pk, "as-0": "c0"})
    done = signed_in.post(
        page.wsgi_request.get_full_path(), sent_by(page) | {"do": "apply"}
    )

    assert [column["name"] for column in asked.context["columns"]] == ["petal"]
    assert done.status_code == 302, page.context["builder"].rows
    version = dataset.versions.get(number=2)
    run_inline(version)
    version.refresh_from_db()
    assert version.error_message == ""
    assert version.steps[0]["parameters"] == {"names": {"Petal length": "petal"}}
    assert version.schema.names == (
        "leaf", "sepal", "species=versicolor", "species=virginica",
    )  # fmt: skip


def test_a_step_is_taken_out_of_the_middle(signed_in, dataset, owner):
    last = applied(dataset.versions.get(number=1), STEPS[:5], owner)
    last = applied(last, STEPS[5:], owner)
    url = f"{reverse('datasets:prepare', args=[dataset.pk])}?history={last.number}"
    page = signed_in.get(url)

    sent = sent_by(page)
    broken = {key: value for key, value in sent.items() if "step-1" not in key}

    without = signed_in.post(url, sent | {"remove-step": "3"})
    tried = signed_in.post(url, broken | {"do": "try"})

    names = [row.entry.name for row in without.context["builder"].rows]
    assert names == [spec.step for spec in STEPS if spec.step != "outliers"]
    assert "step 6: “Remove columns” needs the column “species=setosa”" in tried.text


def test_the_page_saves_what_was_chosen(signed_in, project, dataset):
    url = reverse("datasets:prepare", args=[dataset.pk])
    data = {"step-0": "scale", "step-0-method": "robust", "step-0-columns": ["c0"]}
    data["do"] = "save"

    unnamed = signed_in.post(url, data)
    saved = signed_in.post(url, data | {"recipe-name": "Scaled <b>"})
    again = signed_in.post(url, data | {"recipe-name": "Scaled <b>"})

    recipe = project.recipes.get()
    assert "Give the recipe a name." in unnamed.text
    assert "The recipe “Scaled &lt;b&gt;” is saved" in saved.text
    assert "has a recipe “Scaled &lt;b&gt;” already" in again.text
    assert recipe.specs[0].columns == ("petal",)


def test_a_recipe_is_taken_along_and_deleted(signed_in, project):
    recipe = RecipeFactory(project=project, name="a/b")

    file = signed_in.get(recipe.get_absolute_url())
    signed_in.post(reverse("datasets:recipe-delete", args=[recipe.pk]))

    assert json.loads(file.content) == {"name": "a/b", "steps": recipe.steps}
    assert 'filename="a_b.json"' in file["Content-Disposition"]
    assert not Recipe.objects.exists()


def test_steps_of_a_version_are_taken_along_from_page_and_api(
    signed_in, api, project, dataset, owner
):
    first = applied(dataset.versions.get(number=1), STEPS[:1], owner)
    applied(first, STEPS[1:2], owner)
    other = imported_dataset(project, owner, name="Other")

    file = signed_in.get(reverse("datasets:version-recipe", args=[dataset.pk, 3]))
    answer = api.get(f"/api/datasets/{dataset.pk}/versions/3/recipe/")
    made = api.post(f"/api/datasets/{other.pk}/versions/", answer.json())

    assert 'filename="flowers, version 3.json"' in file["Content-Disposition"]
    assert json.loads(file.content) == answer.json()
    assert [s["step"] for s in made.json()["steps"]] == ["fill_missing", "encode"]


@pytest.mark.parametrize(
    "query", ["recipe=0", "recipe=x", "history=9", "history=x", "recipe=" + "9" * 30]
)
def test_what_is_not_there_is_404(signed_in, dataset, query):
    page = signed_in.get(f"{reverse('datasets:prepare', args=[dataset.pk])}?{query}")

    assert page.status_code == 404


def test_a_recipe_of_another_project_is_not_there(signed_in, dataset):
    other = RecipeFactory()
    url = reverse("datasets:prepare", args=[dataset.pk])

    assert signed_in.get(url, {"recipe": other.pk}).status_code == 404


@pytest.fixture
def api(owner):
    client = APIClient()
    client.force_authenticate(owner)
    return client


def test_api_keeps_a_history_and_does_it_on_another_table(api, project, dataset, owner):
    applied(dataset.versions.get(number=1), STEPS[:2], owner)
    other = imported_dataset(project, owner, OTHER, "Other")
    url = f"/api/datasets/{other.pk}/versions/"

    made = api.post("/api/recipes/", {"name": "Clean", "dataset": dataset.pk})
    recipe = made.json()
    body = {"recipe": recipe["id"], "names": {"petal": "Petal length"}}
    lacking = api.post(f"{url}?dry_run=1", {"recipe": recipe["id"]})
    trial = api.post(f"{url}?dry_run=1", body)
    done = api.post(url, body)

    assert (made.status_code, done.status_code) == (201, 202)
    assert recipe["columns"] == ["petal", "species"]
    assert "needs the column “petal”" in lacking.json()["errors"][0]["detail"]
    assert trial.json()["removed"] == ["Petal length", "species"]
    assert [s["step"] for s in done.json()["steps"]] == [
        "rename", "fill_missing", "encode",
    ]  # fmt: skip
    listed = api.get("/api/recipes/", {"project": project.key}).json()
    assert [row["name"] for row in listed["results"]] == ["Clean"]
    assert api.delete(f"/api/recipes/{recipe['id']}/").status_code == 204


def test_api_keeps_steps_as_they_are_sent(api, project):
    steps = [{"step": "scale", "columns": ["a"], "parameters": {}}]
    body = {"name": "Scaled", "project": project.key, "steps": steps}

    made = api.post("/api/recipes/", body)
    again = api.post("/api/recipes/", body)
    neither = api.post("/api/recipes/", {"name": "No"})
    wrong = api.post("/api/recipes/", body | {"name": "No", "steps": [{"step": "x"}]})

    assert made.json()["steps"] == steps
    assert [answer.status_code for answer in (again, neither, wrong)] == [409, 400, 400]
    assert Recipe.objects.count() == 1


@pytest.mark.parametrize("body", [{}, {"steps": [], "recipe": 1}, {"recipe": 0}])
def test_api_wants_steps_or_a_recipe(api, dataset, body):
    answer = api.post(f"/api/datasets/{dataset.pk}/versions/", body)

    assert answer.status_code == 400
    assert dataset.versions.count() == 1


def test_api_gives_no_recipe_of_another_project(api, dataset):
    body = {"recipe": RecipeFactory().pk}

    answer = api.post(f"/api/datasets/{dataset.pk}/versions/", body)

    assert answer.status_code == 404


def test_steps_begin_with_what_is_not_said(signed_in, project, dataset):
    steps = [
        {"step": "drop_columns", "columns": ["sepal"], "parameters": {}},
        {"step": "outliers", "columns": ["petal"], "parameters": {"action": "clip"}},
    ]
    recipe = RecipeFactory(project=project, steps=steps)

    page = signed_in.get(
        reverse("datasets:prepare", args=[dataset.pk]), {"recipe": recipe.pk}
    )

    row = page.context["builder"].rows[1]
    assert [column.name for column in row.available] == ["petal"]
    assert row.spec.columns == ("petal",)
    assert row.form.data["step-1-factor"] == 1.5
    assert row.form.data["step-1-action"] == "clip"


def test_more_steps_than_fit_are_told(signed_in, project, dataset):
    step = {"step": "outliers", "columns": ["petal"], "parameters": {}}
    recipe = RecipeFactory(project=project, steps=[step] * 22)

    page = signed_in.get(
        reverse("datasets:prepare", args=[dataset.pk]), {"recipe": recipe.pk}
    )

    assert len(page.context["builder"].rows) == 20
    assert "These are 22 steps; at most 20 are done at a time." in page.text


def test_columns_of_a_wide_table_are_named_by_number(signed_in, project, owner):
    names = [f"x{number}" for number in range(250)]
    lines = [",".join(names), *[",".join([f"{line}.5"] * 250) for line in range(3)]]
    dataset = imported_dataset(project, owner, "\n".join(lines).encode(), "Wide")
    step = {"step": "scale", "columns": ["x3", "x249"], "parameters": {}}
    recipe = RecipeFactory(project=project, steps=[step])
    url = f"{reverse('datasets:prepare', args=[dataset.pk])}?recipe={recipe.pk}"

    row = signed_in.get(url).context["builder"].rows[0]

    assert row.numbers == "4, 250"
    assert row.spec.columns == ("x3", "x249")
