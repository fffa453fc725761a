from __future__ import annotations

import hashlib
import hmac
import io
import json
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import joblib
import numpy as np
import pytest

from experiments.learning import artifacts
from experiments.learning.artifacts import ArtifactError, load_artifact, write_artifact
from experiments.training import train
from tests.experiments.tables import (
    GENERAL,
    iris_columns,
    iris_plan,
    make_table,
    mixed_columns,
    mixed_plan,
    quick,
    scaled,
)

KEY = b"a key outside the database"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def trained():
    plan = iris_plan()
    return train(plan, make_table(**iris_columns())), plan


@pytest.fixture
def written(trained, tmp_path):
    path = tmp_path / "model.zip"
    return path, write_artifact(*trained, path, KEY, NOON)


def signed(content: bytes, key: bytes = KEY) -> tuple[str, str]:
    return (
        hashlib.sha256(content).hexdigest(),
        hmac.new(key, content, hashlib.sha256).hexdigest(),
    )


def rewritten(path: Path, **changes) -> tuple[Path, str, str]:
    """Write the artefact anew with other metadata, signed as if it were ours."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    metadata = json.loads(parts["metadata.json"]) | changes.pop("metadata", {})
    parts["metadata.json"] = json.dumps(metadata).encode()
    parts |= changes.pop("parts", {})
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path, *signed(path.read_bytes())


def test_reading_takes_no_more_room_than_the_file(written):
    path, receipt = written
    tracemalloc.start()
    try:
        load_artifact(path, receipt.sha256, receipt.hmac, KEY)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 50 * 2**20  # not the largest artefact there may be


@pytest.mark.parametrize("name", GENERAL)
def test_every_algorithm_answers_the_same_after_loading(name, tmp_path):
    plan = mixed_plan(name, steps=scaled("minmax"), hyperparameters=quick(name))
    outcome = train(plan, make_table(**mixed_columns(60)))
    path = tmp_path / "model.zip"

    receipt = write_artifact(outcome, plan, path, KEY)
    loaded = load_artifact(path, receipt.sha256, receipt.hmac, KEY)

    rows = [
        {"size": size, "kind": kind, "flag": size > 0, "day": "2024-05-01"}
        for size in (-1.5, 0, 2.25)
        for kind in ("red", "blue", "unseen")
    ]
    found = loaded.pipeline.predict(rows)
    assert found.to_json() == outcome.pipeline.predict(rows).to_json()
    assert found.quarantined == []


def test_metadata_tells_how_the_model_came_about(trained, written):
    outcome, plan = trained
    path, receipt = written

    found = load_artifact(path, receipt.sha256, receipt.hmac, KEY).metadata

    assert found["created_at"] == "2026-01-31T12:00:00+00:00"
    assert found["plan"] == plan.model_dump(mode="json")
    assert found["metrics"] == outcome.to_json()["metrics"]
    assert found["split_digest"] == outcome.split_digest
    assert found["signature"] == outcome.to_json()["signature"]
    assert found["libraries"] == artifacts.library_versions()
    assert len(found["self_check"]["rows"]) == 10


def test_split_can_be_used_again(trained, written):
    path, _ = written

    with zipfile.ZipFile(path) as archive:
        stored = np.load(io.BytesIO(archive.read("split.npz")))

    assert stored["test"].tolist() == trained[0].split["test"].tolist()


def test_receipt_is_that_of_the_file(written):
    path, receipt = written

    content = path.read_bytes()
    assert (receipt.sha256, receipt.hmac) == signed(content)
    assert receipt.size == len(content)
    assert [entry.name for entry in path.parent.iterdir()] == ["model.zip"]


def test_same_plan_gives_the_same_bytes(trained, tmp_path):
    receipts = []
    for name in ("a.zip", "b.zip"):
        outcome = train(trained[1], make_table(**iris_columns()))
        content = write_artifact(outcome, trained[1], tmp_path / name, KEY, NOON)
        receipts.append(content)

    assert receipts[0] == receipts[1]


def test_changed_byte_is_refused_everywhere(written):
    path, receipt = written
    content = path.read_bytes()

    for place in np.linspace(0, len(content) - 1, 100).astype(int):
        damaged = bytearray(content)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(ArtifactError, match="SHA-256 differs"):
            load_artifact(path, receipt.sha256, receipt.hmac, KEY)


def test_truncated_file_is_refused_everywhere(written):
    path, receipt = written
    content = path.read_bytes()

    for percent in range(100):
        path.write_bytes(content[: len(content) * percent // 100])
        with pytest.raises(ArtifactError, match="SHA-256 differs"):
            load_artifact(path, receipt.sha256, receipt.hmac, KEY)


class Canary:
    """Leaves a trace when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self):
        return Path.touch, (self.trace,)


