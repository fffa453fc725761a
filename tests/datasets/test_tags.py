"""Tags of datasets: how they are spelled, kept, found by, on every door."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from rest_framework.test import APIClient

from datasets import services
from datasets.exceptions import BadTagError
from datasets.models import Tag
from datasets.tags import tags_in
from tests.factories.datasets import DatasetFactory
from tests.factories.projects import MembershipFactory, UserFactory


def tagged(project, name, *words):
    dataset = DatasetFactory(project=project, name=name)
    services.set_tags(dataset, list(words))
    return dataset


def tags_of(dataset) -> list[str]:
    return [tag.name for tag in dataset.tags.all()]


def test_tags_are_spelled_in_one_way():
    found = tags_in(" Raw,raw ,, from  Site 2,ÄRA,\n")

    assert found == ["from site 2", "raw", "ära"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (",".join(map(str, range(21))), "at most 20 tags; these are 21"),
        ("x" * 51, "longer than 50 characters"),
        ("a\u202eb", "has a comma or an invisible sign"),
    ],
)
def test_tags_that_cannot_be_are_refused(text, sentence):
    with pytest.raises(BadTagError, match=sentence):
        tags_in(text)


@pytest.mark.django_db
def test_edit_page_keeps_tags_and_the_list_finds_by_them(client, owner, project):
    client.force_login(owner)
    dataset = tagged(project, "Stars", "old")
    tagged(project, "Flowers", "<b>")
    edit = reverse("datasets:edit", args=[dataset.pk])
    listed = reverse("datasets:list", args=[project.key])

    asked = client.get(edit).text
    refused = client.post(edit, {"name": "Stars", "tags": "x" * 60})
    client.post(edit, {"name": "Stars", "tags": "Raw, 2024"})
    found = client.get(listed, {"tag": "raw"})
    none = client.get(listed, {"tag": "nothing", "q": "x"}).text

    assert 'value="old"' in asked
    assert "longer than 50 characters" in refused.text
    assert tags_of(dataset) == ["2024", "raw"]
    assert [row.name for row in found.context["page"]] == ["Stars"]
    assert found.context["tags"] == ["2024", "<b>", "raw"]
    assert "?tag=%3Cb%3E" in client.get(listed).text
    assert "has “x” in its name and the tag “nothing”" in none


@pytest.mark.django_db
def test_api_changes_and_filters_by_tags(owner, project):
    api = APIClient()
    api.force_authenticate(owner)
    dataset = tagged(project, "Stars", "old")
    tagged(project, "Flowers", "old")
    url = f"/api/datasets/{dataset.pk}/"

    kept = api.patch(url, {"description": "Of the sky"}).json()
    changed = api.patch(url, {"tags": ["New", "new", "raw"]}).json()
    refused = api.patch(url, {"tags": ["a,b"]})
    found = api.get("/api/datasets/", {"tag": "raw"}).json()["results"]

    assert kept["tags"] == ["old"]
    assert changed["tags"] == ["new", "raw"]
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "tags")
    assert [row["name"] for row in found] == ["Stars"]


@pytest.mark.django_db
def test_staff_change_and_filter_by_tags_they_may_see(client, project):
    tagged(DatasetFactory().project, "Secret", "conspiracy")
    dataset = tagged(project, "Stars", "old")
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.all())
    MembershipFactory(project=project, user=staff, role="owner")
    client.force_login(staff)
    change = reverse("admin:datasets_dataset_change", args=[dataset.pk])
    listed = reverse("admin:datasets_dataset_changelist")

    client.post(change, {"name": "Stars", "description": "", "tags": "new"})
    found = client.get(listed, {"tag": "new"})
    staff.user_permissions.set(Permission.objects.filter(codename="view_dataset"))
    looked_at = client.get(change)

    assert tags_of(dataset) == ["new"]
    assert found.context["cl"].result_count == 1
    assert "conspiracy" not in found.text
    assert looked_at.status_code == 200
    assert "new" in looked_at.text


@pytest.mark.django_db
def test_tags_in_the_trash_are_not_offered(owner, project):
    dataset = tagged(project, "Stars", "old")
    dataset.trashed_at = dataset.created_at
    dataset.save()

    assert Tag.objects.names_in(project) == []
    assert not Tag.objects.visible_to(owner).exists()
