"""The staff's pages of datasets."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from datasets.models import Dataset, DatasetVersion, Tag
from tests.factories.datasets import (
    DatasetFactory,
    DatasetVersionFactory,
    UploadFactory,
    VisualizationFactory,
    imported_dataset,
)
from tests.factories.projects import MembershipFactory, UserFactory

HOSTILE = "<img src=x onerror=alert(1)>"
MODELS = ["dataset", "datasetversion", "tag", "upload", "visualization"]


@pytest.fixture
def boss(client, db):
    boss = UserFactory(username="boss", is_staff=True, is_superuser=True)
    client.force_login(boss)
    return client


def list_of(name: str) -> str:
    return reverse(f"admin:datasets_{name}_changelist")


def make(name: str, project, number: int = 1):
    if name == "upload":
        return UploadFactory(project=project, filename=f"{HOSTILE} {number}")
    dataset = DatasetFactory(project=project, name=f"{HOSTILE} {number}")
    if name == "visualization":
        return VisualizationFactory(
            dataset=dataset, name=f"{HOSTILE} {number}", is_shared=True
        )
    if name == "tag":
        return Tag.objects.create(dataset=dataset, name=f"{HOSTILE} {number}")
    version = DatasetVersionFactory(dataset=dataset, number=1, active=True)
    return dataset if name == "dataset" else version


@pytest.mark.parametrize("name", MODELS)
def test_lists_and_rows_open_search_and_escape(boss, project, name):
    row = make(name, project)

    page = boss.get(list_of(name), {"q": "onerror"}).content.decode()
    change = boss.get(reverse(f"admin:datasets_{name}_change", args=[row.pk]))

    assert HOSTILE not in page
    assert "&lt;img src=x" in page
    assert HOSTILE not in change.content.decode()
    assert change.status_code == 200


@pytest.mark.parametrize("name", MODELS)
def test_lists_take_as_many_queries_for_three_as_for_one(
    boss, project, name, django_assert_max_num_queries
):
    counts = []
    for numbers in ([1], [2, 3]):
        for number in numbers:
            make(name, project, number)
        boss.get(list_of(name))
        with django_assert_max_num_queries(30) as asked:
            boss.get(list_of(name))
        counts.append(len(asked))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", MODELS)
def test_staff_see_rows_of_their_own_projects_only(client, project, name):
    staff = UserFactory(username="staff", is_staff=True)
    staff.user_permissions.set(Permission.objects.all())
    client.force_login(staff)
    row = make(name, project)

    page = client.get(list_of(name)).content.decode()
    change = client.get(reverse(f"admin:datasets_{name}_change", args=[row.pk]))

    assert "onerror" not in page
    assert change.status_code == 302


@pytest.mark.parametrize("name", ["datasetversion", "upload"])
def test_machine_made_rows_cannot_be_changed(boss, project, name):
    row = make(name, project)

    change = boss.post(reverse(f"admin:datasets_{name}_change", args=[row.pk]), {})
    delete = boss.post(
        reverse(f"admin:datasets_{name}_delete", args=[row.pk]), {"post": "yes"}
    )

    assert [change.status_code, delete.status_code] == [403, 403]
    assert type(row).objects.filter(pk=row.pk).exists()


def test_labels_are_saved_through_the_service(boss, project):
    row = make("dataset", project)
    url = reverse("admin:datasets_dataset_change", args=[row.pk])

    boss.post(url, {"name": "New", "description": "", "sha256": "tampered"})

    row.refresh_from_db()
    assert row.name == "New"
    assert row.sha256 != "tampered"


def test_import_again_action_goes_through_the_service(boss, project, owner):
    dataset = imported_dataset(project, owner)
    data = {"action": "import_again", "_selected_action": [dataset.pk]}

    page = boss.post(list_of("dataset"), data, follow=True).content.decode()

    assert DatasetVersion.objects.filter(dataset=dataset).count() == 2
    assert f"{dataset}: done." in page


def test_bulk_delete_asks_for_the_right_to_each_dataset(client, project):
    editor = UserFactory(username="staff", is_staff=True)
    editor.user_permissions.set(Permission.objects.all())
    MembershipFactory(project=project, user=editor, role="editor")
    client.force_login(editor)
    row = make("dataset", project)
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    shown = client.get(list_of("dataset")).content.decode()

    response = client.post(list_of("dataset"), chosen)

    assert "onerror" in shown
    assert response.status_code == 403
    assert Dataset.objects.get(pk=row.pk).trashed_at is None


def test_delete_moves_to_the_trash_and_from_there_for_good(boss, project, owner):
    dataset = imported_dataset(project, owner)
    url = reverse("admin:datasets_dataset_delete", args=[dataset.pk])
    back = {"action": "put_back", "_selected_action": [dataset.pk]}

    boss.post(url, {"post": "yes"})
    in_trash = Dataset.everything.in_trash().get()
    listed = boss.get(list_of("dataset"), {"trashed_at__isempty": 0})
    boss.post(list_of("dataset"), back)
    kept = Dataset.objects.get()
    for _ in range(2):
        boss.post(url, {"post": "yes"})

    assert in_trash == kept == dataset
    assert listed.context["cl"].result_count == 1
    assert not Dataset.everything.exists()
