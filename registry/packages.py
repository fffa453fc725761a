"""A version as a folder to take along: the model, what it is, and how to open it."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from typing import TYPE_CHECKING

from django.http import FileResponse
from django.template.loader import render_to_string

from datamine import files
from experiments.exceptions import DamagedModelError
from experiments.results.downloads import artifact_file, damaged
from registry.onnx import ONNX, onnx_of

if TYPE_CHECKING:
    from typing import IO

    from registry.models import ModelVersion

README = "README.md"
#: Equal versions give equal bytes.
MOMENT = (1980, 1, 1, 0, 0, 0)


def package_response(version: ModelVersion, *, with_onnx: bool = False) -> FileResponse:
    """Return a version as a zip file; raises `DamagedModelError`, `NotAvailableError`.

    Its bytes are checked, copied and never parsed here.
    """
    onnx = onnx_of(version) if with_onnx else None
    with artifact_file(version.session.result) as source:
        target = tempfile.TemporaryFile(dir=files.scratch(), prefix="package-")  # noqa: SIM115 -- closed by the response
        try:
            write_package(version, source, target, onnx)
        except DamagedModelError:
            target.close()
            raise
    target.seek(0)
    filename = f"{folder_of(version)}.zip"
    return FileResponse(target, as_attachment=True, filename=filename)


def write_package(
    version: ModelVersion,
    source: IO[bytes],
    target: IO[bytes],
    onnx: bytes | None = None,
) -> None:
    """Copy the files of an artefact under their own names, and add a README.

    Raises `DamagedModelError` for what is no archive.
    """
    try:
        with (
            zipfile.ZipFile(source) as artifact,
            zipfile.ZipFile(target, "w") as package,
        ):
            pack(version, artifact, package, onnx)
    except zipfile.BadZipFile as error:
        raise damaged(version.session.result, "is no archive") from error


def pack(
    version: ModelVersion,
    artifact: zipfile.ZipFile,
    package: zipfile.ZipFile,
    onnx: bytes | None,
) -> None:
    from experiments.learning.artifacts import (  # noqa: PLC0415 -- heavy import
        MODEL,
        SPLIT,
        TENSORS,
    )

    folder = folder_of(version)
    model = model_name(version)
    held = [name for name in artifact.namelist() if name != SPLIT]
    names = {name: model if name == MODEL else name for name in held}
    for name, given in names.items():
        inside = zipfile.ZipInfo(f"{folder}/{given}", MOMENT)
        with (
            artifact.open(name) as read,
            package.open(inside, "w", force_zip64=True) as write,
        ):
            shutil.copyfileobj(read, write)
    digests = [(given, digest(artifact, name)) for name, given in names.items()]
    if onnx is not None:
        package.writestr(zipfile.ZipInfo(f"{folder}/{ONNX}", MOMENT), onnx)
        digests.append((ONNX, hashlib.sha256(onnx).hexdigest()))
    context = {
        "version": version,
        "model": model,
        "has_tensors": TENSORS in names,
        "has_onnx": onnx is not None,
        "digests": digests,
    }
    text = render_to_string("registry/readme.md", context)
    package.writestr(zipfile.ZipInfo(f"{folder}/{README}", MOMENT), text)


def folder_of(version: ModelVersion) -> str:
    """Return the name of a version as a folder: the model and its time."""
    return f"{version.model.name}_{version.version.removeprefix('v')}"


def model_name(version: ModelVersion) -> str:
    """Return what a pickled pipeline is called once it is on its own."""
    moment = version.session.result.created_at
    return f"model_{version.session.experiment_id}_{moment:%Y%m%d_%H%M%S}.pkl"


def digest(archive: zipfile.ZipFile, name: str) -> str:
    found = hashlib.sha256()
    with archive.open(name) as file:
        while part := file.read(files.CHUNK):
            found.update(part)
    return found.hexdigest()
