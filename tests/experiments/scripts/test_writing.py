"""The script of every algorithm gives its figures, in a process without DataMine."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from datamine.work.children import run_inline
from datasets import services
from datasets.recipes import StepSpec
from experiments.algorithms.catalogue import Task, algorithm
from experiments.scripts.carried import imported, sources
from tests.experiments.families.patients import patients
from tests.experiments.tables import GENERAL, QUICK
from tests.factories.datasets import imported_dataset
from tests.factories.experiments import draft_on, trained_session

if TYPE_CHECKING:
    from pathlib import Path

#: Runs every script that lies in a folder beside it, and says how each ended.
DRIVER = """
import contextlib, io, pathlib, runpy, sys

for script in sorted(pathlib.Path().glob("*/reproduce.py")):
    folder, said = script.parent, io.StringIO()
    sys.path.insert(0, str(folder))
    sys.argv = [str(script), str(folder / "table.csv")]
    with contextlib.redirect_stdout(said):
        try:
            runpy.run_path(str(script), run_name="__main__")
        except SystemExit as end:
            code = end.code
    sys.path.remove(str(folder))
    for name in list(sys.modules):
        if name.split(".")[0] in {"projects", "datasets", "experiments"}:
            del sys.modules[name]
    (folder / "said").write_text(f"{code}\\n{said.getvalue()}")
