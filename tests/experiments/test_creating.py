"""The page of a new experiment: a target and one click, or every choice by hand."""

from __future__ import annotations

import pytest
from django.urls import reverse

from datamine.work.children import run_inline
from datasets.recipes import StepSpec
from datasets.services import apply_steps
from experiments.models import Experiment, TrainingSession
from tests.factories.datasets import DatasetVersionFactory, imported_dataset
from tests.factories.experiments import (
    ExperimentFactory,
    flowers,
    flowers_draft,
    houses,
    trained_session,
)

HOSTILE = '<script>alert("1")</script>\n🙂'


@pytest.fixture
def flower_table(project, owner):
    return imported_dataset(project, owner, flowers(), name="Flowers")


def new_url(project):
    return reverse("experiments:create", args=[project.key])


def choices(dataset, target="c3", **said):
    """Return what the form of a new experiment sends, features still unsaid."""
    version = dataset.active_version
    return {
        "dataset": dataset.pk,
        "version": version.pk,
        "version_of": dataset.pk,
        "target": target,
        **said,
    }


@pytest.mark.django_db
def test_new_page_without_a_dataset_offers_to_upload_one(client, project, owner):
    client.force_login(owner)

    page = client.get(new_url(project)).content.decode()

    assert reverse("datasets:upload", args=[project.key]) in page


@pytest.mark.django_db
def test_target_and_one_click_are_enough(client, project, member, flower_table):
    client.force_login(member)

    response = client.post(new_url(project), choices(flower_table, action="train"))

    session = TrainingSession.objects.get()
    assert response.headers["Location"] == session.get_absolute_url()
    experiment = session.experiment
    assert experiment.feature_columns == ["petal", "sepal", "colour"]
    assert experiment.algorithm == "gradient_boosting"
    assert experiment.name == "Gradient boosting: species from 3 columns"


@pytest.mark.django_db
def test_what_was_chosen_is_what_is_saved(client, project, member, flower_table):
    client.force_login(member)
    said = choices(
        flower_table,
        action="save",
        features_of=f"{flower_table.active_version.pk}:c3",
        features=["c0"],
        algorithm="knn",
        parameters_of="knn:default",
        split_shown="1",
        name="Mine",
        **{"p-n_neighbors": "3", "p-weights": "distance", "p-metric": "manhattan",
           "split-method": "random", "split-train_ratio": "0.7",
           "split-validation_ratio": "0", "split-random_seed": "7",
           "split-cv_folds": "5"},
    )  # fmt: skip

    response = client.post(new_url(project), said)

    experiment = Experiment.objects.get()
    assert response.headers["Location"] == experiment.get_absolute_url()
    assert (experiment.name, experiment.feature_columns) == ("Mine", ["petal"])
    assert experiment.hyperparameters == {
        "n_neighbors": 3, "weights": "distance", "metric": "manhattan",
        "standardize": False,
    }  # fmt: skip
    assert experiment.split["cv_folds"] == 5
    assert experiment.split["random_seed"] == 7
    assert not TrainingSession.objects.exists()


@pytest.mark.django_db
def test_what_gives_the_target_away_is_told_and_left_out(
    client, project, member, flower_table
):
    client.force_login(member)

    before = client.post(new_url(project), choices(flower_table))
    said = choices(
        flower_table,
        action="without_telling",
        features_of=f"{flower_table.active_version.pk}:c3",
        features=["c0", "c1", "c2"],
    )
    after = client.post(new_url(project), said)

    page = before.content.decode()
    assert "“petal” alone gives “species” away" in page
    assert "Leave out what gives the target away" in page
    assert before.context["setup"].feature_ids == {"c0", "c1", "c2"}
    assert after.context["setup"].feature_ids == {"c1"}
    assert "Leave out what gives" not in after.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("shares", "validated", "learned"),
    [("60/40", "0", 0.6), ("70/30", "0.1", 0.6), ("own", "0", 0.75)],
)
def test_rows_are_shared_out_by_name(
    client, project, member, flower_table, shares, validated, learned
):
    client.force_login(member)
    said = choices(
        flower_table,
        action="save",
        split_shown="1",
        shares=shares,
        **{"split-method": "random", "split-train_ratio": "0.75",
           "split-validation_ratio": validated, "split-random_seed": "7"},
    )  # fmt: skip

    client.post(new_url(project), said)

    assert Experiment.objects.get().split["train_ratio"] == learned


