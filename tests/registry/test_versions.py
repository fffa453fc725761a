"""One version: its page, notes and tags, and the folder to take along."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.urls import reverse

from datamine import files
from experiments.results.searches import FoundSearch
from registry import serving
from registry.exceptions import NotAvailableError, UnfitTagsError
from registry.onnx import ONE, onnx_of
from registry.services import activate_version, describe_version, register_version
from tests.experiments.families.patients import FEATURES, QUICK, patients
from tests.factories.datasets import imported_dataset
from tests.factories.experiments import draft_on, trained_session
from tests.factories.projects import MembershipFactory, UserFactory
from tests.factories.registry import (
    ModelVersionFactory,
    RegisteredModelFactory,
    flowers_in_service,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(project):
    return ModelVersionFactory(model=RegisteredModelFactory(project=project))


def to_csv(columns: dict) -> bytes:
    rows = zip(*(values for _, values in columns.values()), strict=True)
    return "\n".join(",".join(map(str, row)) for row in [list(columns), *rows]).encode()


def packed(client, version) -> zipfile.ZipFile:
    address = reverse("registry:download", args=[version.model_id, version.version])
    return zipfile.ZipFile(io.BytesIO(client.get(address).getvalue()))


def answered_by(folder: Path) -> dict:
    """Run the program in the README of a package, and return what it prints."""
    text = (folder / "README.md").read_text()
    (program,) = re.findall(r"```python\n(.*?)```", text, re.S)
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={"PYTHONPATH": str(settings.BASE_DIR)},
        capture_output=True,
        check=True,
    )
    assert len([line for line in program.splitlines() if line]) <= 10
    return json.loads(done.stdout)


def test_package_answers_as_its_readme_opens_it(client, owner, project, tmp_path):
    version = flowers_in_service(project, owner)
    client.force_login(owner)

    with packed(client, version) as package:
        package.extractall(tmp_path)

    folder = tmp_path / f"flowers_{version.version[1:]}"
    experiment = version.session.experiment_id
    assert len(list(folder.glob(f"model_{experiment}_*.pkl"))) == 1
    metadata = json.loads((folder / "metadata.json").read_text())
    assert answered_by(folder) == metadata["self_check"]["answers"]


def test_package_of_a_network_holds_its_tensors_apart(client, owner, project, tmp_path):
    lines = to_csv(patients())
    dataset = imported_dataset(project, owner, lines, name="Patients")
    draft = draft_on(
        dataset, "CLASS", *FEATURES, algorithm="diabetes", hyperparameters=QUICK
    )
    version = register_version(
        trained_session(draft, owner), name="diabetes", actor=owner
    )
    client.force_login(owner)

    with packed(client, version) as package:
        package.extractall(tmp_path)

    (folder,) = tmp_path.iterdir()
    held = {path.name for path in folder.iterdir()}
    assert held == {"README.md", "metadata.json", "model.pth", "scaler.pkl"}
    answered, metadata = answered_by(folder), folder / "metadata.json"
    expected = json.loads(metadata.read_text())["self_check"]["answers"]
    for found, wanted in zip(
        answered["predictions"], expected["predictions"], strict=True
    ):
        assert found["probabilities"] == pytest.approx(
            wanted["probabilities"], abs=1e-5
        )


@pytest.mark.timeout(300)
def test_package_holds_the_version_as_onnx_where_asked(
    client, owner, project, tmp_path
):
    version = flowers_in_service(project, owner)
    client.force_login(owner)
    address = f"/api/projects/{project.key}/models/flowers/versions/{version.version}"

    package = client.get(f"{address}/download/?onnx=1")
    with zipfile.ZipFile(io.BytesIO(package.getvalue())) as packed:
        packed.extractall(tmp_path)

    (folder,) = tmp_path.iterdir()
    text = (folder / "README.md").read_text()
    _, program = re.findall(r"```python\n(.*?)```", text, re.S)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, check=True
    )
    checked = json.loads((folder / "metadata.json").read_text())["self_check"]
    answers = checked["answers"]["predictions"]
    expected = [list(answer["probabilities"].values()) for answer in answers]
    assert np.array(json.loads(done.stdout)) == pytest.approx(np.array(expected))


@pytest.mark.timeout(300)
def test_onnx_is_made_once_and_what_was_changed_is_not_handed_out(
    client, owner, project, tmp_path, settings
):
    settings.INPUTS_DIR = tmp_path / "inputs"
    version = flowers_in_service(project, owner)
    client.force_login(owner)
    address = f"/api/projects/{project.key}/models/flowers/versions/{version.version}"

    made = client.get(f"{address}/onnx/")
    with ONE:  # nothing is converted meanwhile
        kept = client.get(f"{address}/onnx/")
        (shelf,) = settings.INPUTS_DIR.iterdir()
        shelf.write_bytes(shelf.read_bytes()[:-1] + b"!")
        changed = client.get(f"{address}/onnx/")

    assert made.status_code == 200
    assert kept.content == made.content
    assert changed.status_code == 409
    assert "Another ONNX is being made" in changed.json()["errors"][0]["detail"]


@pytest.mark.timeout(300)
def test_version_without_onnx_says_why_and_is_not_tried_again(
    client, owner, project, tmp_path, settings
):
    settings.INPUTS_DIR = tmp_path / "inputs"
    version = flowers_in_service(project, owner, algorithm="decision_tree_c45")
    client.force_login(owner)
    address = reverse("registry:onnx", args=[version.model_id, version.version])

    page = client.get(address, follow=True)
    with ONE:  # nothing is converted meanwhile
        again = client.get(address, follow=True)

    assert page.redirect_chain == [(version.get_absolute_url(), 302)]
    for shown in (page, again):
        assert "There is no way to write a C45Classifier as ONNX." in shown.text


def test_onnx_that_may_be_made_another_time_is_not_refused_for_good(tmp_path, settings):
    settings.INPUTS_DIR = tmp_path / "inputs"
    hollow = ModelVersionFactory()

    with pytest.raises(NotAvailableError, match="another version of this program"):
        onnx_of(hollow)

    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_version_that_is_open_says_at_once_why_it_has_no_onnx(client, owner, project):
    version = flowers_in_service(project, owner, algorithm="gradient_boosting")
    serving.loaded_models.get(version.session.result)
    client.force_login(owner)
    address = reverse("registry:onnx", args=[version.model_id, version.version])

    with ONE:
        page = client.get(address, follow=True)

    assert "trees ask for several categories at once" in page.text


def test_onnx_of_a_lost_file_is_a_sentence(client, owner, project):
    version = flowers_in_service(project, owner)
    files.delete(version.session.result.artifact)
    client.force_login(owner)
    address = f"/api/projects/{project.key}/models/flowers/versions/{version.version}"

    answer = client.get(f"{address}/onnx/")

    assert answer.status_code == 409
    assert "file is gone" in answer.json()["errors"][0]["detail"]


def test_package_of_a_damaged_model_is_a_sentence(client, owner, project):
    version = flowers_in_service(project, owner)
    files.delete(version.session.result.artifact)
    client.force_login(owner)

    page = client.get(
        reverse("registry:download", args=[version.model_id, version.version]),
        follow=True,
    )

    assert "The model&#x27;s file is gone." in page.text


def test_page_of_a_version_keeps_notes_and_tags(client, owner, version):
    client.force_login(owner)
    address = version.get_absolute_url()

    done = client.post(
        address, {"notes": "<b>good</b>", "tags": "night, two  words,night"}
    )
    page = client.get(address)

    version.refresh_from_db()
    assert (done.status_code, version.notes) == (302, "<b>good</b>")
    assert version.tags == ["night", "two words"]
    assert "&lt;b&gt;good" in page.text


def test_page_of_a_version_says_what_it_was_made_of(client, owner, project):
    version = flowers_in_service(project, owner)
    client.force_login(owner)

    page = client.get(version.get_absolute_url())

    assert {line.name for line in page.context["settings"]} >= {"max_depth", "method"}
    ranges = re.findall(r"<td>([\d.]+) – ([\d.]+)</td>", page.text)
    assert ranges == [("1.4", "6.6"), ("5", "5.6")]
    assert "<td>blue, red, white</td>" in page.text


def test_page_of_a_version_says_what_its_search_found(client, owner, project):
    search = {"method": "grid", "space": {"n_neighbors": [3, 5]}}
    version = flowers_in_service(
        project, owner, algorithm="knn", search=search, split={"cv_folds": 3}
    )
    client.force_login(owner)

    page = client.get(version.get_absolute_url())

    found = [line for line in page.context["settings"] if line.found]
    search = FoundSearch(version.session.result.details["search"])
    assert {line.name: line.value for line in found} == search.chosen
    assert "found by the search" in page.text


@pytest.mark.parametrize(
    ("tags", "sentence"),
    [(["x" * 41], "is no tag"), ([f"tag {n}" for n in range(11)], "10 tags at most")],
)
def test_tags_that_do_not_fit_are_refused(owner, version, tags, sentence):
    with pytest.raises(UnfitTagsError, match=sentence):
        describe_version(version, notes="", tags=tags, actor=owner)

    version.refresh_from_db()
    assert version.tags == []


def test_viewer_reads_the_page_and_changes_nothing(client, project, version):
    viewer = UserFactory(username="viewer")
    MembershipFactory(project=project, user=viewer, role="viewer")
    client.force_login(viewer)
    address = version.get_absolute_url()

    assert "Notes and tags" not in client.get(address).text
    assert client.post(address, {"notes": "x", "tags": ""}).status_code == 403


@pytest.mark.parametrize("name", ["version", "download"])
def test_stranger_sees_no_version(client, stranger, version, name):
    client.force_login(stranger)
    address = reverse(f"registry:{name}", args=[version.model_id, version.version])

    assert client.get(address).status_code == 404


def test_roll_back_is_offered_where_there_is_something_to_return_to(
    client, owner, version
):
    client.force_login(owner)
    address = version.model.get_absolute_url()
    activate_version(version, actor=owner)

    before = client.get(address).text
    activate_version(ModelVersionFactory(model=version.model), actor=owner)

    assert "Roll back" not in before
    assert "Roll back" in client.get(address).text
