"""Training again: the same figures, or which differ; and a script that does it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import reverse

from datamine.children import run_inline
from experiments.models import Result
from experiments.repetitions import repetition_of
from experiments.sessions import start_session
from tests.factories.experiments import flowers, houses

ROOT = Path(__file__).resolve().parents[2]


def again(session, owner):
    repeated = start_session(session.experiment, actor=owner)
    run_inline(repeated)
    return repeated


def script(client, session) -> str:
    address = reverse(
        "experiments:reproduce", args=[session.experiment_id, session.number]
    )
    return client.get(address).content.decode()


def run(code: str, content: bytes, folder: Path) -> subprocess.CompletedProcess:
    """Run a script in a process that knows nothing of Django's settings."""
    program, table = folder / "reproduce.py", folder / "table.csv"
    program.write_text(code)
    table.write_bytes(content)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, str(program), str(table)],
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        timeout=100,
        check=False,
    )


@pytest.mark.django_db
def test_training_again_gives_the_same_figures(client, classified, owner):
    repeated = again(classified, owner)
    client.force_login(owner)

    page = client.get(repeated.get_absolute_url()).content.decode()

    assert "Session 1 gave exactly the same split and figures." in page
    assert repetition_of(classified.result) is None


@pytest.mark.django_db
def test_figures_that_differ_are_listed(client, classified, owner):
    metrics = classified.result.metrics
    metrics["cross_validation"]["accuracy"]["folds"][1] = 0.5
    Result.objects.filter(session=classified).update(metrics=metrics)
    repeated = again(classified, owner)
    client.force_login(owner)

    found = repetition_of(repeated.result)
    page = client.get(repeated.get_absolute_url()).content.decode()

    assert found.same_plan
    assert found.differences == (("cross validation", "Accuracy, fold 2", 0.5, 1.0),)
    assert "1 figures differ" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fixture", "content"), [("classified", flowers()), ("regressed", houses())]
)
def test_script_prints_the_same_figures_in_a_clean_process(
    client, request, owner, tmp_path, fixture, content
):
    session = request.getfixturevalue(fixture)
    client.force_login(owner)

    done = run(script(client, session), content, tmp_path)

    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert {verdict for *_, verdict in lines} == {"same"}
    told = session.result.metrics["test"]
    printed = {name: float(value) for name, value, _ in lines[:-1]}
    for name, value in told.items():
        if value is not None:
            assert printed[f"test {name}"] == pytest.approx(value, abs=1e-9)


@pytest.mark.django_db
def test_script_refuses_another_file(client, classified, owner, tmp_path):
    client.force_login(owner)

    done = run(script(client, classified), flowers(rows=60), tmp_path)

    assert done.returncode == 2
    assert "This is another file" in done.stderr
