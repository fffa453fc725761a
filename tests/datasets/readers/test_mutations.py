"""Two thousand damaged files: each is read or refused with a sentence, and in time.

`DATAMINE_DAMAGED_FILES` says how many, `DATAMINE_DAMAGED_SEED` which;
`make damage` asks for 20,000.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from datasets.models import Dataset, Upload
from datasets.monitor import SilentMonitor
from datasets.readers.errors import ReaderError
from datasets.readers.importing import import_table
from datasets.readers.limits import Limits
from datasets.readers.sniff import sniff
from tests.datasets.damage import damaged_files, originals

pytestmark = pytest.mark.timeout(7200)

FILES = int(os.environ.get("DATAMINE_DAMAGED_FILES", "2000"))
SEED = int(os.environ.get("DATAMINE_DAMAGED_SEED", "20261124"))
PARTS = 4
FILES_SENT = 30
#: CPU seconds that one file may take, far below what a person would wait.
LONGEST = 20


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> dict[str, bytes]:
    return originals(tmp_path_factory.mktemp("originals"))


def rows_read(path: Path, target: Path) -> int:
    """Read a file as guessed; return its rows, 0 where it is refused."""
    try:
        found = sniff(path, path.name)
        dialect = found.dialect.model_copy(update={"bad_records": "fill"})
        report = import_table(
            path, target, found.format, dialect, SilentMonitor(), Limits()
        )
    except ReaderError as refusal:
        return 0 if refusal.sentence and not target.exists() else -1
    rows = pq.read_metadata(target).num_rows
    target.unlink()
    return rows if rows == report.rows_count else -1


@pytest.mark.parametrize("part", range(PARTS))
def test_damaged_files_are_read_or_refused(part, whole, tmp_path):
    counts, slow = [], []

    for name, content in damaged_files(SEED + part, FILES // PARTS, whole):
        path = tmp_path / name
        path.write_bytes(content)
        began = time.process_time()
        counts.append(rows_read(path, tmp_path / "t.parquet"))
        if time.process_time() - began > LONGEST:
            slow.append((name, content))

    assert slow == []
    assert min(counts) == 0
    assert len(counts) // 10 < sum(count > 0 for count in counts) < len(counts)
    assert {path.name for path in tmp_path.iterdir()} <= set(whole)


@pytest.mark.django_db
def test_damaged_uploads_are_taken_or_refused_with_a_sentence(whole, project, owner):
    api = APIClient()
    api.force_authenticate(owner)
    taken, wrong = 0, []

    for name, content in damaged_files(SEED, FILES_SENT, whole):
        answer = api.post(
            "/api/datasets/",
            {"project": project.key, "file": SimpleUploadedFile(name, content)},
            format="multipart",
        )
        taken += answer.status_code == 202
        if answer.status_code not in {202, 400} or not (
            answer.status_code == 202 or answer.json()["errors"][0]["detail"]
        ):
            wrong.append((name, content, answer.status_code))

    assert wrong == []
    assert 0 < taken < FILES_SENT
    assert Dataset.objects.count() == taken
    assert not Upload.objects.exists()
