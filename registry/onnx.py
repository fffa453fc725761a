"""A version as ONNX, made and checked by a process of its own."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _

from datamine import files
from experiments.results.downloads import artifact_file
from registry.exceptions import NotAvailableError
from registry.graphs import kept_graph
from registry.serving import loaded_models

if TYPE_CHECKING:
    from typing import IO

    from experiments.models import Result
    from registry.models import ModelVersion

logger = logging.getLogger(__name__)

#: Libraries load in some seconds; a large forest takes some more.
TIMEOUT = 120
ONNX = "model.onnx"
#: What `experiments.learning.onnx_export` ends with where there is no such graph.
REFUSED = 3
#: … and where it may be otherwise the next time.
UNSURE = 4
#: What is kept of a version without a graph, before the reason; no graph begins so.
NONE = b"There is none: "
#: A web process makes one at a time: each takes a core, and memory for its libraries.
ONE = threading.BoundedSemaphore(1)


def onnx_of(version: ModelVersion) -> bytes:
    """Return a version as ONNX that was found to answer as it does; made once.

    Raises `NotAvailableError` with the reason where there is none, `DamagedModelError`.
    """
    result = version.session.result
    if reason := known_reason(result):
        raise NotAvailableError(in_words(reason))
    with artifact_file(result) as source:
        kept = kept_graph(result, lambda: made_of(result, source))
    if kept.startswith(NONE):
        raise NotAvailableError(in_words(kept.removeprefix(NONE).decode()))
    return kept


def known_reason(result: Result) -> str:
    """Return why there is surely none, where the model is open in this process."""
    opened = loaded_models.opened(result)
    if opened is None:
        return ""
    from experiments.learning.onnx_export import (  # noqa: PLC0415 -- heavy import
        reason_against,
    )

    return reason_against(opened.pipeline)


def in_words(reason: str) -> str:
    return _("There is no ONNX of this version. %(stdout)s") % {"stdout": reason}


def made_of(result: Result, source: IO[bytes]) -> bytes:
    """Return the model of a result as ONNX, or `NONE` and why; either takes seconds.

    Raises `NotAvailableError` where nobody knows yet.
    """
    with tempfile.TemporaryDirectory(dir=files.scratch(), prefix="onnx-") as folder:
        artifact, target = Path(folder, "artifact"), Path(folder, ONNX)
        with artifact.open("wb") as copy:
            shutil.copyfileobj(source, copy, files.CHUNK)
        done = converted(
            {
                "artifact": str(artifact),
                "sha256": result.artifact_sha256,
                "hmac": result.artifact_hmac,
                "key": settings.ARTIFACT_KEY,
                "target": str(target),
            }
        )
        if done.returncode == REFUSED:
            return NONE + done.stdout.encode()
        if done.returncode == UNSURE:
            raise NotAvailableError(in_words(done.stdout))
        if done.returncode:
            logger.error("ONNX of %s: %s", result, done.stderr[-2000:])
            raise NotAvailableError(
                _("The ONNX could not be made; the server's log says why.")
            )
        return target.read_bytes()


def converted(asked: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the process that converts; `NotAvailableError` if it takes too long."""
    if not ONE.acquire(timeout=5):
        raise NotAvailableError(_("Another ONNX is being made. Try again in a moment."))
    try:
        return subprocess.run(
            [sys.executable, "-m", "experiments.learning.onnx_export"],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            cwd=settings.BASE_DIR,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired as problem:
        raise NotAvailableError(
            _(
                "The ONNX was not ready after %(timeout)s s. Try again when less "
                "is going on."
            )
            % {"timeout": TIMEOUT}
        ) from problem
    finally:
        ONE.release()


def onnx_response(version: ModelVersion) -> HttpResponse:
    """Return a version as an ONNX file to keep; raises as `onnx_of` does."""
    response = HttpResponse(onnx_of(version), content_type="application/octet-stream")
    name = f"{version.model.name}_{version.version.removeprefix('v')}.onnx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
