"""A trained model as one object: written whole, verified before a byte is parsed.

An artefact is a zip file, nothing compressed: `metadata.json` says what it is and
needs, `model.pkl` holds the pipeline, `split.npz` the `_row` of every part and fold.
That of a network holds its tensors in `model.pth`, and in `scaler.pkl` all the rest.
This is the only place that unpickles; it does so only for bytes whose SHA-256 and HMAC
are those this installation wrote down, with a key that is not in the database. The
checkpoints of `experiments.learning.checkpoints` are held to the same rule.
"""

from __future__ import annotations

import hashlib
import hmac as hmacs
import io
import json
import math
import os
import platform
import zipfile
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.evaluation.numbers import plain
from experiments.learning.pipelines import FittedPipeline
from experiments.learning.tensors import HoldsTensors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from experiments.learning.outcomes import Outcome
    from experiments.learning.plans import Plan

#: What is inside is read by this number; another one is an error, not a guess.
FORMAT = 1
#: Nothing larger is read into memory.
LARGEST_ARTIFACT = 4 * 2**30
#: How far answers to the self-check rows may lie from those at training.
TOLERANCE = 1e-9
#: The same for networks, whose sums of single precision depend on the processor.
TENSOR_TOLERANCE = 1e-5

known_version = cache(version)  # each answer reads and parses a file
METADATA, MODEL, SPLIT = "metadata.json", "model.pkl", "split.npz"
#: Instead of `MODEL` for a network.
TENSORS, AROUND = "model.pth", "scaler.pkl"
#: What an artefact may hold, by what its model is.
CONTENTS = [
    sorted([METADATA, MODEL, SPLIT]),
    sorted([METADATA, AROUND, TENSORS, SPLIT]),
]
#: Estimators are only sure to be read by the very version that wrote them; other
#: libraries are recorded, and the self-check decides.
LIBRARIES = (
    "scikit-learn", "numpy", "scipy", "joblib", "narwhals", "polars", "torch", "skorch",
)  # fmt: skip
EXACT = ("python", "scikit-learn")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


class ArtifactError(Exception):
    """An artefact that is not served; the message says why."""


@dataclass(frozen=True)
class ArtifactReceipt:
    """What has to be kept of an artefact, apart from it, to load it again."""

    sha256: str
    hmac: str
    size: int


@dataclass(frozen=True)
class LoadedArtifact:
    """A verified artefact: its pipeline answers as it did when it was trained."""

    pipeline: FittedPipeline
    metadata: dict[str, Any]


def write_artifact(
    outcome: Outcome,
    plan: Plan,
    path: Path,
    key: bytes,
    created_at: datetime | None = None,
) -> ArtifactReceipt:
    """Write the artefact to `path`, under another name first.

    Parameters
    ----------
    outcome, plan : Outcome, Plan
    path : Path
        Replaced where it exists.
    key : bytes
        Signs the digest; not empty, and not kept beside it.
    created_at : datetime, optional
        Now, unless said.

    Returns
    -------
    ArtifactReceipt
    """
    moment = created_at or datetime.now(UTC)
    parts = {
        METADATA: json.dumps(
            _metadata(outcome, plan, moment), allow_nan=False, indent=1
        ).encode(),
        **_model_parts(outcome.pipeline),
        SPLIT: _saved(outcome.split),
    }
    written = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _write_zip(written, parts)
        receipt = sign(written.read_bytes(), key)
        written.replace(path)
    finally:
        with suppress(FileNotFoundError):
            written.unlink()
    return receipt


def load_artifact(
    path: Path,
    sha256: str,
    hmac: str,
    key: bytes,
    largest: int = LARGEST_ARTIFACT,
) -> LoadedArtifact:
    """Verify an artefact, then open it.

    Parameters
    ----------
    path : Path
    sha256, hmac : str
        From the receipt.
    key : bytes
        The one it was written with.
    largest : int
        Bytes that are read at most.

    Raises
    ------
    ArtifactError
        Before anything is parsed where digest or signature differ; then where format,
        libraries or the answers to the self-check rows do.
    """
    content = _read(path, largest)
    _verify(content, sha256, hmac, key)
    parts = _unzip(content)
    metadata: dict[str, Any] = json.loads(parts[METADATA])
    _check_format(metadata)
    _check_libraries(metadata["libraries"])
    pipeline = _pipeline(parts)
    _check_answers(pipeline, metadata["self_check"])
    return LoadedArtifact(pipeline, metadata)


