"""Datasets over the API: shapes, long work, refusals, rights."""

from __future__ import annotations

import io
import json

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pyarrow import parquet
from rest_framework.test import APIClient

from datamine.work.children import run_inline
from datasets.api.queries import to_json
from datasets.exports.catalogue import FORMATS
from datasets.models import Dataset, DatasetVersion
from tests.factories.datasets import (
    FLOWERS,
    DatasetFactory,
    DatasetVersionFactory,
    imported_dataset,
)

FILL = {
    "step": "fill_missing",
    "columns": ["petal"],
    "parameters": {"strategy": "median"},
}


@pytest.fixture
def api(owner):
    client = APIClient()
    client.force_authenticate(owner)
    return client


@pytest.fixture
def dataset(project, owner):
    return imported_dataset(project, owner)


def file_of(content: bytes, name: str = "flowers.csv") -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def upload(api, project, content: bytes = FLOWERS, headers=None, **more):
    body = {"project": project.key, "file": file_of(content), **more}
    return api.post("/api/datasets/", body, format="multipart", headers=headers or {})


def error_of(response) -> dict:
    return response.json()["errors"][0]


def test_upload_answers_202_and_where_to_look(api, project):
    response = upload(api, project, name="Flowers")

    made = response.json()
    assert response.status_code == 202
    assert response["Location"] == f"/api/datasets/{made['id']}/"
    assert made["processing_status"] == "pending"
    assert made["active_version"] is None

    run_inline(DatasetVersion.objects.get())
    found = api.get(response["Location"]).json()
    shape = ["name", "processing_status", "active_version", "rows_count"]
    assert [found[key] for key in shape] == ["Flowers", "ready", 1, 6]
    assert found["columns"][0] == {
        "name": "petal",
        "type": "number",
        "missing": 1,
        "unique": 5,
    }


def test_upload_obeys_a_dialect_and_guesses_the_rest(api, project):
    dialect = json.dumps({"missing_markers": ["", "setosa"], "header": True})

    upload(api, project, FLOWERS.replace(b",", b";"), dialect=dialect)

    version = DatasetVersion.objects.get()
    run_inline(version)
    assert version.dialect["delimiter"] == ";"
    assert version.columns[2]["missing"] == 2


