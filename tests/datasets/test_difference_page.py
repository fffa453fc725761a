"""The Compare page and its call of the API; the tree it is reached from."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from datamine.work.children import run_inline
from datasets import services
from datasets.recipes import StepSpec
from tests.factories.datasets import DatasetFactory, imported_dataset

pytestmark = pytest.mark.django_db

STEPS = [
    StepSpec(step="drop_missing", columns=("petal",)),
    StepSpec(step="fill_missing", columns=("sepal",), parameters={"strategy": "mean"}),
    StepSpec(step="rename", parameters={"names": {"petal": "<b>leaf"}}),
    StepSpec(step="encode", columns=("species",), parameters={"method": "label"}),
]


@pytest.fixture
def dataset(project, owner):
    dataset = imported_dataset(project, owner)
    child = services.apply_steps(dataset.active_version, specs=STEPS, actor=owner)
    run_inline(child)
    dataset.refresh_from_db()
    assert dataset.active_version.number == 2
    return dataset


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def api(owner):
    client = APIClient()
    client.force_authenticate(owner)
    return client


def test_page_compares_the_active_version_with_its_parent(signed_in, dataset):
    page = signed_in.get(reverse("datasets:compare", args=[dataset.pk]))

    found = page.context["found"]
    assert (page.context["before"].number, page.context["after"].number) == (1, 2)
    assert found.renamed == {"petal": "<b>leaf"}
    assert (found.rows_removed, found.rows_changed) == (1, 5)
    assert found.cells == {"species": 5, "sepal": 1}
    assert [table["title"] for table in page.context["tables"]] == [
        "Changed rows", "Rows removed",
    ]  # fmt: skip
    assert "&lt;b&gt;leaf" in page.text
    assert "<b>leaf" not in page.text
    assert "<del>virginica</del> <ins>2</ins>" in page.text


def test_a_column_renamed_and_changed_is_one_column(signed_in, dataset, api, owner):
    steps = [
        StepSpec(step="rename", parameters={"names": {"sepal": "leaf"}}),
        StepSpec(step="fill_missing", columns=("leaf",)),
        StepSpec(step="drop_columns", columns=("species",)),
        StepSpec(step="cast", columns=("petal",), parameters={"type": "integer"}),
    ]
    first = dataset.versions.get(number=1)
    run_inline(services.apply_steps(first, specs=steps, actor=owner))

    page = signed_in.get(f"{reverse('datasets:compare', args=[dataset.pk])}?a=1&b=3")
    told = api.get(f"/api/datasets/{dataset.pk}/difference/", {"a": 3, "b": 1}).json()

    found = page.context["found"]
    assert found.renamed == {"sepal": "leaf"}
    assert [column.name for column in found.removed] == ["species"]
    assert found.cells["leaf"] == 1
    assert "leaf" in page.context["tables"][0]["names"]
    assert "sepal" not in page.context["tables"][0]["names"]
    assert told["renamed"] == {"leaf": "sepal"}
    assert [column["name"] for column in told["added"]] == ["species"]


def test_page_compares_any_two_and_one_column(signed_in, dataset):
    url = reverse("datasets:compare", args=[dataset.pk])

    back = signed_in.get(url, {"a": "2", "b": "1"})
    same = signed_in.get(url, {"a": "1", "b": "1"})
    sepal = signed_in.get(url, {"a": "1", "b": "2", "column": "sepal"})

    assert back.context["found"].rows_added == 1
    assert "Nothing differs." in same.text
    assert [row for row, _ in sepal.context["tables"][0]["rows"]] == [3]
    assert "shown below" in sepal.text


@pytest.mark.parametrize("query", [{"a": "9"}, {"b": "x"}, {"a": "9" * 30}])
def test_page_of_a_version_that_is_not_there_is_404(signed_in, dataset, query):
    url = reverse("datasets:compare", args=[dataset.pk])

    assert signed_in.get(url, query).status_code == 404


def test_page_before_there_are_data_says_so(signed_in, project):
    empty = DatasetFactory(project=project)

    page = signed_in.get(reverse("datasets:compare", args=[empty.pk]))

    assert "No data yet" in page.text


def test_page_of_data_that_are_gone_says_so(signed_in, dataset):
    dataset.versions.filter(number=1).update(data="versions/0/gone.parquet")

    page = signed_in.get(reverse("datasets:compare", args=[dataset.pk]))

    assert "The stored data of version 1 are gone or damaged." in page.text


def test_versions_offer_two_to_compare(signed_in, dataset):
    page = signed_in.get(reverse("datasets:versions", args=[dataset.pk])).text

    assert f'action="{reverse("datasets:compare", args=[dataset.pk])}"' in page
    assert page.count('name="a"') == page.count('name="b"') == 2
    assert "?a=1&amp;b=2" in page


@pytest.mark.parametrize(("active", "chosen"), [(2, (1, 2)), (1, (1, 2))])
def test_versions_begin_with_two_that_differ(signed_in, dataset, active, chosen):
    dataset.active_version = dataset.versions.get(number=active)
    dataset.save()

    page = signed_in.get(reverse("datasets:versions", args=[dataset.pk])).text

    found = re.findall(r'name="([ab])" value="(\d)"[^>]* checked>', page)
    assert sorted(found) == [("a", str(chosen[0])), ("b", str(chosen[1]))]


def begun(signed_in, dataset):
    page = signed_in.get(reverse("datasets:versions", args=[dataset.pk])).text
    return sorted(re.findall(r'name="[ab]" value="(\d)"[^>]* checked>', page))


def test_versions_begin_with_no_version_that_failed(signed_in, dataset):
    dataset.active_version = dataset.versions.get(number=1)
    dataset.save()
    dataset.versions.create(number=3, status="failed")

    assert begun(signed_in, dataset) == ["1", "2"]


def test_versions_begin_with_a_newest_import_and_another(signed_in, dataset):
    newest = dataset.versions.filter(number=2)
    newest.update(number=3, parent=None)
    dataset.active_version = newest.model.objects.get(dataset=dataset, number=3)
    dataset.save()

    assert begun(signed_in, dataset) == ["1", "3"]


def test_api_tells_the_difference(api, dataset):
    answer = api.get(f"/api/datasets/{dataset.pk}/difference/", {"a": 1}).json()

    assert (answer["a"], answer["b"]) == (1, 2)
    assert (answer["added"], answer["renamed"]) == ([], {"petal": "<b>leaf"})
    assert answer["retyped"] == {"species": ["category", "integer"]}
    assert (answer["rows_before"], answer["rows_after"]) == (6, 5)
    assert (answer["rows_compared"], answer["is_complete"]) == (5, True)
    assert answer["cells"] == {"species": 5, "sepal": 1}
    assert answer["removed_rows"] == [
        {
            "row": 2,
            "before": {"petal": None, "sepal": 6.3, "species": "virginica"},
            "after": {},
        }
    ]
    assert answer["changed_rows"][0]["after"]["species"] == 0


@pytest.mark.parametrize(
    ("query", "status"), [({}, 400), ({"a": "0"}, 400), ({"a": 1, "b": 7}, 404)]
)
def test_api_wants_versions_that_are_there(api, dataset, query, status):
    answer = api.get(f"/api/datasets/{dataset.pk}/difference/", query)

    assert answer.status_code == status
