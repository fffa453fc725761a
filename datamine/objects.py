"""Files in S3, whose troubles are told as those of a disk: by an `OSError`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from datamine.room import StorageAwayError

if TYPE_CHECKING:
    from collections.abc import Iterator

CONNECT_SECONDS = 5


@contextmanager
def answering() -> Iterator[None]:
    """Raise `StorageAwayError` where S3 fails, or cannot be reached, after its retries.

    That an object is not there is a `FileNotFoundError` before it comes here.
    """
    try:
        yield
    except (BotoCoreError, Boto3Error, ClientError) as error:
        raise StorageAwayError(str(error)) from error


class ObjectStorage(S3Storage):
    """Django's storage on S3; nobody else need know the errors of its client."""

    def get_default_settings(self) -> dict[str, Any]:
        """Give up on a machine that is down soon: each call is tried several times."""
        config = Config(connect_timeout=CONNECT_SECONDS)
        return {**super().get_default_settings(), "client_config": config}

    def _open(self, name: str, mode: str = "rb") -> Any:
        """Fetch the bytes here: the first read would fail with the client's error."""
        with answering():
            found = super()._open(name, mode)
            try:
                return found.open()
            except BaseException:
                found.close()
                raise

    def _save(self, name: str, content: Any) -> Any:
        with answering():
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with answering():
            super().delete(name)

    def exists(self, name: str) -> Any:
        with answering():
            return super().exists(name)

    def listdir(self, name: str) -> Any:
        with answering():
            return super().listdir(name)

    def size(self, name: str) -> Any:
        with answering():
            return super().size(name)

    def get_modified_time(self, name: str) -> Any:
        with answering():
            return super().get_modified_time(name)
