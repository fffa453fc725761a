"""The object store fails three calls of ten while work is done.

`DATAMINE_OUTAGE_SECONDS` says for how long; `make campaigns` asks for ten minutes.
"""

import os
import time
from collections import Counter

import boto3
import pytest
from django.core.files.storage import default_storage

from datamine.room import AWAY
from tests.workload.program import Program
from tests.workload.rows import new_session, new_version
from tests.workload.shaky import WATCHER, ShakyStore
from tests.workload.verdict import check

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "DATAMINE_OUTAGE_SECONDS" not in os.environ, reason="a campaign: make outage"
    ),
    pytest.mark.timeout(7200),
]

SECONDS = float(os.environ.get("DATAMINE_OUTAGE_SECONDS", "0"))
SHARE, AT_ONCE, BUCKET = 0.3, 6, "shaky"


@pytest.fixture
def store(settings, monkeypatch):
    """A store that fails for the program, and never for the test that watches."""
    store = ShakyStore(SHARE)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", WATCHER)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x" * 40)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    boto3.client("s3", endpoint_url=store.url).create_bucket(Bucket=BUCKET)
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "datamine.objects.ObjectStorage",
            "OPTIONS": {"bucket_name": BUCKET, "endpoint_url": store.url},
        }
    }
    yield store
    store.stop()


def test_store_that_fails_three_calls_of_ten_leaves_no_row_without_its_file(
    store, capsys
):
    environment = {
        "DATAMINE_S3_BUCKET": BUCKET,
        "DATAMINE_S3_ENDPOINT": store.url,
        "AWS_ACCESS_KEY_ID": "program",
        "DATAMINE_IMPORT_MEMORY_MB": "600",
        "DATAMINE_TRAINING_MEMORY_MB": "600",
    }
    rows, ends = [], time.monotonic() + SECONDS
    with Program(**environment) as program:
        while time.monotonic() < ends or not rows:
            if sum(not is_over(row) for row in rows[-AT_ONCE:]) < AT_ONCE:
                rows += [new_version("brief"), new_session("brief")]
            time.sleep(0.2)
        check(rows)
        assert program.is_running()

    ended = Counter(row.status for row in rows)
    said = {row.error_message for row in rows if row.status == "failed"}
    failed = sum(store.told.values()) - store.told["done"] - store.told["watched"]
    with capsys.disabled():
        print(  # noqa: T201 -- the figures one asks the campaign for
            f"\n{SECONDS:g} s: {failed} calls failed, {store.told['done']} answered; "
            f"work ended {dict(ended)} {said or ''}"
        )
    assert failed
    # What failed five times in a row fails the work, and is said.
    assert said <= {AWAY}
    assert ended["failed"] < len(rows) / 10
    for row in rows:
        if row.status == row.DONE:
            assert all(default_storage.exists(key) for key, _ in row.stored_files())


def is_over(row):
    row.refresh_from_db()
    return row.is_over
