"""The Charts page, kept charts, and their API, as people and programs meet them."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from datasets.charts.catalogue import CHARTS
from datasets.models import Visualization
from datasets.trash import purge_dataset, trash_dataset
from projects.models import Activity
from tests.factories.datasets import (
    DatasetFactory,
    VisualizationFactory,
    imported_dataset,
)
from tests.factories.projects import MembershipFactory, UserFactory

NASTY = '"><img src=x onerror=alert(1)>'
HEADER = '"' + NASTY.replace('"', '""') + '"'
LINES = "\n".join(f"{n},{n % 3 or ''},city {n % 4}" for n in range(1, 40))
TABLE = f"{HEADER},few,city\n{LINES}\n".encode()


@pytest.fixture
def dataset(project, owner):
    return imported_dataset(project, owner, TABLE)


@pytest.fixture
def url(dataset):
    return reverse("datasets:charts", args=[dataset.pk])


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_begins_with_columns_that_fit(signed_in, url, name):
    response = signed_in.get(url, {"chart": name})

    page = response.content.decode()
    assert response.context["drawing"], response.context["form"].errors
    assert json.loads(response.context["spec"])["description"]
    assert "<img src=x" not in page


def test_page_draws_what_the_address_says(signed_in, url):
    query = {"chart": "scatter", "x": "c0", "y": "c1", "colour": "c2"}

    response = signed_in.get(url, query, headers={"HX-Request": "true"})

    assert response.context["drawing"].title == f"few against {NASTY}"
    assert "<html" not in response.content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"chart": "bar", "measure": "mean"}, "a statistic needs the column"),
        ({"chart": "histogram", "bins": "x"}, "Enter a whole number."),
        ({"chart": "histogram", "bins": "1"}, "bins must be between 2 and 200"),
        ({"chart": "histogram", "column": "c99"}, "There is no column “c99”"),
        ({"chart": "scatter", "y": "\0"}, "Null characters are not allowed"),
    ],
)
def test_page_says_what_is_wrong(signed_in, url, query, sentence):
    response = signed_in.get(url, query)

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert response.context["drawing"] is None


@pytest.mark.parametrize("content", [b"a\nx\ny\n", b"a,b\n", b"a,b\n,\n,\n"])
@pytest.mark.parametrize("name", CHARTS)
def test_tables_that_cannot_be_drawn_break_nothing(
    signed_in, project, owner, content, name
):
    made = imported_dataset(project, owner, content)

    page = signed_in.get(reverse("datasets:charts", args=[made.pk]), {"chart": name})

    assert page.status_code == 200


def test_page_without_data_says_so(signed_in, project):
    dataset = DatasetFactory(project=project)

    page = signed_in.get(reverse("datasets:charts", args=[dataset.pk]))
    file = signed_in.get(reverse("datasets:charts_csv", args=[dataset.pk]))

    assert "Charts can be drawn once" in page.content.decode()
    assert file.status_code == 404


def test_data_come_as_a_file(signed_in, dataset):
    url = reverse("datasets:charts_csv", args=[dataset.pk])

    text = signed_in.get(url, {"chart": "bar", "column": "c2"}).content.decode()

    rows = list(csv.reader(io.StringIO(text)))
    assert rows[:2] == [["class", "value", "rows"], ["city 1", "10", "10"]]


def test_chart_is_kept_opened_and_deleted(signed_in, url):
    query = "?chart=histogram&column=c0&bins=5"

    saved = signed_in.post(url + query, {"name": "Sizes", "is_shared": "on"})

    kept = Visualization.objects.get()
    assert saved["Location"] == f"{url}?saved={kept.pk}"
    assert kept.chart_config == {"column": NASTY, "bins": 5}
    page = signed_in.get(saved["Location"])
    assert page.context["drawing"].title == f"Histogram of {NASTY}"
    assert len(page.context["drawing"].rows) == 5
    assert "<td>Histogram</td>" in page.text
    signed_in.post(reverse("datasets:visualization_delete", args=[kept.pk]))
    assert not Visualization.objects.exists()
    deeds = Activity.objects.filter(resource_type="visualization")
    assert set(deeds.values_list("action", flat=True)) == {"saved", "deleted"}


def test_chart_without_a_name_or_a_drawing_is_not_kept(signed_in, url):
    signed_in.post(f"{url}?chart=histogram&column=c0", {"name": ""})
    signed_in.post(f"{url}?chart=histogram&column=c99", {"name": "x"})

    assert not Visualization.objects.exists()


def test_kept_chart_whose_column_is_gone_says_so(signed_in, dataset):
    kept = VisualizationFactory(dataset=dataset, is_shared=True)

    page = signed_in.get(kept.get_absolute_url())

    assert page.status_code == 200
    assert "There is no column “petal”" in page.content.decode()


@pytest.mark.parametrize("saved", ["999", "x", "9" * 30])
def test_kept_chart_that_is_not_there_is_404(signed_in, url, saved):
    assert signed_in.get(url, {"saved": saved}).status_code == 404


def test_private_charts_are_their_owners_alone(client, dataset, owner, member, url):
    private = VisualizationFactory(dataset=dataset, created_by=owner, name="Mine")
    VisualizationFactory(dataset=dataset, created_by=owner, name="Ours", is_shared=True)
    client.force_login(member)

    page = client.get(url)

    assert [chart.name for chart, _ in page.context["kept"]] == ["Ours"]
    assert client.get(url, {"saved": private.pk}).status_code == 404
    gone = client.post(reverse("datasets:visualization_delete", args=[private.pk]))
    assert gone.status_code == 404
    assert Visualization.objects.count() == 2


def test_viewers_look_but_keep_nothing(client, dataset, project, url):
    viewer = UserFactory()
    MembershipFactory(project=project, user=viewer, role="viewer")
    client.force_login(viewer)

    assert "Save this chart" not in client.get(url).content.decode()
    assert client.post(url, {"name": "x"}).status_code == 403
    assert not Visualization.objects.exists()


def test_kept_charts_go_with_their_dataset(dataset, owner):
    chart = VisualizationFactory(dataset=dataset, is_shared=True)

    trash_dataset(dataset, actor=owner)
    seen = Visualization.objects.visible_to(owner).exists()
    purge_dataset(dataset, actor=owner)

    assert not seen
    assert not Visualization.objects.filter(pk=chart.pk).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_as_many_queries_for_three_as_for_one(
    signed_in, url, dataset, count, django_assert_max_num_queries
):
    for _ in range(count):
        VisualizationFactory(dataset=dataset, is_shared=True)
    signed_in.get(url)

    with django_assert_max_num_queries(14):
        signed_in.get(url)


@pytest.fixture
def api(owner):
    client = APIClient()
    client.force_authenticate(owner)
    return client


def body(made, **values) -> dict:
    chart = {
        "dataset": made.pk,
        "name": "Few",
        "chart_type": "bar",
        "chart_config": {"column": "few"},
    }
    return chart | values


def test_api_keeps_changes_and_forgets(api, dataset):
    made = api.post("/api/visualizations/", body(dataset), format="json")

    kept = made.json()
    assert made.status_code == 201
    assert [kept["dataset"], kept["is_shared"]] == [dataset.pk, False]
    address = f"/api/visualizations/{kept['id']}/"
    changed = api.patch(address, {"is_shared": True}, format="json").json()
    assert [changed["name"], changed["is_shared"]] == ["Few", True]
    listed = api.get("/api/visualizations/", {"dataset": dataset.pk}).json()
    assert [row["id"] for row in listed["results"]] == [kept["id"]]
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404


def test_api_gives_the_chart_as_vega_lite(api, dataset):
    kept = VisualizationFactory(dataset=dataset, chart_config={"column": NASTY})
    kept.created_by = api.handler._force_user
    kept.save()

    spec = api.get(f"/api/visualizations/{kept.pk}/spec/").json()

    assert spec["$schema"].endswith("v6.json")
    assert sum(row["rows"] for row in spec["data"]["values"]) == 39


@pytest.mark.parametrize(
    ("values", "attr"),
    [
        ({"chart_type": "pie"}, "chart_type"),
        ({"chart_config": {"column": "none"}}, "chart_config.column"),
        ({"chart_config": {"column": "few", "most": 0}}, "chart_config.most"),
        ({"chart_config": {}}, "chart_config.column"),
        ({"name": ""}, "name"),
        ({"dataset": "x"}, "dataset"),
    ],
)
def test_api_names_what_is_wrong_and_keeps_nothing(api, dataset, values, attr):
    made = api.post("/api/visualizations/", body(dataset, **values), format="json")

    assert made.status_code == 400
    assert made.json()["errors"][0]["attr"] == attr
    assert not Visualization.objects.exists()


def test_api_shows_strangers_nothing(dataset, stranger):
    kept = VisualizationFactory(dataset=dataset, is_shared=True)
    client = APIClient()
    client.force_authenticate(stranger)

    made = client.post("/api/visualizations/", body(dataset), format="json")

    assert made.status_code == 404
    assert client.get("/api/visualizations/").json()["count"] == 0
    for address in ("", "spec/"):
        url = f"/api/visualizations/{kept.pk}/{address}"
        assert client.get(url).status_code == 404


def test_api_lists_charts_with_their_parameters(api):
    found = {entry["name"]: entry for entry in api.get("/api/charts/").json()}

    assert list(found) == list(CHARTS)
    column = found["histogram"]["parameters"]["properties"]["column"]
    assert column["format"] == "column"
    assert column["accepts"] == ["date", "datetime", "integer", "number"]