def load_split(
    path: Path, sha256: str, hmac: str, key: bytes, largest: int = LARGEST_ARTIFACT
) -> dict[str, np.ndarray[Any, Any]]:
    """Verify an artefact, then return the `_row` of each row of every part and fold.

    Raises
    ------
    ArtifactError
        As `load_artifact` does; nothing is unpickled.
    """
    content = _read(path, largest)
    _verify(content, sha256, hmac, key)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_names(archive)
        stored = io.BytesIO(archive.read(SPLIT))
    with np.load(stored, allow_pickle=False) as split:
        return {name: split[name] for name in split.files}


def library_versions() -> dict[str, str]:
    """Return the versions of what an artefact depends on."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python, **{name: known_version(name) for name in LIBRARIES}}


def _metadata(outcome: Outcome, plan: Plan, moment: datetime) -> dict[str, Any]:
    found = {
        "format": FORMAT,
        "created_at": moment.isoformat(),
        "libraries": library_versions(),
        "algorithm": outcome.algorithm,
        "task": outcome.task.value,
        "plan": plan.model_dump(mode="json"),
        "hyperparameters": outcome.hyperparameters,
        "signature": outcome.signature.to_json(),
        "recipe": outcome.pipeline.recipe.model_dump(mode="json"),
        "metrics": outcome.metrics,
        "baseline": outcome.baseline,
        "rows": outcome.rows,
        "split_digest": outcome.split_digest,
        "self_check": outcome.self_check,
        "reference": outcome.reference,
    }
    safe: dict[str, Any] = plain(found)
    return safe


def dumped(thing: object) -> bytes:
    """Return anything of ours as bytes; sign them before they leave this process."""
    import joblib  # noqa: PLC0415 -- heavy import

    buffer = io.BytesIO()
    joblib.dump(thing, buffer)
    return buffer.getvalue()


def _model_parts(pipeline: FittedPipeline) -> dict[str, bytes]:
    """Return the model as files: tensors apart from what has to be unpickled."""
    estimator = pipeline.estimator
    if not isinstance(estimator, HoldsTensors):
        return {MODEL: dumped(pipeline)}
    around = replace(pipeline, estimator=estimator.without_tensors())
    return {AROUND: dumped(around), TENSORS: estimator.weights_}


def _saved(split: Mapping[str, np.ndarray[Any, Any]]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **split)  # type: ignore[arg-type]
    return buffer.getvalue()


def _write_zip(path: Path, parts: Mapping[str, bytes]) -> None:
    with path.open("xb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, content in parts.items():
                archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY), content)
        file.flush()
        os.fsync(file.fileno())


def sign(content: bytes, key: bytes) -> ArtifactReceipt:
    """Return the digest and the signature of bytes that this installation wrote."""
    if not key:
        raise ArtifactError("Artefacts cannot be signed: the key is empty.")
    digest = hashlib.sha256(content).hexdigest()
    signature = hmacs.new(key, content, hashlib.sha256).hexdigest()
    return ArtifactReceipt(digest, signature, len(content))


def _read(path: Path, largest: int) -> bytes:
    try:
        with path.open("rb") as file:
            # Room for as much as is asked for is taken before a byte is read.
            size = os.fstat(file.fileno()).st_size
            content = file.read(min(size, largest) + 1)
    except OSError as error:
        raise ArtifactError(
            f"The model's file cannot be read: {error.strerror}. Train it again."
        ) from error
    if len(content) > largest:
        raise ArtifactError(
            f"The model's file is larger than {largest} bytes and is not opened."
        )
    return content


def _verify(content: bytes, sha256: str, hmac: str, key: bytes) -> None:
    found = sign(content, key)
    if not hmacs.compare_digest(found.sha256, sha256):
        raise ArtifactError(
            "The model's file is not the one that was written: its SHA-256 differs. "
            "It is not opened; restore it from a backup or train it again."
        )
    if not hmac:
        raise ArtifactError(
            "The model came in a project's bundle, signed by another installation. It "
            "is not opened before an administrator trusts it."
        )
    if not hmacs.compare_digest(found.hmac, hmac):
        raise ArtifactError(
            "The model's file is not signed by this installation: its HMAC differs. "
            "It is not opened; check the signing key or train it again."
        )


def _unzip(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = _check_names(archive)
        return {name: archive.read(name) for name in names if name != SPLIT}


def _check_names(archive: zipfile.ZipFile) -> list[str]:
    names = archive.namelist()
    if sorted(names) not in CONTENTS:
        raise ArtifactError(
            f"The model's file holds {', '.join(names)[:200]}; another version of "
            "this program may have written it."
        )
    return names


def _check_format(metadata: Mapping[str, Any]) -> None:
    if metadata.get("format") != FORMAT:
        raise ArtifactError(
            f"The model's file has format {metadata.get('format')}; this program reads "
            f"{FORMAT}. Train it again."
        )


def _check_libraries(written: Mapping[str, str]) -> None:
    here = library_versions()
    for name in EXACT:
        if written.get(name) != here[name]:
            raise ArtifactError(
                f"The model was trained with {name} {written.get(name)}; here is "
                f"{here[name]}, which may answer otherwise. Train it again."
            )


def undumped(content: bytes) -> Any:
    """Return what `dumped` wrote; only for bytes whose signature was verified."""
    import joblib  # noqa: PLC0415 -- heavy import

    try:
        return joblib.load(io.BytesIO(content))
    except Exception as error:  # our own bytes, but the classes may be others by now
        raise ArtifactError(
            f"The model cannot be opened by this version of the program ({error}). "
            "Train it again."
        ) from error


def _pipeline(parts: Mapping[str, bytes]) -> FittedPipeline:
    pipeline = undumped(parts.get(MODEL) or parts[AROUND])
    if not isinstance(pipeline, FittedPipeline):
        raise ArtifactError("The model's file holds something else than a pipeline.")
    if TENSORS not in parts:
        return pipeline
    return replace(pipeline, estimator=pipeline.estimator.with_tensors(parts[TENSORS]))


def _answers(pipeline: FittedPipeline, rows: list[dict[str, Any]]) -> Any:
    """Return what a model says; tensors are looked at here for the first time."""
    try:
        return plain(pipeline.predict(rows).to_json())
    except MemoryError:  # says nothing of the model
        raise
    except Exception as error:  # our own bytes, but the network may be another by now
        name = type(error).__name__
        raise ArtifactError(
            f"The model cannot answer in this version of the program ({name}). Train "
            "it again."
        ) from error


def _check_answers(pipeline: FittedPipeline, stored: Mapping[str, Any]) -> None:
    answers = _answers(pipeline, stored["rows"])
    holds_tensors = isinstance(pipeline.estimator, HoldsTensors)
    tolerance = TENSOR_TOLERANCE if holds_tensors else TOLERANCE
    if not _same(answers, stored["answers"], tolerance):
        raise ArtifactError(
            "The model no longer answers as it did when it was trained. It is not "
            "served; train it again."
        )


def _same(here: Any, there: Any, tolerance: float) -> bool:
    if isinstance(here, dict) and isinstance(there, dict):
        return here.keys() == there.keys() and all(
            _same(here[key], there[key], tolerance) for key in here
        )
    if isinstance(here, list) and isinstance(there, list):
        pairs = zip(here, there, strict=False)
        return len(here) == len(there) and all(_same(a, b, tolerance) for a, b in pairs)
    if isinstance(here, float) and isinstance(there, float | int):
        return math.isclose(here, there, rel_tol=tolerance, abs_tol=tolerance)
    return bool(here == there)
