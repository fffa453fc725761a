"""Versions beside each other: table, chart, comparison."""

from __future__ import annotations

import pytest
from django.urls import reverse

from registry.figures import (
    VersionChart,
    VersionComparison,
    VersionTable,
    said_beside,
)
from registry.models import ModelVersion
from registry.services import activate_version
from tests.factories.experiments import ExperimentFactory, ResultFactory
from tests.factories.registry import ModelVersionFactory, RegisteredModelFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(project):
    return RegisteredModelFactory(project=project, name="flowers")


def version_of(model, *, neighbours: int = 5, digest: str = "d" * 64, **metrics):
    experiment = ExperimentFactory(
        version__dataset__project=model.project,
        hyperparameters={"n_neighbors": neighbours},
    )
    result = ResultFactory(
        session__experiment=experiment,
        metrics={"test": metrics},
        details={"rows": {"train": 80, "test": 20}},
        split_digest=digest,
    )
    return ModelVersionFactory(model=model, session=result.session)


def both(model) -> VersionComparison:
    return VersionComparison(list(ModelVersion.objects.compared().order_by("pk")))


def test_table_has_the_columns_that_some_version_has(model):
    version_of(model, accuracy=0.9, log_loss=0.3)
    version_of(model, accuracy=0.8)

    table = VersionTable(list(ModelVersion.objects.with_results()))

    assert table.titles == ["Accuracy", "Log loss"]
    assert [row["figures"] for row in table.rows] == [[0.8, None], [0.9, 0.3]]
    assert [row["version"].rows_learned for row in table.rows] == [80, 80]


def test_chart_goes_from_the_oldest_and_names_the_best(model):
    first, second = (version_of(model, accuracy=share) for share in (0.9, 0.8))
    activate_version(second, actor=None)

    chart = VersionChart.of(second.model)

    assert [row["version"] for row in chart.rows] == [first.version, second.version]
    assert (
        chart.words == f"Accuracy: at best 0.900 ({first.version}), in service 0.800."
    )


def test_chart_says_which_metrics_lie_upon_each_other(model):
    for share, f1 in ((0.9, 0.7), (0.8, 0.6)):
        version_of(model, accuracy=share, f1_macro=f1, recall_macro=share)

    chart = VersionChart.of(model)
    drawn = chart.spec()["layer"][0]

    assert chart.words.endswith("lie upon each other: Accuracy; Recall, macro.")
    assert "F1, macro; " not in chart.words
    assert [row["Recall, macro"] for row in drawn["data"]["values"]] == [0.9, 0.8]
    dashes = drawn["layer"][0]["encoding"]["strokeDash"]["scale"]["range"]
    conditions = drawn["layer"][1]["encoding"]["size"]["condition"]
    sizes = [one["value"] for one in conditions]
    assert len({tuple(dash) for dash in dashes}) == len(set(sizes)) == 3


def test_chart_of_a_metric_some_version_lacks_has_no_value_there(model):
    version_of(model, accuracy=0.9, f1_macro=0.9)
    version_of(model, accuracy=0.8)

    values = VersionChart.of(model).spec()["layer"][0]["data"]["values"]

    assert [set(row) for row in values] == [
        {"version", "Accuracy", "F1, macro"}, {"version", "Accuracy"},
    ]  # fmt: skip


def test_chart_of_one_version_is_not_drawn(model):
    version_of(model, accuracy=0.9)

    assert not VersionChart.of(model).is_worth_drawing


def test_comparison_tells_what_the_search_of_each_session_found(model):
    first = version_of(model, accuracy=0.9)
    experiment = first.session.experiment
    experiment.search = {"method": "grid"}
    experiment.save()
    again = ResultFactory(
        session__experiment=experiment, session__number=2, metrics={"test": {}}
    )
    ModelVersionFactory(model=model, session=again.session)
    for result, neighbours in ((first.session.result, 3), (again, 11)):
        result.details |= {"hyperparameters": {"n_neighbors": neighbours}}
        result.save()

    lines = {line.title: line.values for line in both(model).differences}

    assert lines["n_neighbors"] == (3, 11)


def test_comparison_names_what_differs_and_what_is_best(model):
    version_of(model, neighbours=5, accuracy=0.9, log_loss=0.3)
    version_of(model, neighbours=9, accuracy=0.8, log_loss=0.2)

    comparison = both(model)

    assert comparison.same_rows
    lines = {line.title: line.values for line in comparison.differences}
    assert lines["n_neighbors"] == (5, 9)
    best = {line.name: line.best for line in comparison.metrics}
    assert best == {"accuracy": 0.9, "log_loss": 0.2}


def test_comparison_of_other_rows_says_so(client, owner, model):
    names = [version_of(model, digest=sign * 64, accuracy=0.9).version for sign in "ab"]
    client.force_login(owner)

    page = client.get(reverse("registry:compare", args=[model.pk]), {"v": names})

    assert not both(model).same_rows
    assert "Not all of these were tested on the same rows" in page.text


@pytest.mark.parametrize("named", [[], ["v20260101_000000"], ["<b>", "1"]])
def test_comparison_of_fewer_than_two_asks_to_choose(client, owner, model, named):
    client.force_login(owner)

    page = client.get(reverse("registry:compare", args=[model.pk]), {"v": named})

    assert page.status_code == 200
    assert "Choose what to compare" in page.text


def test_comparison_of_a_version_of_another_model_leaves_it_out(client, owner, model):
    own, foreign = version_of(model, accuracy=0.9), ModelVersionFactory()
    client.force_login(owner)

    page = client.get(
        reverse("registry:compare", args=[model.pk]),
        {"v": [own.version, foreign.version]},
    )

    assert page.context["comparison"].versions == [own]


def test_what_was_tested_on_other_rows_is_not_set_against(client, owner, model):
    active = version_of(model, accuracy=0.9)
    alike = version_of(model, accuracy=0.95)
    other = version_of(model, accuracy=0.95, digest="e" * 64)
    activate_version(active, actor=None)
    client.force_login(owner)
    page = reverse("registry:activate", args=[model.pk])

    told = {
        one: client.get(f"{page}?version={one.version}").text for one in (alike, other)
    }

    assert "0.950, against 0.900" in said_beside(alike, active)
    assert "has 0.900, but on other test rows." in said_beside(other, active)
    remark = "differences between figures are partly differences between rows"
    assert remark not in told[alike]
    assert remark in told[other]


def test_points_of_the_chart_have_sizes_and_no_second_legend(model):
    for share in (0.9, 0.8):
        version_of(model, accuracy=share, f1_macro=share)

    _, points = VersionChart.of(model).spec()["layer"][0]["layer"]

    size = points["encoding"]["size"]
    assert [one["value"] for one in size["condition"]] == [90, 72]
    assert not {"scale", "legend"} & set(size)