@pytest.mark.parametrize(
    ("content", "more", "attr", "sentence"),
    [
        (b"", {}, "file", "The file is empty."),
        (b"\x7fELF" + b"\0" * 60, {}, "file", "This is a program"),
        (b"PAR1" + b"\0" * 60, {}, "file", "The Parquet file is damaged"),
        (FLOWERS, {"dialect": "{"}, "dialect", "must be valid JSON."),
        (FLOWERS, {"dialect": "[1]"}, "dialect", "dialect must be an object."),
        (FLOWERS, {"dialect": '{"decimal": ";"}'}, "decimal", "decimal must be one of"),
        (FLOWERS, {"dialect": '{"nonsense": 1}'}, "nonsense", "is not a parameter"),
        (FLOWERS, {"name": "x" * 300}, "name", "no more than 200 characters"),
        (FLOWERS, {"name": "a\0b"}, "name", "Null characters are not allowed."),
    ],
)
def test_upload_refuses_with_the_field_and_a_sentence(
    api, project, content, more, attr, sentence, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = upload(api, project, content, **more)

    assert response.status_code == 400
    assert error_of(response)["attr"] == attr
    assert sentence in error_of(response)["detail"]
    assert not Dataset.objects.exists()


def test_upload_refuses_what_is_too_large(api, project, settings):
    settings.LIMITS = settings.LIMITS.__class__(
        **{**settings.LIMITS.__dict__, "upload_bytes": 10}
    )

    response = upload(api, project)

    assert response.status_code == 413
    assert error_of(response)["code"] == "too_large"


def test_upload_to_a_project_one_does_not_see_is_404(api, project, stranger):
    api.force_authenticate(stranger)

    response = upload(api, project)

    assert response.status_code == 404
    assert not Dataset.objects.exists()


def test_upload_of_a_name_that_is_taken_is_409(api, project):
    DatasetFactory(project=project, name="Flowers")

    response = upload(api, project, name="Flowers")

    assert response.status_code == 409
    assert error_of(response)["code"] == "name_taken"
    assert Dataset.objects.count() == 1


def test_upload_with_a_key_is_done_once(api, project):
    headers = {"Idempotency-Key": "one"}

    first = upload(api, project, headers=headers)
    second = upload(api, project, headers=headers)

    assert first.json()["id"] == second.json()["id"]
    assert second["Location"] == first["Location"]
    assert Dataset.objects.count() == 1


def test_prefer_wait_gives_up_in_time(api, project):
    response = upload(api, project, headers={"Prefer": "wait=1"})

    assert response.status_code == 202


def test_a_failed_import_tells_why(api, project, owner):
    dataset = imported_dataset(project, owner, b"a,b\n1,2\n3\n4,5\n")

    found = api.get(f"/api/datasets/{dataset.pk}/").json()
    version = api.get(f"/api/datasets/{dataset.pk}/versions/1/").json()

    assert found["processing_status"] == "failed"
    assert "Line 3 has 1 cell" in found["processing_error"]
    assert version["problems"][0]["line"] == 3


def test_a_cancelled_import_counts_as_failed(api, project):
    version = DatasetVersionFactory(
        dataset__project=project, status="cancelled", data=""
    )

    found = api.get(f"/api/datasets/{version.dataset_id}/").json()

    assert found["processing_status"] == "failed"
    assert found["processing_error"] == "The import was cancelled."


def test_sniff_tells_and_keeps_nothing(api):
    body = {"file": file_of(b"a;b\n1,5;x\n2,5;y\n")}

    found = api.post("/api/datasets/sniff/", body, format="multipart").json()

    assert found["dialect"]["delimiter"] == ";"
    assert found["dialect"]["decimal"] == ","
    assert found["columns"][0] == {"name": "a", "type": "number"}
    assert found["rows"][0] == ["1,5", "x"]
    assert not Dataset.objects.exists()


def test_sniff_lists_the_tables_in_a_file_and_takes_one(api):
    content = b'{"nodes": [{"n": 1}], "links": [{"from": "a"}]}'
    body = {"file": file_of(content), "dialect": json.dumps({"part": "/links"})}

    found = api.post("/api/datasets/sniff/", body, format="multipart").json()

    assert found["format"] == "json"
    assert [part["part"] for part in found["parts"]] == ["/nodes", "/links", ""]
    assert found["rows"] == [["a"]]


def test_list_is_filtered_and_paged(api, project):
    for name in ("Flowers", "Stars", "More stars"):
        DatasetFactory(project=project, name=name)
    DatasetFactory(name="Hidden stars")

    found = api.get(
        "/api/datasets/",
        {"project": project.key, "name": "star", "ordering": "name", "page_size": 1},
    ).json()

    assert found["count"] == 2
    assert [row["name"] for row in found["results"]] == ["More stars"]
    assert found["next"].endswith("page=2&page_size=1&project=" + project.key)


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_as_many_queries_for_three_as_for_one(
    api, project, owner, count, django_assert_num_queries
):
    for _ in range(count):
        DatasetVersionFactory(
            dataset__project=project, dataset__created_by=owner, number=1, active=True
        )

    with django_assert_num_queries(3):
        found = api.get("/api/datasets/").json()

    assert found["count"] == count


def test_patch_changes_labels_only(api, dataset):
    response = api.patch(
        f"/api/datasets/{dataset.pk}/", {"name": "New", "sha256": "x", "project": "y"}
    )

    dataset.refresh_from_db()
    assert response.json()["name"] == "New"
    assert (dataset.name, len(dataset.sha256)) == ("New", 64)


def test_patch_refuses_a_name_that_is_taken(api, dataset):
    DatasetFactory(project=dataset.project, name="Stars")

    response = api.patch(f"/api/datasets/{dataset.pk}/", {"name": "Stars"})

    assert response.status_code == 400
    assert error_of(response)["code"] == "name_taken"


def test_delete_puts_into_the_trash_and_purging_takes_everything(api, dataset):
    url = f"/api/datasets/{dataset.pk}/"

    early = api.post(f"{url}purge/")
    deleted = api.delete(url)
    gone = api.get(url)
    (listed,) = api.get("/api/datasets/trash/").json()["results"]
    back = api.post(f"{url}put-back/").json()
    again = api.post(f"{url}put-back/")
    api.delete(url)
    purged = api.post(f"{url}purge/")

    assert [answer.status_code for answer in (early, deleted, gone, again, purged)] == [
        404, 204, 404, 404, 204,
    ]  # fmt: skip
    assert (listed["id"], back["active_version"]) == (dataset.pk, 1)
    assert listed["trashed_at"] > listed["created_at"]
    assert back["trashed_at"] is None
    assert not DatasetVersion.objects.exists()


def test_profile_tells_each_column(api, dataset):
    found = api.get(f"/api/datasets/{dataset.pk}/profile/").json()

    petal = found["columns"][0]
    assert (found["rows"], found["version"]) == (6, 1)
    assert (petal["minimum"], petal["maximum"], petal["missing"]) == (1.3, 6.0, 1)
    assert petal["quantiles"]["0.5"] == 4.5


def test_profile_of_some_columns(api, dataset):
    found = api.get(f"/api/datasets/{dataset.pk}/profile/", {"columns": "sepal,petal"})

    assert [c["name"] for c in found.json()["columns"]] == ["petal", "sepal"]


def test_rows_come_sorted_filtered_and_paged(api, dataset):
    url = f"/api/datasets/{dataset.pk}/rows/"
    query = {"ordering": "-sepal", "columns": "sepal,species", "page_size": 2}

    found = api.get(url, {**query, "filter": "species:ne:setosa"}).json()

    assert found["count"] == 4
    assert found["results"] == [
        {"sepal": 7.0, "species": "versicolor"},
        {"sepal": 6.4, "species": "versicolor"},
    ]
    second = api.get(found["next"]).json()
    assert second["results"][1] == {"sepal": None, "species": "virginica"}
    assert second["next"] is None


def test_infinite_numbers_are_text():
    assert to_json(float("-inf")) == "-Infinity"
    assert to_json(1.5) == 1.5


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ({"page": "0"}, "page"),
        ({"page": "x"}, "page"),
        ({"page_size": "201"}, "page_size"),
        ({"ordering": "nothing"}, "ordering"),
        ({"columns": "petal,nothing"}, "columns"),
        ({"filter": "petal"}, "filter"),
        ({"filter": "petal:nonsense:1"}, "filter"),
        ({"filter": "petal:eq:abc"}, "filter"),
        ({"version": "x"}, "version"),
    ],
)
def test_rows_refuse_with_the_parameter(api, dataset, query, attr):
    response = api.get(f"/api/datasets/{dataset.pk}/rows/", query)

    assert response.status_code == 400
    assert error_of(response)["attr"] == attr


