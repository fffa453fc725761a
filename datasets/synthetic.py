"""Datasets that a generator makes instead of reading a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import TemporaryUploadedFile

from datasets.choices import SYNTHETIC
from datasets.exceptions import DatasetError, UnknownTableError
from datasets.generators.catalogue import UnknownGeneratorError
from datasets.generators.orders import order
from datasets.readers.dialect import Dialect
from datasets.services import discard_upload, import_upload, receive_upload

if TYPE_CHECKING:
    from datasets.models import Dataset
    from projects.models import Project, User


def make_synthetic(
    project: Project,
    *,
    generator: str,
    parameters: dict[str, Any],
    name: str = "",
    description: str = "",
    actor: User,
) -> Dataset:
    """Make a dataset whose first version a generator fills, in the background.

    The order is kept as the file of the dataset. Raises `UnknownTableError`,
    `ParameterError` and `NameTakenError`.
    """
    try:
        wanted = order(generator, parameters)
    except UnknownGeneratorError as error:
        raise UnknownTableError(str(error)) from error
    content = wanted.model_dump_json(indent=1).encode()
    filename = f"{generator}.json"
    with TemporaryUploadedFile(
        filename, "application/json", len(content), None
    ) as file:
        file.write(content)
        file.flush()
        upload = receive_upload(project, file, actor=actor)
    try:
        return import_upload(
            upload,
            name=name,
            description=description or wanted.notice,
            file_format=SYNTHETIC,
            dialect=Dialect(missing_markers=("",)),
            actor=actor,
        )
    except DatasetError:
        discard_upload(upload)
        raise