@pytest.mark.django_db
def test_shares_beyond_all_rows_are_refused(client, project, member, flower_table):
    client.force_login(member)
    said = choices(
        flower_table,
        action="save",
        split_shown="1",
        shares="60/40",
        **{"split-method": "random", "split-validation_ratio": "0.9",
           "split-random_seed": "7", "split-cv_folds": "3"},
    )  # fmt: skip

    page = client.post(new_url(project), said).content.decode()

    assert "Training and validation share are more than all rows together." in page
    assert not Experiment.objects.exists()


@pytest.mark.django_db
def test_another_target_brings_its_own_algorithms(client, project, member):
    dataset = imported_dataset(project, member, houses(), name="Houses")
    client.force_login(member)

    response = client.post(new_url(project), choices(dataset, target="c2"))

    setup = response.context["setup"]
    assert setup.task == "regression"
    assert {entry.task for entry in setup.algorithms} == {"regression"}
    assert not Experiment.objects.exists()


@pytest.mark.django_db
def test_old_target_becomes_a_feature_again(client, project, member, flower_table):
    client.force_login(member)
    said = choices(
        flower_table,
        target="c2",
        features_of=f"{flower_table.active_version.pk}:c3",
        features=["c0", "c2"],
    )

    response = client.post(new_url(project), said)

    assert response.context["setup"].feature_ids == {"c0", "c3"}


@pytest.mark.django_db
def test_fragment_is_the_form_alone(client, project, member, flower_table):
    client.force_login(member)

    response = client.post(
        new_url(project), choices(flower_table), headers={"HX-Request": "true"}
    )

    page = response.content.decode().strip()
    assert page.startswith('<div id="setup"')
    assert "Start training" in page
    assert "HX-Request" in response.headers["Vary"]


@pytest.mark.django_db
def test_value_out_of_bounds_is_named_and_nothing_is_saved(
    client, project, member, flower_table
):
    client.force_login(member)
    said = choices(
        flower_table, action="train", algorithm="knn", parameters_of="knn:default"
    )

    response = client.post(new_url(project), {**said, "p-n_neighbors": "21"})

    page = response.content.decode()
    assert "n_neighbors must be between 1 and 20." in page
    assert not Experiment.objects.exists()


@pytest.mark.django_db
def test_missing_values_point_to_the_step_that_fills_them(client, project, member):
    content = flowers().replace(b"1.4,5.0", b",5.0", 1)
    dataset = imported_dataset(project, member, content, name="Holes")
    client.force_login(member)

    response = client.post(
        new_url(project), choices(dataset, action="train", algorithm="knn")
    )

    page = response.content.decode()
    prepare = reverse("datasets:prepare", args=[dataset.pk])
    assert f"{prepare}?version=1&amp;step=fill_missing&amp;column=c0" in page
    assert not Experiment.objects.exists()


@pytest.mark.django_db
def test_another_algorithm_is_asked_the_same(client, project, member, own_files):
    trained = trained_session(flowers_draft(project, member), member).experiment
    client.force_login(member)

    setup = client.get(new_url(project), {"like": trained.pk}).context["setup"]

    draft = setup.draft()
    assert draft.version == trained.version
    assert draft.target_column == trained.target_column
    assert sorted(draft.feature_columns) == sorted(trained.feature_columns)
    assert draft.split["same_as"] == trained.pk


