from __future__ import annotations

import zipfile
from importlib import import_module
from random import Random

import pytest

from experiments.learning.artifacts import (
    ArtifactError,
    load_artifact,
    sign,
    write_artifact,
)
from experiments.learning.problems import TrainingError
from experiments.learning.tensors import packed, unpacked
from experiments.training import train
from tests.experiments.families.patients import patients_plan, patients_table
from tests.experiments.tables import CATEGORY

KEY = b"a key outside the database"
FOLDS = {"cv_folds": 2, "train_ratio": 1.0, "keep_duplicates_together": True}


@pytest.fixture(scope="module")
def trained():
    plan = patients_plan(split=FOLDS)
    return train(plan, patients_table()), plan


@pytest.fixture
def loaded(trained, tmp_path):
    path = tmp_path / "model.zip"
    receipt = write_artifact(*trained, path, KEY)
    return load_artifact(path, receipt.sha256, receipt.hmac, KEY)


def test_labels_are_learned_in_their_one_spelling(trained):
    outcome, _ = trained

    assert outcome.signature.labels == ("N", "P", "Y")
    assert outcome.metrics["cross_validation"]["accuracy"]["mean"] > 0.6


def test_rivals_are_tested_on_the_same_rows(trained):
    outcome, _ = trained

    rule, tree = outcome.rivals
    # HbA1c decides in this table, so the rule is always right.
    assert (rule["rival"], rule["is_beaten"]) == (1.0, False)
    assert tree["metrics"]["accuracy"] > 0.9
    (first, *_) = [w.detail for w in outcome.warnings if w.code == "not_better"]
    assert first.startswith("Not better than “HbA1c rule (5.7, 6.5)”: Balanced accurac")


def test_every_epoch_is_told(trained):
    outcome, _ = trained

    assert [told["epoch"] for told in outcome.history] == list(range(1, 13))
    assert set(outcome.history[0]) == {
        "epoch", "train_loss", "valid_loss", "train_accuracy", "valid_accuracy", "lr",
    }  # fmt: skip
    assert outcome.history[-1]["train_loss"] < outcome.history[0]["train_loss"]


def test_equal_seeds_give_equal_numbers(trained):
    outcome, plan = trained

    again = train(plan, patients_table())

    assert again.metrics == outcome.metrics
    assert again.history == outcome.history


def test_artefact_keeps_tensors_apart(trained, tmp_path):
    path = tmp_path / "model.zip"

    write_artifact(*trained, path, KEY)

    with zipfile.ZipFile(path) as archive:
        names = sorted(archive.namelist())
        state = unpacked(archive.read("model.pth"))
        around = archive.read("scaler.pkl")
    assert names == ["metadata.json", "model.pth", "scaler.pkl", "split.npz"]
    assert {name.split(".")[0] for name in state} == {"layers"}
    assert b"torch" not in around


def test_loaded_model_answers_labels_in_any_spelling(loaded):
    row = {"HbA1c": 4.5, "AGE": 30, "BMI": 22, "Gender": "M"}

    first = loaded.pipeline.predict([row])
    other = loaded.pipeline.predict([row | {"Gender": " male"}])

    assert first.values == ["N"]
    assert other.shares.tolist() == first.shares.tolist()
    assert not other.warnings
    assert first.notices == [
        "This is no medical device: it screens, and a physician diagnoses."
    ]


def test_signature_knows_units(loaded):
    units = {c.name: c.unit for c in loaded.pipeline.signature.columns}

    assert units == {"HbA1c": "%", "AGE": "years", "BMI": "kg/m²", "Gender": None}


def test_changed_tensors_are_refused_before_they_are_read(trained, tmp_path):
    path = tmp_path / "model.zip"
    receipt = write_artifact(*trained, path, KEY)
    content = bytearray(path.read_bytes())
    content[content.index(b"model.pth") + 200] ^= 1
    path.write_bytes(content)

    with pytest.raises(ArtifactError, match="SHA-256 differs"):
        load_artifact(path, receipt.sha256, receipt.hmac, KEY)


def other_tensors(content: bytes) -> dict[str, bytes]:
    """Return files of tensors that do not belong to the network, by what is wrong."""
    state = unpacked(content)
    first = next(iter(state))
    torch = import_module("torch")
    dice = Random(5)
    return {
        "none": b"",
        "no file of tensors": b"PK" + dice.randbytes(2000),
        "a claim": content.replace(b"FloatStorage", b"LongStorage ", 1),
        "more": packed({**state, "more": torch.zeros(3)}),
        "fewer": packed({name: state[name] for name in state if name != first}),
        "wider": packed({**state, first: torch.zeros(4000, 4000)}),
        "no tensor": packed({**state, first: "text"}),
        **{
            f"cut at {percent} %": content[: len(content) * percent // 100]
            for percent in range(5, 100, 5)
        },
        **{
            f"changed at {place}": content[:place]
            + dice.randbytes(40)
            + content[place + 40 :]
            for place in range(0, len(content) - 40, max(1, len(content) // 200))
        },
    }


def test_signed_tensors_of_another_network_are_an_error_with_a_sentence(
    trained, tmp_path
):
    path = tmp_path / "model.zip"
    write_artifact(*trained, path, KEY)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    wrong = other_tensors(parts["model.pth"])
    refused = 0

    for what, content in wrong.items():
        with zipfile.ZipFile(path, "w") as archive:
            for name, held in {**parts, "model.pth": content}.items():
                archive.writestr(name, held)
        receipt = sign(path.read_bytes(), KEY)
        if what.startswith("changed"):  # perhaps what lies between tensors
            refused += is_refused(path, receipt)
        else:
            assert is_refused(path, receipt), what

    assert refused > 100


def is_refused(path, receipt) -> bool:
    try:
        load_artifact(path, receipt.sha256, receipt.hmac, KEY)
    except ArtifactError:
        return True
    return False


def test_equal_rows_are_counted(trained):
    columns = patients_table(60)
    twice = {
        column.name: (
            column.type,
            2 * columns.frame.collect("polars")[column.id].to_list(),
        )
        for column in columns.schema
    }

    outcome = train(patients_plan(split=FOLDS), patients_table(0, **twice))

    assert outcome.notices == [
        "60 rows are equal in all features to a row before them; equal rows are kept "
        "on one side of the split."
    ]


def test_unknown_label_is_refused():
    table = patients_table(CLASS=(CATEGORY, ["N", "Y", "maybe"] * 30))

    with pytest.raises(TrainingError, match="“CLASS” holds “maybe”; it may hold N, P"):
        train(patients_plan(), table)
