"""The pages of datasets, as a person walks through them."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from datamine.work.children import run_inline
from datasets.models import Dataset, DatasetVersion, Upload
from datasets.stored import UPLOADS, stored_keys
from datasets.views.rows import number_cell
from tests.factories.datasets import (
    FLOWERS,
    DatasetFactory,
    DatasetVersionFactory,
    UploadFactory,
    imported_dataset,
)

HOSTILE = "\"><img src=x onerror=alert(1)>\n' 🦉 " + "x" * 150


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def dataset(project, owner):
    return imported_dataset(project, owner)


def file_of(content: bytes, name: str = "flowers.csv") -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def send(client, project, content: bytes, name: str = "flowers.csv"):
    url = reverse("datasets:upload", args=[project.key])
    return client.post(url, {"file": file_of(content, name)})


def test_a_file_becomes_a_dataset(signed_in, project):
    response = send(signed_in, project, FLOWERS)
    upload = Upload.objects.get()
    assert response["Location"] == upload.get_absolute_url()

    page = signed_in.get(response["Location"]).content.decode()
    assert "Cells are separated by a comma: 3 columns." in page
    assert '<span class="null">missing</span>' in page

    form = signed_in.get(upload.get_absolute_url()).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {"name": "Flowers", "description": "", "do": "import"}
    response = signed_in.post(upload.get_absolute_url(), data)
    dataset = Dataset.objects.get()
    assert response["Location"] == dataset.get_absolute_url()
    assert (
        "waiting for a worker" in signed_in.get(response["Location"]).content.decode()
    )

    run_inline(dataset.versions.get())
    page = signed_in.get(dataset.get_absolute_url()).content.decode()
    assert "<dd>6</dd>" in page
    assert '<svg class="spark"' in page


@pytest.mark.parametrize(("way", "rows"), [("stop", None), ("drop", 2), ("fill", 3)])
def test_bad_records_have_three_ways_out(signed_in, project, owner, way, rows):
    dataset = imported_dataset(project, owner, b"a,b\n1,2\n3\n4,5\n")
    url = reverse("datasets:dialect", args=[dataset.pk])
    failed = signed_in.get(dataset.get_absolute_url()).content.decode()
    form = signed_in.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}

    signed_in.post(url, data | {"bad_records": way, "do": "import"})
    version = dataset.versions.last()
    run_inline(version)

    version.refresh_from_db()
    assert "Line 3 has 1 cell where 2 are expected" in failed
    assert (version.rows_count or None) == rows


def test_upload_refuses_a_picture_and_keeps_nothing(
    signed_in, project, django_capture_on_commit_callbacks
):
    before = set(stored_keys(UPLOADS))

    with django_capture_on_commit_callbacks(execute=True):
        response = send(signed_in, project, b"\x89PNG\r\n\x1a\n" + b"\0" * 50)

    assert response.status_code == 400
    assert "This is an image" in response.content.decode()
    assert not Upload.objects.exists()
    assert set(stored_keys(UPLOADS)) == before


def test_upload_refuses_what_is_too_large(signed_in, project, settings):
    settings.LIMITS = settings.LIMITS.__class__(
        **{**settings.LIMITS.__dict__, "upload_bytes": 10}
    )

    response = send(signed_in, project, FLOWERS)

    assert response.status_code == 413
    assert "The file is larger than" in response.content.decode()
    assert not Upload.objects.exists()


def test_upload_without_a_file_says_so(signed_in, project):
    response = signed_in.post(reverse("datasets:upload", args=[project.key]))

    assert response.status_code == 400
    assert "Choose a file to upload." in response.content.decode()


def test_review_shows_the_rows_as_corrected(signed_in, project):
    upload = UploadFactory(project=project, content=b"a;b\n1;2\n3;4\n")
    form = signed_in.get(upload.get_absolute_url()).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {"delimiter": ",", "name": "x", "header": ""}

    response = signed_in.post(
        upload.get_absolute_url(), data, headers={"HX-Request": "true"}
    )

    page = response.content.decode()
    assert "<td>a;b</td>" in page
    assert "<html" not in page
    assert response["Vary"].count("HX-Request") == 1


def test_review_offers_the_tables_in_a_file(signed_in, project):
    content = b'{"nodes": [{"n": 1}], "links": [{"from": "a"}, {"from": "b"}]}'
    upload = UploadFactory(project=project, filename="net.json", content=content)
    first = signed_in.get(upload.get_absolute_url())
    form = first.context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {"part": "/links", "type-n": "text", "type-from": "text", "name": "x"}

    page = signed_in.post(upload.get_absolute_url(), data).content.decode()

    assert '<option value="/links">links</option>' in first.content.decode()
    assert "delimiter" not in form.fields
    assert "<td>a</td>" in page
    assert 'for="id_type-from"' in page
    assert 'for="id_type-n"' not in page


def test_review_asks_only_what_matters_to_the_format(signed_in, project):
    content = b"@relation r\n@attribute a numeric\n@data\n1\n?\n"
    upload = UploadFactory(project=project, filename="a.arff", content=content)
    form = signed_in.get(upload.get_absolute_url()).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}

    page = signed_in.post(upload.get_absolute_url(), data | {"name": "x"})

    assert list(form.fields) == ["encoding", "bad_records", "missing_markers", "type-a"]
    assert '<span class="null">missing</span>' in page.content.decode()


def test_review_says_which_needed_columns_the_file_lacks(signed_in, project):
    url = reverse("datasets:upload", args=[project.key])
    file = file_of(b"petal,sepal\n1,2\n3,4\n", "flowers.csv")

    answer = signed_in.post(f"{url}?needs=Petal,age,sepal", {"file": file})

    page = signed_in.get(answer["Location"])
    form = page.context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    corrected = signed_in.post(answer["Location"], data | {"delimiter": ";"})

    assert page.context["lacking"] == ["age"]
    assert "Missing required columns: age." in page.text
    assert f'hx-post="{answer["Location"]}"' in page.text
    assert corrected.context["lacking"] == ["Petal", "age", "sepal"]


def test_review_says_when_the_same_bytes_are_here(signed_in, project, dataset):
    send(signed_in, project, FLOWERS)

    page = signed_in.get(Upload.objects.get().get_absolute_url()).content.decode()

    assert "The same bytes are already here as <b>flowers</b>" in page


def test_review_refuses_a_dialect_that_cannot_be(signed_in, project):
    upload = UploadFactory(project=project)
    form = signed_in.get(upload.get_absolute_url()).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {"thousands": ",", "decimal": ",", "name": "x", "do": "import"}

    response = signed_in.post(upload.get_absolute_url(), data)

    assert "Decimal sign and thousands separator must differ." in (
        response.content.decode()
    )
    assert not Dataset.objects.exists()


def test_discard_throws_the_upload_away(
    signed_in, project, django_capture_on_commit_callbacks
):
    upload = UploadFactory(project=project)

    with django_capture_on_commit_callbacks(execute=True):
        signed_in.post(reverse("datasets:discard", args=[upload.pk]))

    assert not Upload.objects.exists()
    assert not default_storage.exists(upload.key)


def test_a_failed_import_lists_bad_records_and_the_way_on(signed_in, project, owner):
    dataset = imported_dataset(project, owner, b"a,b\n1,2\n3\n4,5\n")

    page = signed_in.get(dataset.get_absolute_url()).content.decode()

    assert "The file could not be imported" in page
    assert '<td class="number">3</td>' in page
    assert reverse("datasets:dialect", args=[dataset.pk]) in page


def test_dialect_imports_again_without_bad_records(signed_in, project, owner):
    dataset = imported_dataset(project, owner, b"a,b\n1,2\n3\n4,5\n")
    url = reverse("datasets:dialect", args=[dataset.pk])
    form = signed_in.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}

    signed_in.post(url, data | {"bad_records": "drop", "do": "import"})

    version = dataset.versions.get(number=2)
    run_inline(version)
    page = signed_in.get(dataset.get_absolute_url()).content.decode()
    assert page.count("1 bad record was left out") == 1
    assert version.rows_count == 2


def test_progress_stops_polling_at_the_end(signed_in, project):
    version = DatasetVersionFactory(
        dataset__project=project, status="processing", data="", phase="Reading"
    )
    url = reverse("datasets:progress", args=[version.dataset_id, version.number])

    during = signed_in.get(url)
    DatasetVersion.objects.filter(pk=version.pk).update(status="failed")
    after = signed_in.get(url)

    assert "Reading" in during.content.decode()
    assert "HX-Refresh" not in during
    assert after["HX-Refresh"] == "true"


def test_cancel_stops_a_waiting_import(signed_in, project):
    version = DatasetVersionFactory(dataset__project=project, status="pending", data="")

    signed_in.post(
        reverse("datasets:cancel", args=[version.dataset_id, version.number])
    )

    version.refresh_from_db()
    assert version.status == "cancelled"
    page = signed_in.get(version.dataset.get_absolute_url()).content.decode()
    assert "The import was cancelled" in page


def test_rows_are_sorted_filtered_and_told_missing(signed_in, dataset):
    url = reverse("datasets:rows", args=[dataset.pk])

    response = signed_in.get(
        url, {"sort": "-c1", "c": "c2", "o": "eq", "v": "virginica"}
    )

    rows = response.context["rows"]
    assert [row for row, _ in rows] == [2, 3]
    assert [cells[0].get("text") for _, cells in rows] == [None, "6.0"]
    assert '<span class="null">missing</span>' in response.content.decode()


def test_rows_come_as_a_file_as_they_are_shown(signed_in, dataset):
    url = reverse("datasets:rows_csv", args=[dataset.pk])
    query = {"sort": "-c1", "c": "c2", "o": "eq", "v": "virginica", "page": "9"}

    text = signed_in.get(url, query).text
    refused = signed_in.get(url, {"c": "c0", "o": "eq", "v": "many"})

    assert list(csv.reader(io.StringIO(text))) == [
        ["row", "petal", "sepal", "species"],
        ["3", "", "6.3", "virginica"],
        ["4", "6.0", "", "virginica"],
    ]
    assert refused.status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "c99"},
        {"sort": "-"},
        {"page": "99999999999999999999"},
        {"page": "-1"},
        {"from": "9" * 30},
        {"c": "c0", "o": "eq", "v": "not a number"},
        {"c": "c0; DROP TABLE x", "o": "eq", "v": "1"},
        {"c": "c0", "o": "nonsense", "v": "1"},
        {"c": "c2", "o": "lt", "v": "1"},
        {"c": "c0", "o": "eq"},
        {"c": "c0", "o": "eq", "v": "1e999"},
        {"c": "c2", "o": "contains", "v": "\0"},
        {"q": "\0", "sort": "\0", "page": "\0"},
    ],
)
@pytest.mark.parametrize("name", ["rows", "detail", "versions", "prepare"])
def test_no_query_breaks_a_page(signed_in, dataset, name, query):
    response = signed_in.get(reverse(f"datasets:{name}", args=[dataset.pk]), query)

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.25, {"text": "0.25"}),
        (-0.900681170297807, {"text": "-0.900681", "title": "-0.900681170297807"}),
        (12345678901234, {"text": "12345678901234"}),
    ],
)
def test_long_fractions_are_shortened(value, shown):
    assert number_cell(value) == shown


@pytest.mark.parametrize("version", ["0", "2", "x", "9" * 40, "-1"])
def test_a_version_that_is_not_there_is_404(signed_in, dataset, version):
    response = signed_in.get(dataset.get_absolute_url(), {"version": version})

    assert response.status_code == 404


def test_hostile_names_are_shown_as_text(signed_in, project, owner):
    table = f'"{HOSTILE.replace(chr(34), chr(34) * 2)}",b\n{"y" * 300},2\n,3\n'
    dataset = imported_dataset(project, owner, table.encode(), HOSTILE[:190])
    pages = ["detail", "rows", "versions", "edit", "delete", "prepare", "dialect"]

    contents = [
        signed_in.get(reverse(f"datasets:{name}", args=[dataset.pk])).content.decode()
        for name in pages
    ]

    assert [("<img" in content) for content in contents] == [False] * len(pages)
    assert "&lt;img src=x" in contents[0]
    assert "y" * 79 + "…" in contents[1]


def test_a_warning_leads_to_its_step(signed_in, project, owner):
    dataset = imported_dataset(project, owner)

    page = signed_in.get(dataset.get_absolute_url()).content.decode()

    link = f"{reverse('datasets:prepare', args=[dataset.pk])}?step=fill_missing"
    assert f"{link}&amp;column=c0&amp;column=c1" in page
    rows = signed_in.get(f"{link}&column=c0&column=c1").context["builder"].rows
    assert rows[0].chosen == ["c0", "c1"]


def test_restore_makes_an_earlier_version_active(signed_in, dataset):
    second = DatasetVersionFactory(
        dataset=dataset, number=2, parent=dataset.active_version
    )
    dataset.active_version = second
    dataset.save()

    signed_in.post(reverse("datasets:restore", args=[dataset.pk, 1]))

    dataset.refresh_from_db()
    assert dataset.active_version.number == 1


def test_versions_stand_below_their_parents(signed_in, dataset):
    first = dataset.active_version
    DatasetVersionFactory(dataset=dataset, number=2, parent=first)
    DatasetVersionFactory(dataset=dataset, number=3, parent=None)
    DatasetVersionFactory(dataset=dataset, number=4, parent=first)

    rows = signed_in.get(reverse("datasets:versions", args=[dataset.pk])).context[
        "rows"
    ]

    assert [(row["version"].number, row["lane"]) for row in rows] == [
        (1, 0),
        (2, 1),
        (4, 0),
        (3, 0),
    ]


def test_the_way_to_the_active_version_is_one_lane(signed_in, dataset):
    first = dataset.active_version
    second = DatasetVersionFactory(dataset=dataset, number=2, parent=first, active=True)
    DatasetVersionFactory(dataset=dataset, number=3, parent=second)
    branch = DatasetVersionFactory(dataset=dataset, number=4, parent=first)
    DatasetVersionFactory(dataset=dataset, number=5, parent=branch)

    page = signed_in.get(reverse("datasets:versions", args=[dataset.pk]))

    rows = page.context["rows"]
    assert [(row["version"].number, row["lane"]) for row in rows] == [
        (1, 0), (4, 1), (5, 1), (2, 0), (3, 0),
    ]  # fmt: skip
    assert [row["place"].begins for row in rows] == [True, True, False, False, False]
    assert [row["place"].goes_on for row in rows] == [True, True, False, True, False]


def test_edit_changes_name_and_description(signed_in, dataset):
    url = reverse("datasets:edit", args=[dataset.pk])

    signed_in.post(url, {"name": "New", "description": "Words"})

    dataset.refresh_from_db()
    assert (dataset.name, dataset.description) == ("New", "Words")


def test_edit_refuses_a_name_of_300_signs(signed_in, dataset):
    url = reverse("datasets:edit", args=[dataset.pk])

    response = signed_in.post(url, {"name": "x" * 300})

    assert "at most 200 characters" in response.content.decode()
    dataset.refresh_from_db()
    assert dataset.name == "flowers"


def test_delete_says_what_moves_then_does_it(signed_in, dataset):
    url = reverse("datasets:delete", args=[dataset.pk])

    asked = signed_in.get(url).content.decode()
    signed_in.post(url)

    assert "1 version with all steps that made them." in asked
    assert not Dataset.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_as_many_queries_for_three_as_for_one(
    signed_in, project, owner, count, django_assert_num_queries
):
    for _ in range(count):
        DatasetVersionFactory(
            dataset__project=project, dataset__created_by=owner, number=1, active=True
        )
    url = reverse("datasets:list", args=[project.key])
    signed_in.get(url)

    with django_assert_num_queries(LIST_QUERIES):
        page = signed_in.get(url).content.decode()

    assert page.count('scope="row"') == count


LIST_QUERIES = 16


@pytest.mark.parametrize("count", [1, 3])
def test_versions_take_as_many_queries_for_three_as_for_one(
    signed_in, project, count, django_assert_num_queries
):
    dataset = DatasetFactory(project=project)
    for number in range(1, count + 1):
        DatasetVersionFactory(dataset=dataset, number=number, active=True)
    url = reverse("datasets:versions", args=[dataset.pk])
    signed_in.get(url)

    with django_assert_num_queries(VERSIONS_QUERIES):
        page = signed_in.get(url).content.decode()

    assert page.count('scope="row"') == count


VERSIONS_QUERIES = 12


def test_list_finds_by_name_and_says_when_there_is_none(signed_in, project):
    DatasetFactory(project=project, name="Flowers")
    DatasetFactory(project=project, name="Stars")
    url = reverse("datasets:list", args=[project.key])

    found = signed_in.get(url, {"q": "flow"}).context["page"].object_list
    none = signed_in.get(url, {"q": "nothing"}).content.decode()

    assert [dataset.name for dataset in found] == ["Flowers"]
    assert "No dataset of this project has “nothing” in its name." in none


def test_an_empty_project_says_what_to_do(signed_in, project):
    page = signed_in.get(reverse("datasets:list", args=[project.key])).content.decode()

    assert "No tables yet" in page
    assert reverse("datasets:upload", args=[project.key]) in page