@pytest.mark.django_db
def test_experiment_of_another_project_is_no_example(client, project, member):
    foreign = ExperimentFactory()
    client.force_login(member)

    assert client.get(new_url(project), {"like": foreign.pk}).status_code == 404
    assert client.get(new_url(project), {"like": "x"}).status_code == 200


@pytest.mark.django_db
def test_missing_values_of_many_columns_are_one_sentence(client, project, member):
    content = flowers().replace(b"1.4,5.0", b",", 1)
    dataset = imported_dataset(project, member, content, name="Holes")
    client.force_login(member)

    page = client.post(
        new_url(project), choices(dataset, action="train", algorithm="knn")
    ).content.decode()

    assert "“petal”, “sepal” have missing values." in page
    assert "“petal” has" not in page


@pytest.mark.django_db
def test_step_that_fills_missing_values_is_named(client, project, member):
    content = flowers().replace(b"1.4,5.0", b",5.0", 1)
    dataset = imported_dataset(project, member, content, name="Holes")
    fill = StepSpec(
        step="fill_missing", columns=("petal",), parameters={"strategy": "mean"}
    )
    filled = apply_steps(dataset.active_version, specs=[fill], actor=member)
    run_inline(filled)
    client.force_login(member)

    page = client.post(
        new_url(project), choices(dataset, version=filled.pk, algorithm="knn")
    ).content.decode()

    assert (
        "Missing values of “petal” (1): step 1, “Fill missing values”, deals with "
        "them, by what the training rows of each fold tell."
    ) in page


@pytest.mark.django_db
def test_no_target_is_asked_for(client, project, member, flower_table):
    client.force_login(member)

    response = client.post(
        new_url(project), choices(flower_table, target="c99", action="train")
    )

    assert "Choose a target" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["dataset", "version"])
def test_rows_of_another_project_are_not_found(
    client, project, member, flower_table, field
):
    foreign = DatasetVersionFactory()
    client.force_login(member)
    pk = foreign.pk if field == "version" else foreign.dataset.pk

    response = client.post(
        new_url(project), choices(flower_table, action="train") | {field: pk}
    )

    assert response.status_code == 404
    assert not Experiment.objects.exists()


@pytest.mark.django_db
def test_names_with_markup_newlines_and_emoji_are_text(client, project, member):
    header = '"' + HOSTILE.replace('"', '""') + '",b'
    rows = "".join(f"{n % 5}.5,{'xy'[n % 2]}\n" for n in range(40))
    dataset = imported_dataset(
        project, member, f"{header}\n{rows}".encode(), name="Odd"
    )
    name = dataset.active_version.schema.names[0]
    client.force_login(member)

    page = client.post(new_url(project), choices(dataset, target="c1")).content.decode()
    client.post(new_url(project), choices(dataset, target="c1", action="save"))

    assert "<script>alert" not in page
    assert Experiment.objects.get().feature_columns == [name]


@pytest.mark.django_db
@pytest.mark.parametrize(("said", "is_taken"), [({}, True), ({"column": ""}, False)])
def test_split_by_group_begins_with_the_column_that_names_things(
    client, project, member, said, is_taken
):
    client.force_login(member)
    lines = ["star_id,size,label"]
    lines += [f"{row // 2 * 7919},{row % 7},{'ab'[row % 2]}" for row in range(120)]
    table = imported_dataset(project, member, "\n".join([*lines, ""]).encode())
    chosen = {f"split-group_{name}": value for name, value in said.items()}

    page = client.post(
        new_url(project),
        choices(table, "c2", split_shown="1", **{"split-method": "group"}, **chosen),
    ).content.decode()

    assert ('<option value="c0" selected>star_id</option>' in page) is is_taken
    assert ("needs the column that names the group" in page) is not is_taken
    assert page.index("split-method") < page.index("split-group_column")
    assert page.index("split-group_column") < page.index("split-validation_ratio")
