"""What many ask for at the same moment: limits hold, numbers are given out once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from datasets import quotas, services
from datasets.exceptions import QuotaError
from datasets.models import Dataset, DatasetVersion, Upload
from datasets.readers.dialect import Dialect
from datasets.recipes import StepSpec
from tests.factories.datasets import FLOWERS, UploadFactory, imported_dataset, sent
from tests.factories.projects import PASSWORD, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

MANY = 20
FILL = StepSpec(step="fill_missing", columns=["petal"], parameters={"strategy": "mean"})


def at_once(deed, many=MANY):
    """Let so many do the same at one moment; return what came of each."""
    gate = threading.Barrier(many)

    def do(number):
        gate.wait()
        try:
            return deed(number)
        except QuotaError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(do, range(many)))


def test_uploads_at_once_never_pass_the_limit(project, owner):
    quotas.set_quota(
        project, max_bytes=3 * len(FLOWERS) + 1, max_datasets=None, actor=owner
    )

    def upload(number):
        with sent(FLOWERS) as file:
            return services.receive_upload(project, file, actor=owner)

    came = at_once(upload)

    assert sum(isinstance(one, Upload) for one in came) == 3
    assert quotas.room_of(project).used == 3 * len(FLOWERS)


def test_datasets_made_at_once_never_pass_the_limit(project, owner):
    quotas.set_quota(project, max_bytes=None, max_datasets=3, actor=owner)
    uploads = [UploadFactory(project=project) for _ in range(MANY)]

    came = at_once(
        lambda number: services.import_upload(
            uploads[number],
            name=f"Table {number}",
            file_format="csv",
            dialect=Dialect(),
            actor=owner,
        )
    )

    assert sum(isinstance(one, Dataset) for one in came) == 3
    assert Dataset.objects.count() == 3


def test_versions_made_at_once_have_numbers_of_their_own(project, owner):
    version = imported_dataset(project, owner).active_version

    at_once(lambda number: services.apply_steps(version, specs=[FILL], actor=owner))

    numbers = DatasetVersion.objects.values_list("number", flat=True)
    assert sorted(numbers) == list(range(1, MANY + 2))


@override_settings(AXES_ENABLED=True)
def test_passwords_guessed_at_once_are_slowed_and_nobody_is_locked_out(owner):
    UserFactory(username="other")

    def log_in(name, password):
        answer = Client().post(
            reverse("account_login"), {"login": name, "password": password}
        )
        return answer.status_code

    came = at_once(lambda number: [log_in(owner.username, "wrong") for _ in range(3)])

    codes = [code for codes in came for code in codes]
    assert set(codes) == {200, 429}
    assert codes.count(200) < 10 + MANY  # who asks at the same moment as the tenth
    assert log_in(owner.username, PASSWORD) == 429
    assert log_in("other", PASSWORD) == 302
