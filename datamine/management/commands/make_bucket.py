from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand

if TYPE_CHECKING:
    from botocore.client import BaseClient

#: Where S3 makes a bucket that names no place, and takes none that names it.
DEFAULT_REGIONS = (None, "us-east-1", "aws-global")


class Command(BaseCommand):
    help = "Make the bucket that files are kept in, where DATAMINE_S3_BUCKET names one."

    def handle(self, *args: Any, **options: Any) -> None:
        name = getattr(default_storage, "bucket_name", "")
        if not name:
            self.stdout.write("Files lie in a folder; there is no bucket to make.")
            return
        client = default_storage.connection.meta.client  # type: ignore[attr-defined]
        if is_there(client, name):
            self.stdout.write(f"The bucket {name} is there.")
            return
        region = client.meta.region_name
        place = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        client.create_bucket(
            Bucket=name, **({} if region in DEFAULT_REGIONS else place)
        )
        self.stdout.write(f"Made the bucket {name}.")


def is_there(client: BaseClient, name: str) -> bool:
    """Whether there is the bucket; asks for no right but to use it."""
    try:
        client.head_bucket(Bucket=name)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.NOT_FOUND:
            raise
        return False
    return True
