"""What is written for people is held to the program."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import resolve
from sklearn.datasets import load_iris

from datamine.management.commands import docs
from tests.factories.registry import flowers_in_service

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
#: Words in code marks that look like a path and name no file of ours.
NOT_OURS = {
    "_part.html",
    "models.py",
    "querysets.py",
    "services.py",
    "views.py",
    "urls.py",
}


def test_catalogues_are_as_declared():
    assert docs.page().read_text() == docs.text(), "run `make docs`"


def test_choices_without_words_are_in_the_catalogues_too():
    schema = {"enum": ["uniform", "distance"], "words": {"uniform": "all the same"}}

    assert docs.meant(schema) == "`uniform`: all the same; `distance`"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_make_targets_named_exist(document):
    named = set(
        re.findall(
            r"^make ([a-z-]+)|`make ([a-z-]+)", document.read_text(), re.MULTILINE
        )
    )

    assert {target for pair in named for target in pair if target} <= TARGETS


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_paths_named_exist(document):
    named = re.findall(
        r"`([\w./-]+(?:/|\.(?:py|md|txt|html|yml|example)))`", document.read_text()
    )
    ours = [name for name in named if not name.startswith("/") and name not in NOT_OURS]

    missing = [name for name in ours if not (ROOT / name).exists()]

    assert [name for name in missing if name not in {"var/", "api/"}] == []


def test_tests_named_exist():
    page = (ROOT / "docs/reliability.md").read_text()
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)

    missing = [
        f"{file}::{name}"
        for file, name in named
        if f"def {name}(" not in (ROOT / file).read_text()
    ]

    assert len(named) > 100
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_named_take_their_options(document):
    lines = re.findall(
        r"^(?:[A-Z_]+=\S+ )*manage\.py (.+)$", document.read_text(), re.MULTILINE
    )
    known = get_commands()

    for name, *words in map(shlex.split, lines):
        command = load_command_class(known[name], name)
        command.create_parser("manage.py", name).parse_args(words)


def test_images_of_the_readme_exist():
    images = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)

    assert images
    assert all((ROOT / image).is_file() for image in images)


def test_example_of_the_readme_learns_without_django(tmp_path):
    frame = load_iris(as_frame=True).frame
    frame.columns = ["sepal_length", "sepal_width", "petal_length", "petal_width", "k"]
    frame.assign(species=frame.pop("k").map(str)).to_csv(tmp_path / "iris.csv")
    examples = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    example = next(code for code in examples if "experiments.training" in code)
    code = f"{example}\nimport sys\nprint('django' in sys.modules)"

    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    accuracy, django = told.stdout.split()
    assert 0.8 < float(accuracy) <= 1
    assert django == "False"


@pytest.mark.django_db
def test_call_of_the_readme_is_answered(client, owner, project):
    body, address = re.search(r"-d '(\{.*?\})' \\\n\s+(\S+)", README).groups()
    version = flowers_in_service(project, owner)
    path = re.sub(r"^http://[^/]+/api/projects/\w+/models/\w+", "", address)
    client.force_login(owner)

    answer = client.post(
        f"/api/projects/{project.key}/models/{version.model.name}{path}",
        body,
        content_type="application/json",
    )

    assert answer.status_code == 200
    assert len(json.loads(body)["rows"]) == len(answer.json()["quarantined"])


def test_calls_of_the_api_page_exist():
    page = (ROOT / "docs" / "api.md").read_text()
    ours = [line.split("|")[2] for line in page.splitlines() if line.startswith("| ")]
    calls = re.findall(r"`(/api/[^`?]*)", " ".join(ours))
    examples = {"{id}": "1", "{key}": "demo", "{version}": "v20260131_120000"}

    assert len(calls) > 20
    for call in calls:
        for name, example in examples.items():
            call = call.replace(name, example)
        resolve(call.replace("{name}", "knn"))


def test_settings_of_a_service_are_quoted_for_the_shell_too():
    guide = (ROOT / "docs/operations.md").read_text()
    _, block, *_ = guide.partition("Settings stand in a file")[2].split("```")

    values = [line.partition("=")[2] for line in block.split()]

    assert len(values) > 3
    assert [value for value in values if not re.fullmatch("'[^']*'", value)] == []
