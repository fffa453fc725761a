"""A session as a script that trains once more, packed with what it needs."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from django.http import HttpResponse

from datasets.readers.dialect import Dialect
from datasets.services import history_of
from experiments.exceptions import NotReproducibleError
from experiments.learning.plans import Plan
from experiments.learning.problems import TrainingError
from experiments.scripts.recorded import Recorded
from experiments.shared_splits import kept_rows

if TYPE_CHECKING:
    from experiments.models import Result
    from experiments.scripts.recorded import Bundle

#: Files of a package have no date of their own, so that equal ones are equal bytes.
UNDATED = (1980, 1, 1, 0, 0, 0)


def script_response(result: Result, filename: str) -> HttpResponse:
    """Return script, requirements and sources as a download."""
    from experiments.scripts.writing import bundle_of  # noqa: PLC0415 -- heavy import

    content = packed(bundle_of(recorded(result)))
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def recorded(result: Result) -> Recorded:
    """Return what is known of a session, from the uploaded file to its figures."""
    session = result.session
    imported, steps = history_of(session.base_version)
    dataset = session.experiment.dataset
    plan = Plan.model_validate(session.plan)
    if plan.started_from is not None:
        raise NotReproducibleError(
            "This session began with the weights of an earlier model, which a script "
            "cannot train again. Take the script of that model's own session."
        )
    rows = None
    if plan.split.same_as is not None:
        try:
            rows = kept_rows(session.experiment_id, result.split_digest)
        except TrainingError as error:
            raise NotReproducibleError(str(error)) from error
    return Recorded(
        session=session.pk,
        filename=dataset.filename,
        sha256=dataset.sha256,
        file_format=dataset.file_format,
        dialect=Dialect.model_validate(imported.dialect),
        imported=imported.schema,
        steps=steps,
        plan=plan,
        hyperparameters=result.details.get("hyperparameters", plan.hyperparameters),
        metrics=result.metrics,
        split_digest=result.split_digest,
        kept_split=rows,
    )


def packed(bundle: Bundle) -> bytes:
    """Return a script, its requirements and what lies beside it as one ZIP file."""
    files = {
        "reproduce.py": bundle.script.encode(),
        "requirements.txt": "".join(f"{n}\n" for n in bundle.requirements).encode(),
        **bundle.beside,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(
                zipfile.ZipInfo(name, UNDATED), content, zipfile.ZIP_DEFLATED
            )
    return buffer.getvalue()
