from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Make the bucket that files are kept in, where DATAMINE_S3_BUCKET names one."

    def handle(self, *args: Any, **options: Any) -> None:
        name = getattr(default_storage, "bucket_name", "")
        if not name:
            self.stdout.write("Files lie in a folder; there is no bucket to make.")
            return
        buckets = default_storage.connection.buckets  # type: ignore[attr-defined]
        if name in {bucket.name for bucket in buckets.all()}:
            self.stdout.write(f"The bucket {name} is there.")
            return
        default_storage.connection.create_bucket(Bucket=name)  # type: ignore[attr-defined]
        self.stdout.write(f"Made the bucket {name}.")