@pytest.mark.parametrize("digest_too", [False, True])
def test_foreign_file_is_refused_before_it_is_parsed(written, tmp_path, digest_too):
    path, receipt = written
    trace, buffer = tmp_path / "trace", io.BytesIO()
    joblib.dump(Canary(trace), buffer)
    path, sha256, _ = rewritten(path, parts={"model.pkl": buffer.getvalue()})
    forged = signed(path.read_bytes(), b"a guess")[1]

    with pytest.raises(ArtifactError, match="differs"):
        load_artifact(path, sha256 if digest_too else receipt.sha256, forged, KEY)

    assert not trace.exists()
    joblib.load(io.BytesIO(buffer.getvalue()))
    assert trace.exists()


def test_other_key_is_refused(written):
    path, receipt = written

    with pytest.raises(ArtifactError, match="not signed by this installation"):
        load_artifact(path, receipt.sha256, receipt.hmac, b"another key")


def test_empty_key_is_refused(trained, tmp_path):
    with pytest.raises(ArtifactError, match="the key is empty"):
        write_artifact(*trained, tmp_path / "model.zip", b"")

    assert list(tmp_path.iterdir()) == []


def test_missing_file_is_told(written):
    path, receipt = written
    path.unlink()

    with pytest.raises(ArtifactError, match=r"cannot be read: No such file"):
        load_artifact(path, receipt.sha256, receipt.hmac, KEY)


def test_too_large_file_is_not_read(written):
    path, receipt = written

    with pytest.raises(ArtifactError, match="larger than 100 bytes"):
        load_artifact(path, receipt.sha256, receipt.hmac, KEY, largest=100)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"metadata": {"format": 2}}, "format 2; this program reads 1"),
        ({"metadata": {"format": None}}, "format None"),
        (
            {"metadata": {"libraries": {"python": "3.11", "scikit-learn": "1.0"}}},
            r"trained with scikit-learn 1\.0",
        ),
        ({"metadata": {"libraries": {}}}, "trained with python None"),
        ({"parts": {"more": b""}}, "holds .*more"),
        ({"parts": {"model.pkl": b"no pickle"}}, "cannot be opened by this version"),
    ],
)
def test_signed_but_unfit_file_is_refused(written, changes, sentence):
    libraries = changes.get("metadata", {}).get("libraries")
    if libraries and "python" in libraries:
        libraries["python"] = artifacts.library_versions()["python"]
    path, sha256, signature = rewritten(written[0], **changes)

    with pytest.raises(ArtifactError, match=sentence):
        load_artifact(path, sha256, signature, KEY)


@pytest.mark.parametrize(
    "name",
    ["model.skops", "model.onnx", "model.safetensors", "model.joblib", "../model.pkl"],
)
def test_signed_model_of_another_kind_is_refused(written, tmp_path, name):
    """There is one kind of file for one kind of model, and no second try by another."""
    path, trace, buffer = written[0], tmp_path / "trace", io.BytesIO()
    joblib.dump(Canary(trace), buffer)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts.pop("model.pkl")
    with zipfile.ZipFile(path, "w") as archive:
        for other, content in {**parts, name: buffer.getvalue()}.items():
            archive.writestr(other, content)

    with pytest.raises(ArtifactError, match="another version of this program"):
        load_artifact(path, *signed(path.read_bytes()), KEY)

    assert not trace.exists()


def test_split_of_a_signed_but_unfit_file_is_refused(written):
    path, content = written[0], b"PK\x05\x06" + bytes(18)  # an archive of nothing
    path.write_bytes(content)

    with pytest.raises(ArtifactError, match="another version of this program"):
        artifacts.load_split(path, *signed(content), KEY)


def test_pickle_of_something_else_is_refused(written):
    buffer = io.BytesIO()
    joblib.dump({"not": "a pipeline"}, buffer)
    path, sha256, signature = rewritten(
        written[0], parts={"model.pkl": buffer.getvalue()}
    )

    with pytest.raises(ArtifactError, match="something else than a pipeline"):
        load_artifact(path, sha256, signature, KEY)


class Greedy:
    """A model that there is no room for, now."""

    def predict(self, X):
        raise MemoryError

    predict_proba = predict


def test_model_without_room_to_answer_is_not_called_unfit(trained):
    outcome, _plan = trained
    greedy = replace(outcome.pipeline, estimator=Greedy())

    with pytest.raises(MemoryError):
        artifacts._answers(greedy, outcome.self_check["rows"])


def test_model_that_answers_otherwise_is_refused(written):
    path, receipt = written
    metadata = load_artifact(path, receipt.sha256, receipt.hmac, KEY).metadata
    check = metadata["self_check"]
    shares = check["answers"]["predictions"][0]["probabilities"]
    shares["setosa"] += 1e-6
    path, sha256, signature = rewritten(path, metadata={"self_check": check})

    with pytest.raises(ArtifactError, match="no longer answers"):
        load_artifact(path, sha256, signature, KEY)