def test_rows_name_the_bounds(api, dataset):
    response = api.get(f"/api/datasets/{dataset.pk}/rows/", {"page_size": "0"})

    assert error_of(response)["detail"] == "page_size must be between 1 and 200."


def test_rows_of_a_dataset_without_data_are_409(api, project):
    dataset = DatasetFactory(project=project)

    response = api.get(f"/api/datasets/{dataset.pk}/rows/")

    assert response.status_code == 409
    assert error_of(response)["code"] == "not_ready"


@pytest.mark.parametrize("content", [None, b"PAR1 junk"])
def test_damaged_data_are_named_and_no_crash(api, dataset, content):
    key = dataset.active_version.data
    default_storage.delete(key)
    if content:
        default_storage.save(key, ContentFile(content))
    url = f"/api/datasets/{dataset.pk}/"

    answers = [
        api.get(f"{url}rows/"),
        api.get(f"{url}download/"),
        api.get(f"{url}download/?format=parquet"),
        api.post(f"{url}versions/?dry_run=1", {"steps": [FILL]}),
    ]

    assert {answer.status_code for answer in answers} == {409}
    assert {error_of(answer)["code"] for answer in answers} == {"damaged"}


def test_steps_make_a_version(api, dataset):
    url = f"/api/datasets/{dataset.pk}/versions/"

    response = api.post(url, {"steps": [FILL], "description": "Whole"})

    made = response.json()
    assert response.status_code == 202
    assert response["Location"] == f"{url}2/"
    assert (made["number"], made["parent"], made["processing_status"]) == (
        2,
        1,
        "pending",
    )
    run_inline(DatasetVersion.objects.get(number=2))
    done = api.get(f"{url}2/").json()
    assert done["processing_status"] == "ready"
    assert done["cells_changed"] == 1
    assert done["is_active"] is True
    assert done["steps"][0]["state"] == {"petal": 4.5}
    assert [v["number"] for v in api.get(url).json()["results"]] == [1, 2]


