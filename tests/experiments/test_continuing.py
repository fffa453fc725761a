"""Networks that go on from what they learned: by service, page, API and command."""

from __future__ import annotations

import shlex
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from rest_framework.test import APIClient

from datamine import files
from datamine.work.children import run_inline
from experiments.continuing import continue_training
from experiments.evaluation import performance
from experiments.exceptions import InvalidDraftError, NotReproducibleError
from experiments.models import Evaluation, TrainingSession
from experiments.reproducing import recorded
from experiments.suggestions import family_draft
from registry.services import activate_version, register_version
from tests.experiments.families.patients import QUICK, patients_csv
from tests.factories.datasets import imported_dataset
from tests.factories.experiments import flowers_draft, trained_session
from tests.factories.projects import UserFactory

PAGE = Path(__file__).parents[2].joinpath("docs/commands.md").read_text()

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db):
    return UserFactory(is_superuser=True, is_staff=True)


def patients_draft(project, owner, **hyperparameters):
    dataset = imported_dataset(project, owner, patients_csv(), name="Patients")
    return family_draft(
        dataset.active_version,
        "diabetes",
        name="Patients",
        preset="",
        hyperparameters={**QUICK, **hyperparameters},
    )


@pytest.fixture
def trained(project, owner) -> TrainingSession:
    return trained_session(patients_draft(project, owner), owner)


def gone_on(result, owner, **hyperparameters) -> TrainingSession:
    session = continue_training(result, hyperparameters=hyperparameters, actor=owner)
    run_inline(session)
    return session


def first_loss(session) -> float:
    return session.result.details["history"][0]["train_loss"]


def test_training_goes_on_where_it_ended_on_the_same_rows(trained, owner):
    session = gone_on(trained.result, owner, epochs=3)

    assert (session.status, session.error_message) == ("completed", "")
    assert session.result.split_digest == trained.result.split_digest
    assert session.experiment.hyperparameters["epochs"] == 3
    assert first_loss(session) < first_loss(trained) / 2
    assert "Begins with the weights of an earlier model." in session.log


def test_a_model_of_folds_has_seen_every_row_and_is_refused(project, owner):
    draft = patients_draft(project, owner)
    folds = trained_session(
        type(draft)(**{**vars(draft), "split": {"cv_folds": 2}}), owner
    )

    with pytest.raises(InvalidDraftError, match="could not be tested by folds"):
        continue_training(folds.result, hyperparameters={}, actor=owner)


def test_only_networks_go_on(project, owner):
    tree = trained_session(flowers_draft(project, owner), owner)

    with pytest.raises(InvalidDraftError, match="Only networks of families"):
        continue_training(tree.result, hyperparameters={}, actor=owner)


def test_a_network_of_another_shape_is_named(trained, owner):
    session = gone_on(trained.result, owner, hidden_size=128)

    assert session.status == "failed"
    assert "a network of another shape" in session.error_message


def test_a_model_that_is_gone_is_named(trained, owner):
    files.delete(trained.result.artifact)

    session = gone_on(trained.result, owner, epochs=1)

    assert session.status == "failed"
    assert "cannot be" in session.error_message


def test_no_script_trains_a_continued_session_again(trained, owner):
    session = gone_on(trained.result, owner, epochs=1)

    with pytest.raises(NotReproducibleError, match="weights of an earlier model"):
        recorded(session.result)


def test_page_goes_on_with_so_many_epochs(client, trained, owner):
    client.force_login(owner)
    words = [trained.experiment_id, trained.number]
    address = reverse("experiments:continue", args=words)

    page = client.get(trained.get_absolute_url())
    wrong = client.post(address, {"epochs": "9" * 5000}, follow=True)
    client.post(address, {"epochs": "2"})

    assert "begins with these weights" in page.text
    assert "epochs must be between 1 and 1000" in wrong.text
    session = TrainingSession.objects.latest("pk")
    assert session.experiment.started_from == trained.result
    assert session.experiment.name == "Patients, 2 epochs more"
    assert (
        "the weights of session 1, Patients"
        in client.get(session.get_absolute_url()).text
    )


