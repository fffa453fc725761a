"""The administration as a whole: nothing is left out, nothing is shown that is not."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import DateTimeField
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from experiments.models import TrainingSession
from projects.models import RememberedAnswer
from tests.factories.datasets import DatasetVersionFactory
from tests.factories.experiments import SessionFactory
from tests.factories.projects import ActivityFactory, ProjectFactory, UserFactory

APPS = ("site", "projects", "datasets", "experiments", "registry")
OURS = [model for name in APPS for model in apps.get_app_config(name).get_models()]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_every_model_has_rows_that_can_be_filtered_and_searched(model):
    door = admin.site._registry[model]

    assert len(door.list_display) > 1
    assert door.list_filter
    assert door.search_fields
    dated = any(isinstance(field, DateTimeField) for field in model._meta.fields)
    assert bool(door.date_hierarchy) == dated


@pytest.fixture
def boss(client):
    user = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.mark.django_db
def test_lists_ask_few_questions(client, boss):
    counts = {}
    for model in OURS:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(name)).status_code == 200
        counts[name] = len(asked)

    assert {name: count for name, count in counts.items() if count > 15} == {}


@pytest.mark.django_db
def test_no_list_names_a_project_that_staff_may_not_see(client):
    clerk = UserFactory(is_staff=True)
    clerk.user_permissions.set(Permission.objects.all())
    client.force_login(clerk)
    for name in ("First room", "Second room"):
        ProjectFactory(name=name, owner=clerk)
    foreign = SessionFactory(
        experiment__version__dataset__project=ProjectFactory(name="Foreign room")
    )
    ActivityFactory(project=foreign.experiment.project)
    telling = {}

    for model in OURS:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        page = client.get(reverse(name)).content.decode()
        telling[model.__name__] = "Foreign room" in page

    assert [name for name, tells in telling.items() if tells] == []


@pytest.mark.django_db
def test_lists_speak_as_their_reader(client, boss):
    boss.language = "fr"
    boss.save()
    SessionFactory(status="failed", error_message="The work ended without a result.")
    addresses = {
        "datasets_dataset": "prêt",
        "experiments_preset": "Arbre de décision",
        "experiments_algorithmsetting": "Arbre de décision",
        "experiments_experiment": "voisins",
    }
    DatasetVersionFactory(status="ready", active=True)

    for name, word in addresses.items():
        assert word in client.get(reverse(f"admin:{name}_changelist")).text, name
    session = TrainingSession.objects.get()
    page = client.get(
        reverse("admin:experiments_trainingsession_change", args=[session.pk])
    )
    assert "Le travail s’est terminé sans résultat." in page.text


@pytest.mark.django_db
def test_first_page_names_what_failed_within_a_day(
    client, boss, django_assert_max_num_queries
):
    now = timezone.now()
    for days in (0, 2):
        SessionFactory(
            status="failed",
            error_message=f"<b>{days} days ago</b>",
            completed_at=now - timedelta(days=days),
        )

    with django_assert_max_num_queries(30):
        page = client.get(reverse("admin:index"))

    assert "&lt;b&gt;0 days ago&lt;/b&gt;" in page.text
    assert "2 days ago" not in page.text


@pytest.mark.django_db
def test_activity_goes_out_as_csv_as_far_as_it_was_searched_for(client, boss):
    ours = ProjectFactory(name="Ours")
    for name in ("=1+1", "B"):
        ActivityFactory(project=ours, action="made", details={"name": name})
    ActivityFactory(project=ProjectFactory(name="Theirs"), action="left")
    address = reverse("admin:projects_activity_changelist")

    answer = client.post(
        f"{address}?q=Ours",
        {
            "action": "as_csv", "select_across": "1",
            "_selected_action": [ours.activities.latest("pk").pk],
        },
    )  # fmt: skip

    lines = answer.getvalue().decode().splitlines()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert len(lines) == 3
    assert lines[0] == "when,who,action,kind,id,name,project,details"
    assert "'=1+1" in lines[2]


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


@pytest.mark.django_db
def test_kept_inputs_are_counted_and_emptied_by_staff_only(
    client, boss, stranger, settings, tmp_path
):
    settings.INPUTS_DIR = tmp_path
    (tmp_path / "a.npy").write_bytes(b"0" * 1500)
    (tmp_path / "b.npy").symlink_to("gone")  # as if removed while it is counted
    address = reverse("empty-inputs")

    shown = client.get(reverse("admin:index")).text
    client.force_login(stranger)
    refused = client.post(address)
    there = list(tmp_path.iterdir())
    client.force_login(boss)
    client.post(address)

    assert "2 files, 1.5" in shown
    assert (refused.status_code, len(there)) == (403, 2)
    assert list(tmp_path.iterdir()) == []
