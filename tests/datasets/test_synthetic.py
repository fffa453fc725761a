"""Tables made by a generator: service, page, API and command."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from datamine.work.children import run_inline
from datasets import services
from datasets.declarations import ParameterError
from datasets.exceptions import MadeHereError, NameTakenError, UnknownTableError
from datasets.models import Dataset, Upload
from datasets.readers.dialect import Dialect
from datasets.stored import readable
from datasets.synthetic import make_synthetic
from tests.factories.projects import UserFactory

FEW = {"n_per_class": 1, "points_per_day": 4}


def made(project, actor, **changes) -> Dataset:
    dataset = make_synthetic(
        project, generator="stars", parameters=FEW | changes, actor=actor
    )
    run_inline(dataset.versions.get())
    dataset.refresh_from_db()
    return dataset


def test_a_generator_makes_an_ordinary_version_that_says_so(project, owner):
    dataset = made(project, owner)

    version = dataset.active_version
    types = {column["name"]: column["type"] for column in version.columns}
    assert dataset.name == "stars"
    assert version.rows_count > 14 * 10
    assert types["time"] == types["period2"] == "number"
    assert types["label"] == "category"
    assert version.notices[0].startswith("This table is synthetic")
    assert dataset.description == version.notices[0]


def test_the_same_order_gives_the_same_bytes(project, owner):
    first, second, other = (made(project, owner, seed=seed) for seed in (1, 1, 2))

    digests = [item.active_version.sha256 for item in (first, second, other)]
    assert digests[0] == digests[1] != digests[2]


def test_wrong_orders_are_refused_and_leave_nothing(project, owner):
    made(project, owner)
    for error, sentence, wrong in (
        (ParameterError, "n_per_class must be between 1 and 1000", {"n_per_class": 0}),
        (ParameterError, "planets is not a parameter", {"planets": 3}),
    ):
        with pytest.raises(error, match=sentence):
            make_synthetic(project, generator="stars", parameters=wrong, actor=owner)
    with pytest.raises(UnknownTableError, match="There is no generator “moons”"):
        make_synthetic(project, generator="moons", parameters={}, actor=owner)
    with pytest.raises(NameTakenError, match="a dataset “stars” already"):
        make_synthetic(
            project, generator="stars", parameters=FEW, name="stars", actor=owner
        )

    assert Dataset.objects.count() == 1
    assert not Upload.objects.exists()


def test_what_was_made_is_not_read_again(project, owner, client):
    dataset = made(project, owner)

    with pytest.raises(MadeHereError, match="made by a generator"):
        services.import_again(dataset, dialect=Dialect(), actor=owner)
    client.force_login(owner)
    answer = client.get(reverse("datasets:dialect", args=[dataset.pk]), follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(dataset.get_absolute_url(), 302)]
    assert "so there is no file to read" in page
    assert "Read the file differently" not in page
    assert "Read as" not in page


def test_the_page_makes_a_table(project, member, client):
    client.force_login(member)
    url = reverse("datasets:synthetic", args=[project.key])
    assert 'name="set-n_per_class"' in client.get(url).content.decode()

    answer = client.post(
        url,
        {
            "name": "Night sky",
            "set-n_per_class": "1",
            "set-points_per_day": "4",
            "set-difficulty": "easy",
            "set-sampling": "ground",
        },
    )

    dataset = Dataset.objects.get()
    run_inline(dataset.versions.get())
    assert answer.url == dataset.get_absolute_url()
    assert dataset.name == "Night sky"
    with readable(dataset.versions.get()) as path:
        assert path.stat().st_size


def test_the_page_names_what_cannot_be_taken(project, member, client):
    client.force_login(member)
    url = reverse("datasets:synthetic", args=[project.key])

    page = client.post(url, {"name": "", "set-n_per_class": "5000"}).content.decode()

    assert "This field is required." in page
    assert "n_per_class must be between 1 and 1000" in page
    assert not Dataset.objects.exists()
    assert client.get(f"{url}?generator=moons").status_code == 404


def test_the_api_lists_generators_and_makes_a_table(project, member, client):
    client.force_login(member)
    url = reverse("api-generators")
    entry = client.get(url).json()[0]
    assert entry["name"] == "stars"
    assert entry["parameters"]["properties"]["n_per_class"]["default"] == 200

    order = {"project": project.key, "generator": "stars", "parameters": FEW}
    answer = client.post(url, order, content_type="application/json")

    dataset = Dataset.objects.get()
    assert answer.status_code == 202
    assert answer["Location"] == f"/api/datasets/{dataset.pk}/"
    assert answer.json()["file_format"] == "synthetic"


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"generator": "moons"}, 400, "There is no generator"),
        ({"parameters": {"seed": -1}}, 400, "seed must be between 0 and"),
        ({"parameters": [1]}, 400, "dictionary"),
        ({"project": "nowhere"}, 404, ""),
    ],
)
def test_the_api_refuses_wrong_orders(
    changes, status, sentence, project, member, client
):
    client.force_login(member)
    order = {"project": project.key, "generator": "stars"} | changes

    answer = client.post(
        reverse("api-generators"), order, content_type="application/json"
    )

    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert not Dataset.objects.exists()


def test_strangers_make_nothing_in_a_project(project, client):
    client.force_login(UserFactory())
    order = {"project": project.key, "generator": "stars"}

    answer = client.post(
        reverse("api-generators"), order, content_type="application/json"
    )

    assert answer.status_code == 404
    assert not Dataset.objects.exists()


def test_the_command_makes_a_table(project):
    UserFactory(is_superuser=True, is_staff=True)
    told = StringIO()

    call_command(
        "make_dataset",
        "stars",
        project=project.key,
        name="Sky",
        set=["n_per_class=1", "points_per_day=4", "difficulty=hard"],
        stdout=told,
    )

    dataset = Dataset.objects.get(name="Sky")
    rows = dataset.versions.get().rows_count
    assert told.getvalue() == f"Sky: {rows} rows, id {dataset.pk}.\n"


def test_the_command_says_what_is_wrong(project):
    with pytest.raises(CommandError, match="Make an account first"):
        call_command("make_dataset", "stars", project=project.key)
    UserFactory(is_superuser=True, is_staff=True)
    for settings, key, sentence in (
        ([], "nowhere", "There is no project “nowhere”"),
        (["seed"], project.key, "write NAME=VALUE"),
        (["seed=x"], project.key, "seed must be"),
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command("make_dataset", "stars", project=key, set=settings)
