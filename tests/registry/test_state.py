"""The state of the models: for all members, of what they see, linked with the admin."""

from __future__ import annotations

import pytest
from django.urls import reverse

from registry.services import activate_version, request_activation
from tests.factories.projects import ProjectFactory, UserFactory
from tests.factories.registry import ModelVersionFactory, RegisteredModelFactory

pytestmark = pytest.mark.django_db
STATE = reverse("registry:state")


@pytest.fixture
def flowers(project, owner):
    model = RegisteredModelFactory(project=project, name="flowers")
    version = ModelVersionFactory(model=model)
    activate_version(version, actor=owner)
    return version


def test_members_see_what_serves_and_what_waits(client, project, member, flowers):
    asked = ModelVersionFactory(model=flowers.model)
    request_activation(asked, reason="better", actor=member)
    client.force_login(member)

    page = client.get(STATE)

    assert flowers.version in page.text
    assert "accuracy 0.900" in page.text
    assert "1 to decide" in page.text
    told = ("count", "serving", "training", "waiting")
    assert [page.context[name] for name in told] == [1, 1, 0, 1]
    assert reverse("admin:index") not in page.text


def test_strangers_see_nothing_of_it(client, stranger, flowers):
    client.force_login(stranger)

    page = client.get(STATE)

    assert "No models yet" in page.text
    assert "flowers" not in page.text


def test_staff_go_from_one_to_the_other(client, flowers):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    state, admin = client.get(STATE), client.get(reverse("admin:index"))

    assert f'href="{reverse("admin:index")}">Administration</a>' in state.text
    assert f'href="{STATE}">State of the models</a>' in admin.text


@pytest.mark.parametrize(("word", "count"), [("flow", 1), ("OURS", 1), ("%", 0)])
def test_it_is_searched_by_model_and_project(client, owner, flowers, word, count):
    flowers.project.name = "Ours"
    flowers.project.save()
    RegisteredModelFactory(project=ProjectFactory(owner=owner), name="stars")
    client.force_login(owner)

    page = client.get(STATE, {"search": word})

    assert page.context["page"].paginator.count == count


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_the_same_questions_for_any_length(
    client, owner, project, count, django_assert_num_queries
):
    for _ in range(count):
        version = ModelVersionFactory(model=RegisteredModelFactory(project=project))
        activate_version(version, actor=owner)
    client.force_login(owner)

    with django_assert_num_queries(9):
        client.get(STATE)
