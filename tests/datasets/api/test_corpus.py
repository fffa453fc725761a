"""Every file of a folder of real and nasty ones, through the API: what becomes of each.

What became a dataset is looked at on its pages, too.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from datamine.work.children import run_inline
from datasets.models import Dataset
from tests.datasets.corpus import corpus
from tests.factories.datasets import sent

pytestmark = pytest.mark.timeout(600)

CORPUS = corpus()
TABLE = Path(__file__).with_name("corpus.txt")
#: Outcome and file: rows × columns of a dataset, else how the refusal begins.
OUTCOMES = {
    name: outcome
    for line in TABLE.read_text().splitlines()
    for name, _, outcome in [line.partition(" | ")]
}
SHOWN = 50
#: Bytes of a page, however wide or long the table is.
LARGEST = 2_000_000
PAGES = ("detail", "rows", "prepare", "versions", "outliers", "charts")


@pytest.fixture
def api(owner):
    client = APIClient()
    client.force_authenticate(owner)
    return client


def outcome_of(api: APIClient, project: str, path: Path) -> str:
    """Upload and import a file; say in a few words how it ended."""
    with sent(path.read_bytes(), path.name) as file:
        body = {"project": project, "file": file}
        answer = api.post("/api/datasets/", body, format="multipart")
    if answer.status_code != 202:
        assert answer.status_code == 400, path
        return f"refused: {answer.json()['errors'][0]['detail'][:SHOWN]}"
    dataset = Dataset.objects.get(pk=answer.json()["id"])
    run_inline(dataset.versions.get())
    told = api.get(f"/api/datasets/{dataset.pk}/").json()
    if told["processing_status"] == "failed":
        return f"failed: {told['processing_error'][:SHOWN]}"
    assert told["processing_status"] == "ready", path
    return f"{told['rows_count']} × {told['columns_count']}"


def test_every_file_is_in_the_table():
    files = (path for path in CORPUS.rglob("*") if path.is_file())

    assert {path.relative_to(CORPUS).as_posix() for path in files} == set(OUTCOMES)


@pytest.mark.django_db
@pytest.mark.parametrize("name", OUTCOMES)
def test_outcome_is_as_noted(api, project, owner, client, name):
    outcome = outcome_of(api, project.key, CORPUS / name)

    assert outcome == OUTCOMES[name]
    client.force_login(owner)
    for dataset in Dataset.objects.all():
        for page in PAGES:
            answer = client.get(reverse(f"datasets:{page}", args=[dataset.pk]))
            assert answer.status_code == 200, page
            assert len(answer.content) < LARGEST, page