def test_call_goes_on_and_names_what_is_wrong(trained, owner):
    api = APIClient()
    api.force_authenticate(owner)
    address = f"/api/experiments/{trained.experiment_id}/continue/"

    wrong = api.post(address, {"epochs": 0}, format="json")
    started = api.post(address, {"epochs": 2}, format="json")

    assert wrong.status_code == 400
    assert "epochs" in wrong.json()["errors"][0]["detail"]
    assert started.status_code == 202
    assert started.json()["status"] == "pending"


def test_call_takes_a_version_of_its_own_dataset_or_says_there_is_none(trained, owner):
    api = APIClient()
    api.force_authenticate(owner)
    address = f"/api/experiments/{trained.experiment_id}/continue/"

    unknown = api.post(address, {"epochs": 2, "version": 7}, format="json")

    assert unknown.status_code == 400
    assert unknown.json()["errors"][0]["attr"] == "version"
    assert TrainingSession.objects.count() == 1


def run(example: str, **changes: object) -> None:
    """Run an example of the page with these words instead of its own."""
    line = next(line for line in PAGE.splitlines() if line.startswith(example))
    words = [str(changes.get(word, word)) for word in shlex.split(line)[1:]]
    call_command(*words, stdout=StringIO())


def test_examples_of_the_page_run(project, boss, tmp_path, monkeypatch):
    for name, value in {"SECONDS": 0.0, "FEWEST": 1, "BATCHES": (1, 8)}.items():
        monkeypatch.setattr(performance, name, value)
    dataset = imported_dataset(project, boss, patients_csv(), name="Patients")
    here = {"demo": project.key, "model.pth": tmp_path / "model.pth", "20": 1}
    few = {"--device": "--batch-size", "cpu": 16, "hidden_size=128": "epochs=2"}

    run(
        "manage.py train diabetes --project demo --dataset 7",
        **here,
        **few,
        **{"7": dataset.pk},
    )
    first = TrainingSession.objects.latest("pk")
    told = {"12": first.pk, "9": dataset.pk, "1:1": f"{dataset.pk}:1"}
    run(
        "manage.py train stars --project demo --resume",
        **here,
        **told,
        stars="diabetes",
    )
    run("manage.py train diabetes --project demo --model-path", **here)
    version = register_version(first, name="iris", actor=boss)
    activate_version(version, actor=boss)
    run("manage.py evaluate --project demo --session", **here, **told)
    run("manage.py evaluate --project demo --model", **here, **told)
    run("manage.py benchmark_models", **here, reports=tmp_path)

    begun = [
        session.experiment.started_from
        for session in TrainingSession.objects.order_by("pk")
    ]
    assert begun == [None, first.result, first.result]
    assert Evaluation.objects.filter(status="completed").count() == 2
    assert (tmp_path / f"{version.version}_performance_report.txt").exists()


def test_a_session_of_another_family_is_named(project, boss, trained):
    with pytest.raises(CommandError, match=f"Session {trained.pk} is of “diabetes”"):
        call_command("train", "stars", project=project.key, resume=trained.pk)


def test_a_file_from_elsewhere_is_never_opened(project, boss, tmp_path):
    path = tmp_path / "model.pth"
    path.write_bytes(b"cos\nsystem\n(S'echo'\ntR.")

    with pytest.raises(CommandError, match="Files from elsewhere are never opened"):
        call_command("train", "diabetes", project=project.key, model_path=path)


def test_a_device_that_is_not_there_is_refused(project, boss):
    import torch  # noqa: PLC0415 -- heavy import

    if torch.cuda.is_available():
        pytest.skip("there is one here")
    with pytest.raises(CommandError, match="no CUDA device"):
        call_command("train", "diabetes", project=project.key, device="cuda")