def test_dry_run_tells_and_makes_nothing(api, dataset):
    url = f"/api/datasets/{dataset.pk}/versions/?dry_run=1"

    found = api.post(url, {"steps": [FILL]}).json()

    assert (found["sample_rows"], found["cells_changed"]) == (6, 1)
    assert found["cells"] == {"petal": 1}
    assert dataset.versions.count() == 1


@pytest.mark.parametrize(
    ("step", "attr"),
    [
        ({**FILL, "columns": ["nothing"]}, "steps.0.columns"),
        ({**FILL, "columns": []}, "steps.0"),
        ({**FILL, "step": "nonsense"}, "steps.0"),
        ({**FILL, "parameters": {"strategy": "x"}}, "steps.0.parameters.strategy"),
        ({**FILL, "parameters": {"x": 1}}, "steps.0.parameters.x"),
        ({**FILL, "columns": ["species"]}, "steps.0.columns"),
        ({"columns": ["petal"]}, "steps.0.step"),
        ({**FILL, "columns": "petal"}, "steps.0.columns"),
    ],
)
@pytest.mark.parametrize("query", ["", "?dry_run=1"])
def test_steps_are_refused_with_their_place(api, dataset, step, attr, query):
    url = f"/api/datasets/{dataset.pk}/versions/{query}"

    response = api.post(url, {"steps": [step]})

    assert response.status_code == 400
    assert error_of(response)["attr"] == attr
    assert dataset.versions.count() == 1


def test_restore_moves_back(api, dataset, owner):
    second = DatasetVersionFactory(
        dataset=dataset, number=2, parent=dataset.active_version, active=True
    )
    assert dataset.active_version == second

    found = api.post(f"/api/datasets/{dataset.pk}/restore/", {"version": 1}).json()

    assert found["active_version"] == 1


@pytest.mark.parametrize(("version", "status"), [(9, 404), ("x", 400), (0, 400)])
def test_restore_refuses_what_is_not_there(api, dataset, version, status):
    response = api.post(f"/api/datasets/{dataset.pk}/restore/", {"version": version})

    assert response.status_code == status


def test_cancel_a_waiting_version(api, project):
    version = DatasetVersionFactory(dataset__project=project, status="pending", data="")
    url = f"/api/datasets/{version.dataset_id}/versions/{version.number}/cancel/"

    first, second = api.post(url), api.post(url)

    assert first.json()["processing_status"] == "cancelled"
    assert (second.status_code, error_of(second)["code"]) == (409, "ended")


