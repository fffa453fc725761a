"""The same files in S3, where there is no rename and no path."""

import boto3
import pytest
from moto import mock_aws

from datamine import files

BUCKET = "datamine-tests"


@pytest.fixture
def bucket(settings, tmp_path, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    settings.SCRATCH_DIR = tmp_path
    with mock_aws():
        bucket = boto3.resource("s3").create_bucket(Bucket=BUCKET)
        settings.STORAGES = settings.STORAGES | {
            "default": {
                "BACKEND": "storages.backends.s3.S3Storage",
                "OPTIONS": {"bucket_name": BUCKET, "file_overwrite": True},
            }
        }
        yield bucket


def test_object_is_stored_read_and_deleted(bucket, tmp_path):
    source = tmp_path / "source"
    source.write_bytes(b"content")

    files.store(source, "versions/7/a.bin")
    with files.local_copy("versions/7/a.bin") as path:
        content, inside = path.read_bytes(), path.is_relative_to(tmp_path)
    files.delete("versions/7/a.bin")

    assert (content, inside) == (b"content", True)
    assert not path.exists()
    assert list(bucket.objects.all()) == []


def test_object_that_arrives_damaged_is_refused(bucket, tmp_path, monkeypatch):
    source = tmp_path / "source"
    source.write_bytes(b"content")
    monkeypatch.setattr("storages.backends.s3.S3Storage.size", lambda *_: 3)

    with pytest.raises(files.StoredFileError, match=r"did not keep versions/7/a\.bin"):
        files.store(source, "versions/7/a.bin")

    assert list(bucket.objects.all()) == []
