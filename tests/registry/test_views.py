"""The registry's pages: doors, forms, what they say."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from experiments.algorithms.catalogue import title_of
from registry.models import Activation, ModelVersion, RegisteredModel
from registry.services import activate_version
from tests.factories.experiments import ExperimentFactory, ResultFactory
from tests.factories.registry import (
    ModelVersionFactory,
    RegisteredModelFactory,
    flowers_in_service,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(project) -> RegisteredModel:
    return RegisteredModelFactory(project=project, name="flowers")


def test_empty_list_says_what_to_do(client, owner, project):
    client.force_login(owner)

    page = client.get(reverse("registry:list", args=[project.key]))

    assert page.status_code == 200
    assert "No models yet" in page.text


def test_register_page_makes_a_version(client, owner, project):
    experiment = ExperimentFactory(version__dataset__project=project)
    session = ResultFactory(session__experiment=experiment).session
    client.force_login(owner)
    address = reverse("registry:register")

    form = client.get(address, {"session": session.pk})
    done = client.post(address, {"session": session.pk, "name": "iris", "notes": ""})

    assert form.status_code == 200
    version = ModelVersion.objects.get()
    assert (done.status_code, done.url) == (302, version.model.get_absolute_url())


@pytest.mark.parametrize("name", ["", "a b", "<b>", "x" * 101])
def test_register_under_a_wrong_name_says_why(client, owner, project, name):
    experiment = ExperimentFactory(version__dataset__project=project)
    session = ResultFactory(session__experiment=experiment).session
    client.force_login(owner)

    page = client.post(
        reverse("registry:register"), {"session": session.pk, "name": name}
    )

    assert page.status_code == 200
    assert page.context["form"].errors["name"]
    assert not RegisteredModel.objects.exists()


def test_pages_call_the_algorithm_by_its_title(client, owner, model):
    version = ModelVersionFactory(model=model)
    activate_version(version, actor=owner)
    client.force_login(owner)

    pages = [
        client.get(reverse("registry:detail", args=[model.pk])).text,
        client.get(reverse("registry:list", args=[model.project.key])).text,
    ]

    name = version.session.experiment.algorithm
    assert all(title_of(name) in page and name not in page for page in pages)


def test_activate_confirms_then_switches(client, owner, model):
    old, new = (ModelVersionFactory(model=model) for _ in range(2))
    activate_version(old, actor=owner)
    client.force_login(owner)
    address = reverse("registry:activate", args=[model.pk])

    asked = client.get(address, {"version": new.version})
    done = client.post(address, {"version": new.version, "reason": "better"})

    assert f"replaces {old.version}" in asked.text
    assert done.status_code == 302
    model.refresh_from_db()
    assert model.active_version == new
    assert Activation.objects.latest("pk").actor == owner


def test_roll_back_names_what_comes_back(client, owner, model):
    old, new = (ModelVersionFactory(model=model) for _ in range(2))
    activate_version(old, actor=owner)
    activate_version(new, actor=owner)
    client.force_login(owner)
    address = reverse("registry:rollback", args=[model.pk])

    asked = client.get(address)
    client.post(address, {"reason": ""})

    assert f"Roll back to {old.version}?" in asked.text
    model.refresh_from_db()
    assert model.active_version == old


def test_delete_active_version_is_told_on_the_page(client, owner, model):
    version = ModelVersionFactory(model=model)
    activate_version(version, actor=owner)
    client.force_login(owner)

    page = client.post(
        reverse("registry:delete_version", args=[model.pk, version.version]),
        follow=True,
    )

    assert "is in service; activate another version first" in page.text
    assert ModelVersion.objects.exists()


def test_delete_model_says_what_is_lost(client, owner, project, model):
    ModelVersionFactory(model=model)
    client.force_login(owner)
    address = reverse("registry:delete", args=[model.pk])

    asked = client.get(address)
    client.post(address)

    assert "1 version and its ledger are lost" in " ".join(asked.text.split())
    assert not RegisteredModel.objects.exists()


@pytest.mark.parametrize("name", ["activate", "rollback", "delete"])
def test_member_may_not_change_what_serves(client, member, model, name):
    ModelVersionFactory(model=model)
    client.force_login(member)

    page = client.post(reverse(f"registry:{name}", args=[model.pk]), {"version": "v"})

    assert page.status_code == 403
    assert RegisteredModel.objects.exists()


@pytest.mark.parametrize("name", ["detail", "predict", "activate", "rollback"])
def test_stranger_sees_no_model(client, stranger, model, name):
    client.force_login(stranger)

    page = client.get(reverse(f"registry:{name}", args=[model.pk]))

    assert page.status_code == 404


def test_predict_page_answers_the_form(client, owner, project):
    version = flowers_in_service(project, owner)
    client.force_login(owner)
    address = reverse("registry:predict", args=[version.model.pk])
    row = {"f0": "1.5", "f1": "5.1", "f2": "white"}

    form = client.get(address)
    whole = client.post(address, row)
    part = client.post(address, row, headers={"HX-Request": "true"})

    labels = [field.label for field in form.context["form"]]
    assert sorted(labels) == ["colour", "petal", "sepal"]
    assert "setosa" in whole.text
    assert "<html" in whole.text
    assert "setosa" in part.text
    assert "<html" not in part.text


def test_predict_page_says_why_a_row_has_no_answer(client, owner, project):
    version = flowers_in_service(project, owner, algorithm="knn")
    client.force_login(owner)

    page = client.post(
        reverse("registry:predict", args=[version.model.pk]),
        {"f0": "", "f1": "5.1", "f2": "white"},
    )

    assert "cannot be answered" in page.text


def test_predict_file_page_shows_or_downloads(client, owner, project):
    version = flowers_in_service(project, owner)
    client.force_login(owner)
    address = reverse("registry:predict_file", args=[version.model.pk])
    content = b"petal,sepal,colour\n1.5,5.1,white\nwide,5,red\n"

    shown = client.post(address, {"file": SimpleUploadedFile("a.csv", content)})
    download = client.post(
        address, {"file": SimpleUploadedFile("a.csv", content), "download": "1"}
    )

    assert "Quarantined rows" in shown.text
    assert [row["probability"] for row in shown.context["answer"].shown] == [1.0]
    assert '<td class="number">100.0\u202f%</td>' in shown.text
    assert download["Content-Disposition"].startswith("attachment")
    assert b"setosa" in b"".join(download.streaming_content)


def test_predict_file_that_is_no_table_is_a_sentence(client, owner, project):
    version = flowers_in_service(project, owner)
    client.force_login(owner)
    picture = SimpleUploadedFile("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(100))

    page = client.post(
        reverse("registry:predict_file", args=[version.model.pk]), {"file": picture}
    )

    assert page.status_code == 200
    assert page.context["file_form"].errors["file"]


@pytest.mark.parametrize("count", [1, 3])
def test_detail_asks_the_same_questions_for_any_length(
    client, owner, model, count, django_assert_num_queries
):
    for _ in range(count):
        activate_version(ModelVersionFactory(model=model), actor=owner)
    client.force_login(owner)

    with django_assert_num_queries(15):
        page = client.get(model.get_absolute_url())

    assert page.status_code == 200