def test_download_as_csv_makes_formulas_harmless(api, project, owner):
    table = b"=name,n\n=1+1,-5\n@x,2\n plain,3\n,4\n"
    dataset = imported_dataset(project, owner, table, header=True)
    url = f"/api/datasets/{dataset.pk}/download/"

    people, programs = api.get(url), api.get(url, {"for": "programs"})

    assert b"".join(people).splitlines() == [
        b'"\'=name","n"',
        b'"\'=1+1",-5',
        b'"\'@x",2',
        b'"plain",3',
        b",4",
    ]
    assert b"".join(programs).splitlines()[1] == b'"=1+1",-5'
    assert people["Content-Disposition"] == 'attachment; filename="flowers v1.csv"'
    assert people["X-Content-Type-Options"] == "nosniff"
    assert people["Content-Type"].startswith("text/csv")


def test_download_as_parquet_has_the_names(api, dataset):
    response = api.get(f"/api/datasets/{dataset.pk}/download/", {"format": "parquet"})

    table = parquet.read_table(io.BytesIO(b"".join(response)))
    assert table.column_names == ["petal", "sepal", "species"]
    assert table.num_rows == 6


def test_download_in_each_format_says_what_it_is(api, dataset):
    url = f"/api/datasets/{dataset.pk}/download/"

    sent = {name: api.get(url, {"format": name}) for name in FORMATS}

    assert {name: response["Content-Type"] for name, response in sent.items()} == {
        "csv": "text/csv; charset=utf-8; header=present",
        "parquet": "application/vnd.apache.parquet",
        "json": "application/json",
        "jsonl": "application/jsonl",
        "arff": "text/plain; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    assert sent["arff"]["Content-Disposition"].endswith('"flowers v1.arff"')
    assert json.loads(b"".join(sent["json"]))[0] == {
        "petal": 1.4,
        "sepal": 5.1,
        "species": "setosa",
    }


def test_download_names_the_formats(api, dataset):
    response = api.get(f"/api/datasets/{dataset.pk}/download/", {"format": "exe"})

    assert response.status_code == 400
    assert error_of(response)["detail"] == (
        "format must be one of csv, parquet, json, jsonl, arff, xlsx."
    )


def test_download_a_format_cannot_hold_is_refused(api, dataset, monkeypatch):
    monkeypatch.setattr("datasets.exports.xlsx.MOST_ROWS", 6)
    url = f"/api/datasets/{dataset.pk}/download/"

    response = api.get(url, {"format": "xlsx"})

    assert response.status_code == 400
    assert error_of(response)["attr"] == "format"
    assert "this table has more. Take CSV or Parquet" in error_of(response)["detail"]


def test_steps_are_told_with_schema_and_defaults(api):
    found = {entry["name"]: entry for entry in api.get("/api/steps/").json()}

    assert found["scale"]["accepts"] == ["integer", "number"]
    assert found["fill_missing"]["defaults"]["strategy"] == "median"
    assert "strategy" in found["fill_missing"]["parameters"]["properties"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("patch", ""),
        ("delete", ""),
        ("get", "profile/"),
        ("get", "rows/"),
        ("get", "versions/"),
        ("post", "versions/"),
        ("get", "versions/1/"),
        ("post", "versions/1/cancel/"),
        ("post", "restore/"),
        ("get", "download/"),
    ],
)
def test_strangers_find_nothing(api, dataset, stranger, method, path):
    api.force_authenticate(stranger)
    body = {"steps": [FILL], "version": 1}

    response = getattr(api, method)(f"/api/datasets/{dataset.pk}/{path}", body)

    assert response.status_code == 404
    assert Dataset.objects.get().name == "flowers"


def test_editors_may_not_delete(api, dataset, member):
    api.force_authenticate(member)

    response = api.delete(f"/api/datasets/{dataset.pk}/")

    assert response.status_code == 403
    assert Dataset.objects.exists()
