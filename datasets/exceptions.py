"""What can go wrong with datasets, each with a sentence for the person it meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projects.exceptions import DomainError

if TYPE_CHECKING:
    from datasets.readers.errors import ReaderError
    from datasets.steps.base import StepError


class DatasetError(DomainError):
    """A request a dataset cannot meet as it is."""


class NoFileError(DatasetError):
    """Nothing arrived where a file was expected."""

    code = "required"
    status_code = 400
    attr = "file"


class UploadTooLargeError(DatasetError):
    """More bytes arrived than an upload may have."""

    code = "too_large"
    status_code = 413
    attr = "file"


class NoRoomError(DatasetError):
    """The disk has no room for the file that was sent."""

    code = "storage_full"
    status_code = 507
    attr = "file"


class QuotaError(DatasetError):
    """The project may use no more of the disk, or have no more datasets."""

    code = "quota"


class UnreadableFileError(DatasetError):
    """The bytes are no table, or not one in the way it was said to be read."""

    code = "unreadable"
    status_code = 400
    attr = "file"

    def __init__(self, error: ReaderError) -> None:
        super().__init__(error.sentence)
        self.line = error.line
        self.column = error.column
        self.records = error.records


class MadeHereError(DatasetError):
    """There is no file to read again: a generator made the table."""

    code = "synthetic"


class UnknownTableError(DatasetError):
    """A generator that the catalogue does not have."""

    code = "unknown_generator"
    status_code = 400
    attr = "generator"


class UnreadableCurvesError(DatasetError):
    """A file that holds no light curves, or too many of them."""

    code = "unreadable"
    status_code = 400
    attr = "files"


class NameTakenError(DatasetError):
    """Another dataset of the project has the name."""

    code = "name_taken"
    attr = "name"


class BadTagError(DatasetError):
    """A tag that cannot be kept, or too many of them."""

    code = "invalid"
    status_code = 400
    attr = "tags"


class NotReadyError(DatasetError):
    """The version has no data: it is being made, or could not be made."""

    code = "not_ready"


class DamagedDataError(DatasetError):
    """The stored table of a version is gone, or no table any more."""

    code = "damaged"


class BeingImportedError(DatasetError):
    """The file is being read already."""

    code = "being_imported"


class NothingToCancelError(DatasetError):
    """The work has ended before it could be stopped."""

    code = "ended"


class DatasetInUseError(DatasetError):
    """Experiments or models stand on the dataset."""

    code = "in_use"


class InTrashError(DatasetError):
    """The dataset was thrown away."""

    code = "in_trash"


class NotInTrashError(DatasetError):
    """What is to be put back or purged was not thrown away, or is gone."""

    code = "not_in_trash"


class StepRefusedError(DatasetError):
    """A step that cannot be done with these columns and parameters."""

    code = "invalid_step"
    status_code = 400

    def __init__(self, error: StepError) -> None:
        super().__init__(error.sentence)
        self.code = error.code
        self.column = error.column
        self.parameter = error.parameter
        self.position = error.position or 0
        self.attr = self.place()

    def place(self) -> str:
        """Where in `{steps: […]}` the trouble is: `steps.0.parameters.strategy`."""
        if self.parameter:
            return f"steps.{self.position}.parameters.{self.parameter}"
        return f"steps.{self.position}" + (".columns" if self.column else "")


class NoStepsError(DatasetError):
    """There is nothing to keep: the version is the file as it was imported."""

    code = "no_steps"


class BadQueryError(DatasetError):
    """A page of rows was asked for in a way that does not exist."""

    code = "invalid"
    status_code = 400

    def __init__(self, sentence: str, attr: str) -> None:
        super().__init__(sentence)
        self.attr = attr


class ChartRefusedError(DatasetError):
    """A chart that does not go with the columns of a version."""

    code = "invalid_chart"
    status_code = 400

    def __init__(self, sentence: str, attr: str) -> None:
        super().__init__(sentence)
        self.attr = attr
