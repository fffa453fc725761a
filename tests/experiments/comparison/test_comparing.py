"""Experiments against each other: tests, groups, curves, and views that are kept."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from experiments.models import Experiment, SavedComparison
from experiments.services import create_experiment
from tests.factories.datasets import imported_dataset
from tests.factories.experiments import (
    ExperimentFactory,
    draft_on,
    flowers,
    trained_session,
)


@pytest.fixture
def contenders(project, owner) -> list[Experiment]:
    """Four on one table: two alike in rows, one with another seed, one untold."""
    table = imported_dataset(project, owner, flowers(), name="Flowers")
    said = {"algorithm": "knn", "split": {"cv_folds": 3}}
    drafts = [
        draft_on(table, "species", "petal", "sepal", name="good", **said),
        draft_on(table, "species", "sepal", name="poor", **said),
        draft_on(
            table, "species", "sepal", name="other rows", algorithm="knn",
            split={"cv_folds": 3, "random_seed": 1},
        ),
    ]  # fmt: skip
    found = [trained_session(draft, owner).experiment for draft in drafts]
    found.append(ExperimentFactory(version=table.active_version, name="untrained"))
    return [Experiment.objects.get(pk=e.pk) for e in found]


def shown(client, project, experiments, **said):
    return client.get(
        reverse("experiments:compare", args=[project.key]),
        {"ids": [e.pk for e in experiments]} | said,
    )


@pytest.mark.django_db
def test_each_is_tested_against_the_best_on_the_same_rows(
    client, project, owner, contenders
):
    client.force_login(owner)

    response = shown(client, project, contenders)

    contest = response.context["contest"]
    poor, other = contest.duels
    assert contest.reference.name == "good"
    assert (poor.experiment.name, poor.folds.n_folds) == ("poor", 3)
    assert poor.folds.difference < -0.4
    assert poor.folds.p_value < poor.folds_adjusted + 1e-12
    assert poor.rows.only_second > poor.rows.only_first == 0
    assert poor.rows_differ
    assert (other.folds, other.folds_refused) == (None, "Their folds are not the same.")
    assert other.rows_refused == "They were tested on different rows."
    page = response.content.decode()
    assert "Against good: more than luck?" in page
    assert "They were tested on different rows." in page


@pytest.mark.django_db
def test_split_taken_from_another_is_no_difference(client, project, owner, contenders):
    good, _, other, _ = contenders
    taken = draft_on(
        good.dataset, "species", "petal", "sepal", name="taken", algorithm="knn",
        split={"same_as": good.pk},
    )  # fmt: skip
    same = trained_session(taken, owner).experiment
    client.force_login(owner)

    alike = shown(client, project, [good, same]).context["comparison"]
    apart = shown(client, project, [same, other]).context["comparison"]

    assert alike.same_split
    assert alike.differences == []
    assert "split: same_as" in [line.title for line in apart.differences]


@pytest.mark.django_db
def test_reference_metric_order_and_settings_are_in_the_address(
    client, project, owner, contenders
):
    client.force_login(owner)
    reference = contenders[1]

    response = shown(
        client, project, contenders[:2][::-1],
        against=reference.pk, metric="f1_macro", sort="accuracy", all="1",
    )  # fmt: skip

    context = response.context
    assert [e.name for e in context["comparison"].experiments] == ["good", "poor"]
    assert context["contest"].reference == reference
    assert context["contest"].metric == "f1_macro"
    assert "Algorithm" in [line.title for line in context["lines"]]


@pytest.mark.django_db
def test_groups_tell_mean_and_deviation(client, project, owner, contenders):
    client.force_login(owner)

    response = shown(client, project, contenders[:3], group="Features")

    grouping = response.context["grouping"]
    assert [(g.title, len(g.experiments)) for g in grouping.groups] == [
        ("petal, sepal", 1),
        ("sepal", 2),
    ]
    place = grouping.metrics.index("accuracy")
    values = [e.headline["accuracy"] for e in contenders[1:3]]
    mean, deviation, count = grouping.groups[1].figures[place]
    assert (mean, count) == (pytest.approx(sum(values) / 2), 2)
    assert deviation == pytest.approx(abs(values[0] - values[1]) / 2)
    assert grouping.groups[0].figures[place][1:] == (None, 1)
    row = response.content.decode().partition('scope="row">petal, sepal<')[2]
    assert "±" not in row.partition("</tr>")[0]


@pytest.mark.django_db
def test_groups_speak_of_settings_as_the_form_does(client, project, owner, contenders):
    table = contenders[0].dataset
    neighbours = [
        draft_on(table, "species", "sepal", name=name, algorithm=name)
        for name in ("knn", "gradient_boosting", "logistic_regression")
    ]  # fmt: skip
    found = [create_experiment(draft, actor=owner) for draft in neighbours]
    client.force_login(owner)

    response = shown(client, project, found, group="max_iter")

    page = response.content.decode()
    assert "Grouped by Rounds / Most rounds: mean" in page
    titles = [group.title for group in response.context["grouping"].groups]
    assert titles == ["–", "100", "1000"]


@pytest.mark.django_db
def test_choices_are_told_in_words_but_to_programs(client, project, owner, contenders):
    found = [
        create_experiment(
            draft_on(
                contenders[0].dataset, "species", "petal", name=weights,
                algorithm="knn", hyperparameters={"weights": weights},
            ),
            actor=owner,
        )
        for weights in ("uniform", "distance")
    ]  # fmt: skip
    client.force_login(owner)
    said = {"ids": [e.pk for e in found], "group": "weights"}
    headers = {"Accept-Language": "fr"}

    page = client.get(
        reverse("experiments:compare", args=[project.key]), said, headers=headers
    )
    table = client.get(
        reverse("experiments:compare_csv", args=[project.key]), said, headers=headers
    )

    assert "<td>tous pareils (uniform)</td>" in page.text
    assert '<th scope="row">tous pareils (uniform)</th>' in page.text
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert ["weights", "uniform", "distance"] in rows
    at = next(place for place, row in enumerate(rows) if row[:1] == ["by weights"])
    assert [row[0] for row in rows[at + 1 :]] == ["uniform", "distance"]


@pytest.mark.django_db
def test_what_a_search_chose_is_what_differs(client, project, owner, contenders):
    space = {"n_neighbors": [1], "weights": ["distance"]}
    draft = draft_on(
        contenders[0].dataset, "species", "petal", "sepal", name="searched",
        algorithm="knn", split={"cv_folds": 3},
        search={"method": "grid", "nested": True, "space": space},
    )  # fmt: skip
    searched = trained_session(draft, owner).experiment
    client.force_login(owner)

    response = shown(client, project, [contenders[0], searched])

    lines = {line.title: line.values for line in response.context["lines"]}
    assert lines == {
        "Search": (None, "grid, nested"),
        "n_neighbors": (5, 1),
        "weights": ("uniform", "distance"),
    }
    assert "<td>grid, nested</td>" in response.text


@pytest.mark.django_db
def test_equal_settings_come_under_a_head_of_their_own(
    client, project, owner, contenders
):
    client.force_login(owner)

    pages = [
        shown(client, project, contenders[:2], **said).content.decode()
        for said in ({}, {"all": "1"})
    ]

    assert ["Setup that differs" in page for page in pages] == [True, False]


@pytest.mark.django_db
def test_all_but_seeds_puts_repetitions_together(client, project, owner, contenders):
    client.force_login(owner)

    response = shown(client, project, contenders[:3], group="all but seeds")

    groups = response.context["grouping"].groups
    assert [len(group.experiments) for group in groups] == [1, 2]
    assert [group.value for group in groups] == [
        "Features=petal, sepal",
        "Features=sepal",
    ]


@pytest.mark.django_db
def test_curves_lie_over_each_other(client, project, owner, contenders):
    client.force_login(owner)
    address = reverse("experiments:compare_roc", args=[project.key])

    spec = client.get(
        address, {"ids": [e.pk for e in contenders], "label": "setosa"}
    ).json()

    names = list(dict.fromkeys(row["class"] for row in spec["data"]["values"]))
    assert names == ["good", "poor", "other rows"]
    assert "Area under the curve of class setosa: good" in spec["description"]


@pytest.mark.django_db
def test_csv_holds_tests_and_groups_too(client, project, owner, contenders):
    client.force_login(owner)

    response = client.get(
        reverse("experiments:compare_csv", args=[project.key]),
        {"ids": [e.pk for e in contenders], "group": "Features"},
    )

    rows = list(csv.reader(io.StringIO(response.content.decode())))
    heads = [row[0] for row in rows if row]
    assert "against good" in heads
    assert "by Features" in heads
    assert "accuracy, folds mean" in heads


@pytest.mark.django_db
def test_api_answers_with_the_tests(project, owner, contenders):
    client = APIClient()
    client.force_authenticate(owner)

    answer = client.post(
        "/api/experiments/compare/",
        {"experiments": [e.pk for e in contenders[:2]], "against": contenders[1].pk},
    ).json()

    (duel,) = answer["tests"]["against_reference"]
    assert answer["tests"]["reference"] == contenders[1].pk
    assert duel["experiment"] == contenders[0].pk
    assert duel["rows"]["only_this_right"] > 0
    assert duel["folds"]["p_value"] <= duel["folds"]["p_value_adjusted"]


@pytest.mark.django_db
def test_view_is_kept_under_a_name_and_removed(client, project, member, contenders):
    client.force_login(member)
    said = {"ids": [e.pk for e in contenders[:2]], "sort": "accuracy", "name": " A "}

    client.post(reverse("experiments:compare_save", args=[project.key]), said)
    saved = SavedComparison.objects.get()
    page = client.get(saved.get_absolute_url()).content.decode()
    client.post(reverse("experiments:compare_forget", args=[project.key, saved.pk]))

    assert (saved.name, saved.created_by) == ("A", member)
    assert (
        f"ids={contenders[0].pk}&amp;ids={contenders[1].pk}&amp;sort=accuracy" in page
    )
    assert not SavedComparison.objects.exists()
    assert Experiment.objects.count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "chosen", "words"),
    [("", 2, "Give the comparison a name"), ("A", 0, "There is nothing to save")],
)
def test_view_without_name_or_experiments_is_not_kept(
    client, project, member, contenders, name, chosen, words
):
    client.force_login(member)
    said = {"ids": [e.pk for e in contenders[:chosen]], "name": name}

    response = client.post(
        reverse("experiments:compare_save", args=[project.key]), said, follow=True
    )

    assert words in response.content.decode()
    assert not SavedComparison.objects.exists()


@pytest.mark.django_db
def test_viewer_sees_saved_views_and_keeps_none(client, project, viewer, contenders):
    saved = SavedComparison.objects.create(project=project, name="Kept", query="ids=1")
    client.force_login(viewer)
    address = reverse("experiments:compare_save", args=[project.key])

    page = client.get(reverse("experiments:compare", args=[project.key]))
    refused = client.post(address, {"ids": contenders[0].pk, "name": "Mine"})

    assert "Kept" in page.content.decode()
    assert "Remove Kept" not in page.content.decode()
    assert refused.status_code == 403
    assert list(SavedComparison.objects.all()) == [saved]


@pytest.mark.django_db
def test_saved_view_of_another_project_is_not_found(client, project, owner, stranger):
    saved = SavedComparison.objects.create(project=project, name="Kept", query="ids=1")
    client.force_login(stranger)

    response = client.post(
        reverse("experiments:compare_forget", args=[project.key, saved.pk])
    )

    assert response.status_code == 404
    assert SavedComparison.objects.exists()
