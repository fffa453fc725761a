"""How files arrive: into a temporary file, and no further than they may grow."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from functools import cached_property
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler

from datamine.room import NO_ROOM, is_full
from datasets.exceptions import NoFileError, NoRoomError, UploadTooLargeError
from datasets.models import SiteLimits

if TYPE_CHECKING:
    from django.http import HttpRequest

LABEL_LENGTH = 255
#: Mark a request whose file was let go of.
TOO_LARGE = "is_upload_too_large"
FOUND_NO_ROOM = "found_no_room"


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes each file of a request to disk and lets go of one that does not fit.

    The rest of the request is still read, so that the answer can say why.
    """

    @cached_property
    def limit(self) -> int:
        """How many bytes a file may have; asked for once a request."""
        return upload_limit()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > self.limit:
            self.let_go(TOO_LARGE)
            raise SkipFile
        try:
            super().receive_data_chunk(raw_data, start)
            self.file.flush()  # a full disk is met here, not when the file is closed
        except OSError as error:
            if not is_full(error):
                raise
            self.let_go(FOUND_NO_ROOM)
            raise SkipFile from error

    def let_go(self, reason: str) -> None:
        setattr(self.request, reason, True)
        with suppress(OSError):  # what is still in memory finds no room either
            self.file.close()  # removes what has been written


def upload_limit() -> int:
    """Return how many bytes a file may have."""
    most: int = SiteLimits.objects.current().upload_bytes
    return most


def received_file(request: HttpRequest, field: str = "file") -> TemporaryUploadedFile:
    """Return the file a request brought.

    Raises `UploadTooLargeError` if it passed the limit, `NoRoomError` if the disk is
    full, and `NoFileError` if there is none.
    """
    files = request.FILES  # reads the request
    if getattr(request, TOO_LARGE, False):
        megabytes = upload_limit() // 1024**2
        raise UploadTooLargeError(
            f"The file is larger than {megabytes} MB, the most this site takes. "
            "Leave out columns or rows you do not need, or ask the operator."
        )
    if getattr(request, FOUND_NO_ROOM, False):
        raise NoRoomError(NO_ROOM)
    file = files.get(field)
    if not isinstance(file, TemporaryUploadedFile):
        raise NoFileError("Choose a file to upload.")
    return file


def label_of(filename: str) -> str:
    """Return a file's name as people may see it: no folders, no invisible signs."""
    name = PureWindowsPath(filename.replace("/", "\\")).name
    visible = (c for c in name if is_visible(c))
    return "".join(visible).strip()[-LABEL_LENGTH:] or "file"


def is_visible(sign: str) -> bool:
    """Whether a sign shows; the joiner inside emoji counts as part of them."""
    return sign == "\u200d" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs"}