"""
#: Names and values that are something else in Python, and cells a reader must trim.
KIND = 'the "kind" \\'
RED = "it's {red}"


def table(rows: int = 90, *, holes: bool = False) -> bytes:
    """Return numbers, categories, a boolean and what follows from them."""
    lines = [f'size;"{KIND.replace(chr(34), chr(34) * 2)}";flag;count;label;price']
    for number in range(rows):
        size, count = number * 37 % 101 / 10, number * 7 % 13
        kind = "once" if number == 50 else (RED, "green", "blue")[number % 3]
        flag = "true" if number % 4 else "False"
        price = size * 3 + count - 5 * (kind == RED) + number % 7 / 10
        label = ("low", "mid", "high")[(price > 12) + (price > 22)]
        shown = f"{size}".replace(".", ",")
        if holes:
            shown, kind, flag = (
                "?" if number % 7 == at else cell
                for at, cell in enumerate((shown, kind, flag))
            )
        worth = f"{price:.2f}".replace(".", ",")
        lines.append(f"{shown}; {kind} ;{flag};{count};{label};{worth}")
    lines[7] = lines[7].replace("low", "?").replace("mid", "?").replace("high", "?")
    return ("\n".join(lines) + "\n").encode()


def patients_csv() -> bytes:
    columns = patients()
    lines = zip(*(values for _, values in columns.values()), strict=True)
    rows = [",".join(map(str, line)) for line in lines]
    return "\n".join([",".join(columns), *rows, ""]).encode()


@pytest.fixture
def dataset(project, owner):
    return imported_dataset(
        project, owner, table(), name="Mixed", delimiter=";", decimal=","
    )


def unpacked(client, session, folder: Path, content: bytes) -> None:
    """Fetch the script of a session into a folder, beside the file it reads."""
    numbers = [session.experiment_id, session.number]
    answer = client.get(reverse("experiments:reproduce", args=numbers))
    name = f"reproduce_{numbers[0]}_{numbers[1]}.zip"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(folder)
    folder.joinpath("table.csv").write_bytes(content)


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess:
    """Run Python where nothing of this project is to be found."""
    return subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"]},
        cwd=folder,
        timeout=200,
        check=False,
    )


def printed(said: str) -> dict[str, tuple[str, str]]:
    lines = [line.split("\t") for line in said.splitlines()]
    return {name: (value, verdict) for name, value, verdict in lines}


def told(session) -> set[str]:
    """Return the names of all figures a result has."""
    return {
        f"{part} {name}"
        for part, values in session.result.metrics.items()
        for name, value in values.items()
        if (value["mean"] if isinstance(value, dict) else value) is not None
    }


@pytest.mark.slow
@pytest.mark.one_engine
@pytest.mark.django_db
def test_plain_scripts_give_the_figures_of_every_algorithm(
    client, dataset, owner, tmp_path
):
    client.force_login(owner)
    contents = {"refused": table(), "native": table(holes=True)}
    datasets = {
        missing: imported_dataset(
            dataset.project, owner, content, name=missing, delimiter=";", decimal=","
        )
        for missing, content in contents.items()
    }
    sessions = {}
    for name in GENERAL:
        entry = algorithm(name)
        is_class = entry.task is Task.CLASSIFICATION
        session = trained_session(
            draft_on(
                datasets[entry.missing],
                "label" if is_class else "price",
                *("size", KIND, "flag", "count"),
                algorithm=name,
                name=name,
                hyperparameters=QUICK.get(name, {}),
                split={
                    "train_ratio": 0.6,
                    "validation_ratio": 0.2,
                    "cv_folds": 2,
                },
            ),
            owner,
        )
        assert session.status == "completed", (name, session.error)
        sessions[name] = session
        unpacked(client, session, tmp_path / name, contents[entry.missing])

    done = run(["-W", "error::DeprecationWarning:__main__", "-c", DRIVER], tmp_path)

    assert done.returncode == 0, done.stderr
    for name, session in sessions.items():
        code, said = (tmp_path / name / "said").read_text().split("\n", 1)
        found = printed(said)
        assert set(found) == {*told(session), "split"}, name
        assert {verdict for _, verdict in found.values()} == {"same"}, (name, said)
        assert code == "0"
        assert "from experiments.training" not in script_in(tmp_path / name)


def script_in(folder: Path) -> str:
    return folder.joinpath("reproduce.py").read_text()


@pytest.mark.slow
@pytest.mark.one_engine
@pytest.mark.django_db
def test_other_scripts_bring_the_learning_code(client, dataset, owner, tmp_path):
    client.force_login(owner)
    first = trained_session(draft(dataset, split=BY_GROUP), owner)
    shared = {**BY_GROUP, "same_as": first.experiment_id}
    sessions = {
        "divided": trained_session(draft(dataset, split=shared), owner),
        "steps": trained_session(draft(prepared(dataset, owner)), owner),
        "family": trained_session(screening(dataset, owner), owner),
    }
    for name, session in sessions.items():
        content = patients_csv() if name == "family" else table()
        unpacked(client, session, tmp_path / name, content)

    done = run(["-c", DRIVER], tmp_path)

    assert done.returncode == 0, done.stderr
    for name, session in sessions.items():
        code, said = (tmp_path / name / "said").read_text().split("\n", 1)
        found = printed(said)
        assert set(found) == {*told(session), "split"}, name
        assert {verdict for _, verdict in found.values()} == {"same"}, (name, said)
        assert code == "0"
        reason = f"was not written: .*{name}"
        assert re.search(reason, script_in(tmp_path / name)), name


BY_GROUP = {"method": "group", "group_column": "count", "cv_folds": 2}


def draft(dataset, **more):
    more.setdefault("name", f"{dataset.pk} {more.get('split')}")
    return draft_on(dataset, "label", "size", KIND, algorithm="decision_tree", **more)


def prepared(dataset, owner):
    """Let a step that learns scale a column, and one that does not leave one out."""
    steps = [
        StepSpec(step="scale", columns=("size",), parameters={}),
        StepSpec(step="drop_columns", columns=("price",), parameters={}),
    ]
    version = services.apply_steps(dataset.active_version, specs=steps, actor=owner)
    run_inline(version)
    dataset.refresh_from_db()
    return dataset


def screening(dataset, owner):
    patients = imported_dataset(dataset.project, owner, patients_csv(), name="Patients")
    return draft_on(
        patients,
        "CLASS",
        *("HbA1c", "AGE", "BMI", "Gender"),
        algorithm="diabetes",
        hyperparameters={"epochs": 2},
    )


@pytest.mark.django_db
def test_script_refuses_another_file_and_says_what_differs(
    client, dataset, owner, tmp_path
):
    client.force_login(owner)
    session = trained_session(draft(dataset), owner)
    unpacked(client, session, tmp_path, b"another")
    command = ["reproduce.py", "table.csv"]

    refused = run(command, tmp_path)
    tmp_path.joinpath("table.csv").write_bytes(table())
    script = tmp_path / "reproduce.py"
    shallow = script_in(tmp_path).replace("(criterion=", "(max_depth=1, criterion=")
    script.write_text(shallow)
    differs = run(command, tmp_path)

    assert refused.returncode == 2
    assert "This is another file" in refused.stderr
    assert differs.returncode == 1
    verdict = printed(differs.stdout)["test accuracy"][1]
    assert verdict == f"told {session.result.metrics['test']['accuracy']}"


@pytest.mark.django_db
def test_api_gives_the_same_script_and_strangers_none(
    client, classified, owner, stranger
):
    pk = classified.experiment_id
    by_api = reverse("experiment-script", args=[pk])
    pages = reverse("experiments:reproduce", args=[pk, classified.number])

    client.force_login(owner)
    given = client.get(by_api)
    assert given.content == client.get(pages).content
    assert given["Content-Disposition"].endswith(f'"reproduce_{pk}.zip"')

    client.force_login(stranger)
    assert client.get(by_api).status_code == client.get(pages).status_code == 404


def test_imports_of_types_are_not_carried():
    text = (
        "if TYPE_CHECKING:\n    import a\ndef f():\n    from b import c\nimport d.e\n"
    )

    assert sorted(imported(text)) == ["b", "b.c", "d.e"]


def test_sources_bring_what_they_import_and_their_packages():
    found = sources(["experiments.algorithms.c45.estimator"])

    assert "experiments/algorithms/c45/growing.py" in found
    assert found["experiments/algorithms/c45/__init__.py"] == ""
    assert not any("django" in text for text in found.values())
