"""Files of light curves in the layouts people have them in, as one table."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from rest_framework.test import APIClient

from datamine.work.children import run_inline
from datasets.curve_uploads import MOST_FILES
from datasets.lightcurves.errors import LightCurveError
from datasets.lightcurves.files import read_file
from datasets.lightcurves.joining import long_form
from datasets.models import Dataset, Upload
from tests.factories.projects import UserFactory

TBL = b"# Time (days)\tFlux\tError\n290.3\t0.95\t0.09\n291.35\t0.96\tnan\n"
DAT = b"2.4504e+06 1.5069e+01 3.0e-03\n2.4503e+06   1.5079e+01 3.0e-03\n"
LONG = (
    b"Star_ID,JD,Mag,sigma,note\nA,2.0,15.1,0.01,x\nB,1.0,14.0,,y\nA,1.0,15.0,0.01,\n"
)
OBJECT = {"star_id": "K2-18", "label": "planet", "time": [0.0, 1.0], "flux": [1, None]}


def sent(content: bytes, name: str) -> SimpleUploadedFile:
    """A file as a browser sends it, held in memory."""
    return SimpleUploadedFile(name, content)


def values(content: bytes, name: str = "EROS_1.tbl"):
    return read_file(name, content).to_dicts()


def test_a_table_of_numbers_is_a_star_called_as_its_file():
    assert values(TBL) == [
        {"time": 290.3, "flux": 0.95, "flux_err": 0.09, "star_id": "EROS_1"},
        {"time": 291.35, "flux": 0.96, "flux_err": None, "star_id": "EROS_1"},
    ]
    assert [row["time"] for row in values(DAT, "LMC.dat")] == [2450400.0, 2450300.0]


def test_columns_are_known_by_the_names_people_give_them():
    (first, *_) = values(LONG, "long.csv")

    assert first == {"star_id": "A", "time": 2.0, "flux": 15.1, "flux_err": 0.01}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(OBJECT),
        json.dumps([OBJECT, OBJECT]),
        f"{json.dumps(OBJECT)}\n{json.dumps(OBJECT)}\n",
    ],
)
def test_json_with_arrays_is_read_in_each_of_its_forms(text):
    found = values(text.encode(), "curves.json")

    assert {row["star_id"] for row in found} == {"K2-18"}
    assert found[0]["label"] == "planet"
    assert [row["time"] for row in found] == [0.0] * len(found)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "“a.dat”: The file is empty."),
        (b"# only\n", "The file is empty."),
        (b"1 2 3\n1 x 3\n", "line 2: “x” is no number \\(flux\\)."),
        (b"1 2 3\n1 2\n", "line 2: There are 2 values where 3 are needed."),
        (b"1\n2\n", "There is no flux; such a column is called flux, mag"),
        (b"time,flux,mag\n1,2,3\n", "There are two columns of flux."),
        (b"[]", "The file is empty."),
        (b"[1]", "An object with arrays was expected."),
        (b'{"time": [1], "flux": [1, 2]}', "“flux” is no array as long as “time”."),
        (b'{"time": 1, "flux": 2}', "“time” is no array as long as “time”."),
        (b'{"time": ["a"], "flux": [1]}', "“a” is no number \\(time\\)."),
        (b'{"time": [1]\n', "line 1: This is no JSON."),
        (b"[" * 100_000, "The JSON is nested too deeply."),
        (b"{}\n" + b"[" * 100_000, "line 2: This is no JSON."),
        (
            b'{"time": [1], "flux": [1' + b"0" * 400 + b"]}",
            "A number is too large \\(flux\\).",
        ),
        (
            b'{"id": "' + b"x" * 201 + b'", "time": [1], "flux": [1]}',
            "A star_id is longer than 200 characters.",
        ),
    ],
)
def test_what_is_no_light_curve_is_named_with_its_place(content, sentence):
    with pytest.raises(LightCurveError, match=sentence):
        read_file("a.dat", content)


def test_files_become_one_table_with_labels_by_star_and_time():
    labels = b"id,class,period\nA,cepheid,3.5\nEROS_1,mira,\n"

    found = long_form([("long.csv", LONG), ("EROS_1.tbl", TBL)], ("l.csv", labels))

    assert found.columns == [
        "star_id", "time", "flux", "flux_err", "label", "period",
    ]  # fmt: skip
    assert found["star_id"].to_list() == ["A", "A", "B", "EROS_1", "EROS_1"]
    assert found["time"].to_list() == [1.0, 2.0, 1.0, 290.3, 291.35]
    assert found["label"].to_list() == ["cepheid", "cepheid", None, "mira", "mira"]
    assert found["period"].to_list() == [3.5, 3.5, None, None, None]


def test_magnitudes_become_flux_around_one():
    found = long_form([("long.csv", LONG)], magnitudes=True)

    a = found.filter(star_id="A")
    assert a["flux"].to_list() == pytest.approx([10**0.02, 10**-0.02])
    assert a["flux_err"][0] == pytest.approx(0.921034 * 0.01 * 10**0.02)


def test_labels_without_stars_are_refused():
    with pytest.raises(LightCurveError, match="It needs the columns star_id and label"):
        long_form([("long.csv", LONG)], ("l.csv", b"a,b\n1,2\n"))
    with pytest.raises(LightCurveError, match="Two of its columns mean the same"):
        long_form([("long.csv", LONG)], ("l.csv", b"id,name,label\nA,A,mira\n"))
    with pytest.raises(LightCurveError, match="A label is longer than 200"):
        long_form([("long.csv", LONG)], ("l.csv", b"id,label\nA," + b"x" * 201))
    with pytest.raises(LightCurveError, match="This is no CSV table"):
        long_form([("long.csv", LONG)], ("l.csv", b""))


def test_the_page_puts_files_together(project, member, client):
    client.force_login(member)
    url = reverse("datasets:light_curves", args=[project.key])
    assert "Put together" in client.get(url).content.decode()

    answer = client.post(
        url,
        {
            "files": [sent(TBL, "EROS_1.tbl"), sent(LONG, "long.csv")],
            "labels": sent(b"star_id,label\nA,mira\n", "labels.csv"),
            "name": "Curves",
        },
    )

    dataset = Dataset.objects.get()
    version = dataset.versions.get()
    run_inline(version)
    assert answer.url == dataset.get_absolute_url()
    assert dataset.name == "Curves"
    assert version.rows_count == 5
    assert version.schema.names == ("star_id", "time", "flux", "flux_err", "label")


@pytest.mark.parametrize(
    ("sending", "sentence"),
    [
        ({}, "Choose a file to upload."),
        ({"files": (b"1 2\nx y\n", "a.dat")}, "“a.dat”, line 2: “x” is no number"),
    ],
)
def test_the_page_says_what_is_wrong(sending, sentence, project, member, client):
    client.force_login(member)
    url = reverse("datasets:light_curves", args=[project.key])

    answer = client.post(url, {name: sent(*file) for name, file in sending.items()})

    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Dataset.objects.exists()
    assert not Upload.objects.exists()


def test_a_name_that_is_taken_leaves_no_upload(project, member, client):
    client.force_login(member)
    url = reverse("datasets:light_curves", args=[project.key])
    for _ in range(2):
        answer = client.post(url, {"files": sent(TBL, "a.tbl"), "name": "Curves"})

    assert answer.status_code == 409
    assert "has a dataset “Curves” already" in answer.content.decode()
    assert Dataset.objects.count() == 1
    assert not Upload.objects.exists()


def test_calls_take_files_and_arrays(project, owner):
    api = APIClient()
    api.force_authenticate(owner)
    address = "/api/light-curves/"
    arrays = {"star_id": "b", "time": [0, 1, 2], "flux": [1, 2, 1], "label": "dipper"}

    files = api.post(
        address,
        {"project": project.key, "name": "Files", "files": [sent(TBL, "a.tbl")]},
        format="multipart",
    )
    inline = api.post(
        address,
        {"project": project.key, "name": "Arrays", "curves": [arrays]},
        format="json",
    )
    uneven = api.post(
        address,
        {"project": project.key, "curves": [{**arrays, "flux": [1]}]},
        format="json",
    )
    nothing = api.post(address, {"project": project.key}, format="json")

    assert (files.status_code, inline.status_code) == (202, 202)
    version = Dataset.objects.get(name="Arrays").versions.get()
    run_inline(version)
    assert version.rows_count == 3
    assert list(version.schema.names) == ["star_id", "time", "flux", "label"]
    assert uneven.status_code == 400
    assert "is no array as long as" in uneven.json()["errors"][0]["detail"]
    assert nothing.status_code == 400


def test_as_many_files_as_are_promised_arrive_and_no_more(project, owner):
    api = APIClient()
    api.force_authenticate(owner)
    curves = [sent(TBL, f"{number}.tbl") for number in range(320)]

    many = api.post(
        "/api/light-curves/",
        {"project": project.key, "files": curves[:MOST_FILES]},
        format="multipart",
    )
    too_many = api.post(
        "/api/light-curves/",
        {"project": project.key, "files": [sent(TBL, "a.tbl") for _ in curves]},
        format="multipart",
    )

    assert many.status_code == 202
    assert too_many.status_code == 400
    assert (
        "more files than a request may have" in too_many.json()["errors"][0]["detail"]
    )


def test_the_command_puts_files_together(project, tmp_path):
    UserFactory(is_superuser=True, is_staff=True)
    curve, labels, told = tmp_path / "a.tbl", tmp_path / "labels.csv", StringIO()
    curve.write_bytes(TBL)
    labels.write_text("star_id,label\na,dipper\n")

    call_command(
        "import_light_curves",
        curve,
        project=project.key,
        labels=labels,
        name="Curves",
        stdout=told,
    )

    dataset = Dataset.objects.get()
    rows = dataset.versions.get().rows_count
    assert told.getvalue() == f"Curves: {rows} rows, id {dataset.pk}.\n"
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_light_curves", tmp_path / "b.tbl", project=project.key)
    curve.write_text("time,flux\n1,x\n")
    with pytest.raises(CommandError, match="is no number"):
        call_command("import_light_curves", curve, project=project.key)
