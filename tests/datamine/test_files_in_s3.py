"""The same files in S3, where there is no rename and no path."""

import os
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ConnectionClosedError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from moto import mock_aws

from datamine import files
from datamine.models import BundleImport
from datamine.room import AWAY, StorageAwayError
from datamine.work.children import run_inline
from datasets.models import Upload
from experiments import earlier_weights, shared_splits
from experiments.evaluating import start_evaluation
from experiments.results.downloads import artifact_file
from registry import gate
from tests.factories.datasets import imported_dataset
from tests.factories.experiments import (
    ResultFactory,
    flowers,
    flowers_draft,
    trained_session,
)
from tests.factories.projects import UserFactory

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
                "BACKEND": "datamine.objects.ObjectStorage",
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
    monkeypatch.setattr("datamine.objects.ObjectStorage.size", lambda *_: 3)

    with pytest.raises(files.StoredFileError, match=r"did not keep versions/7/a\.bin"):
        files.store(source, "versions/7/a.bin")

    assert list(bucket.objects.all()) == []


def cut_off(**said):
    raise ConnectionClosedError(endpoint_url="http://s3")


def test_object_whose_bytes_do_not_come_is_an_error_of_the_system(bucket):
    bucket.put_object(Key="versions/7/a.bin", Body=b"content")
    calls = default_storage.connection.meta.client.meta.events
    calls.register("before-call.s3.GetObject", cut_off)

    with pytest.raises(StorageAwayError, match="closed before"):
        default_storage.open("versions/7/a.bin").read()


def test_machine_that_is_down_is_given_up_on_soon(bucket):
    assert default_storage.connection.meta.client.meta.config.connect_timeout == 5


@pytest.fixture
def result(db):
    """What an hour of training found, before the storage went away."""
    return ResultFactory()


@pytest.fixture
def evaluation(project, owner, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    session = trained_session(flowers_draft(project, owner), owner)
    others = imported_dataset(project, owner, flowers(60), name="Others")
    return start_evaluation(session.result, others.active_version, actor=owner)


@pytest.fixture
def away(settings, monkeypatch):
    """An address where no storage answers."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "datamine.objects.ObjectStorage",
            "OPTIONS": {"bucket_name": BUCKET, "endpoint_url": "http://127.0.0.1:9"},
        }
    }


@pytest.mark.parametrize(
    "use",
    [
        lambda: files.store(Path(__file__), "versions/7/a.bin"),
        lambda: files.delete("versions/7/a.bin"),
        lambda: default_storage.exists("versions/7/a.bin"),
        lambda: default_storage.listdir("versions"),
        lambda: default_storage.size("versions/7/a.bin"),
        lambda: default_storage.get_modified_time("versions/7/a.bin"),
        lambda: files.fetch("versions/7/a.bin", Path(os.devnull)),
    ],
)
def test_storage_that_is_away_is_an_error_of_the_system(away, use):
    with pytest.raises(StorageAwayError, match=r"127\.0\.0\.1:9"):
        use()


@pytest.mark.parametrize(
    "read",
    [
        artifact_file,
        gate.split_of,
        earlier_weights.stored_digest,
        lambda result: earlier_weights.weights_of(result, result.artifact_sha256),
        lambda result: shared_splits.kept_rows(
            result.session.experiment_id, result.split_digest
        ),
    ],
)
def test_model_that_cannot_be_fetched_is_not_called_damaged(result, away, read):
    with pytest.raises(StorageAwayError):
        read(result)


def test_evaluation_ends_with_the_sentence(evaluation, away):
    run_inline(evaluation)

    evaluation.refresh_from_db()
    assert (evaluation.status, evaluation.error_message) == ("failed", AWAY)


@pytest.mark.parametrize("door", ["page", "api"])
def test_upload_to_a_storage_that_is_away_is_told(away, door, client, project, owner):
    client.force_login(owner)
    client.raise_request_exception = False  # the API's handler tells Django of any 5xx
    file = SimpleUploadedFile("t.csv", b"a,b\n1,2\n")
    if door == "page":
        url = f"/projects/{project.key}/datasets/upload/"
        response = client.post(url, {"file": file})
    else:
        values = {"project": project.key, "file": file}
        response = client.post("/api/datasets/", values)

    assert response.status_code == 503
    assert AWAY in response.content.decode()
    assert not Upload.objects.exists()


def test_work_ends_with_the_sentence(db, away):
    row = BundleImport.objects.create(
        filename="a.tar", upload="bundles/1/a", created_by=UserFactory()
    )

    run_inline(row)

    assert (row.status, row.error_message) == ("failed", AWAY)


def test_bucket_is_made_once(settings, bucket, capsys):
    settings.STORAGES["default"]["OPTIONS"]["bucket_name"] = "another"

    for _ in range(2):
        call_command("make_bucket")

    assert capsys.readouterr().out.splitlines() == [
        "Made the bucket another.",
        "The bucket another is there.",
    ]


def test_bucket_is_made_in_its_region(settings, bucket):
    options = {"bucket_name": "european", "region_name": "eu-central-1"}
    settings.STORAGES["default"]["OPTIONS"] |= options

    call_command("make_bucket")

    place = bucket.meta.client.get_bucket_location(Bucket="european")
    assert place["LocationConstraint"] == "eu-central-1"


def test_folder_needs_no_bucket(capsys):
    call_command("make_bucket")

    assert "there is no bucket to make" in capsys.readouterr().out
