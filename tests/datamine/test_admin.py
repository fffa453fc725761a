"""The administration as a whole: nothing is left out, nothing is shown that is not."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from projects.models import RememberedAnswer
from tests.factories.projects import UserFactory

APPS = ("site", "projects", "datasets", "experiments", "registry")
OURS = [model for name in APPS for model in apps.get_app_config(name).get_models()]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_every_model_has_rows_that_can_be_filtered_and_searched(model):
    door = admin.site._registry[model]

    assert len(door.list_display) > 1
    assert door.list_filter
    assert door.search_fields


@pytest.mark.django_db
def test_remembered_answers_are_listed_without_what_was_answered(client):
    boss = UserFactory(is_staff=True, is_superuser=True)
    answer = RememberedAnswer.objects.create(
        user=boss, key="knn-1", status=201, body={"token": "secret"}
    )
    client.force_login(boss)

    pages = [
        client.get(reverse("admin:projects_rememberedanswer_changelist"), {"q": "knn"}),
        client.get(reverse("admin:projects_rememberedanswer_change", args=[answer.pk])),
    ]

    for page in pages:
        assert page.status_code == 200
        assert "knn-1" in page.content.decode()
        assert "secret" not in page.content.decode()
