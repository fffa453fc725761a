"""What comes into service, wherever that was done, is opened before it is asked."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from registry import serving
from registry.models import Activation
from registry.readiness import look
from registry.services import activate_version, register_version
from tests.environment import environment_of_children
from tests.factories.experiments import draft_on, trained_session
from tests.factories.registry import ModelVersionFactory, flowers_in_service

pytestmark = pytest.mark.django_db

#: Another web process, which looks twice and tells whether it holds the libraries.
OTHER = """
import sys, django

django.setup()
from registry.readiness import look

seen = look(None)
print("sklearn.tree" in sys.modules, flush=True)
sys.stdin.readline()
look(seen)
print("sklearn.tree" in sys.modules, flush=True)
"""


@pytest.fixture
def version(project, owner):
    serving.loaded_models.models.clear()
    return flowers_in_service(project, owner)


def opened() -> set[str]:
    """Wait for the threads that open models; return what this process holds."""
    for thread in threading.enumerate():
        if thread.name == serving.WARMING:
            thread.join(30)
    return set(serving.loaded_models.models)


def test_first_look_only_finds_the_end_of_the_ledger(version):
    seen = look(None)

    assert seen.lines == {version.model.activations.get().pk}
    assert opened() == set()


def test_later_look_opens_what_others_put_in_service_since(version, owner):
    seen = look(None)
    dataset = version.session.experiment.dataset
    draft = draft_on(dataset, "species", "petal", hyperparameters={"max_depth": 1})
    other = register_version(trained_session(draft, owner), name="flowers", actor=owner)
    activate_version(other, actor=owner)

    assert len(look(seen).lines - seen.lines) == 1
    assert opened() == {other.session.result.artifact_sha256}


def test_look_opens_what_came_to_light_after_a_later_line(version):
    line = version.model.activations.get()
    Activation.objects.filter(pk=line.pk).update(id=line.pk + 1)
    seen = look(None)
    line.save(force_insert=True)

    look(seen)

    assert opened() == {version.session.result.artifact_sha256}


def test_look_without_news_opens_nothing(version):
    seen = look(None)
    opened()
    serving.loaded_models.models.clear()

    assert look(seen) == seen
    assert opened() == set()


def test_look_at_an_empty_ledger_waits_for_its_first_line(project, owner):
    seen = look(None)
    version = flowers_in_service(project, owner)
    serving.loaded_models.models.clear()

    look(seen)

    assert opened() == {version.session.result.artifact_sha256}


@pytest.mark.django_db(transaction=True)
def test_libraries_are_loaded_where_a_version_is_registered(owner):
    ModelVersionFactory()
    with subprocess.Popen(
        [sys.executable, "-c", OTHER],
        env=environment_of_children(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        before = other.stdout.readline()
        ModelVersionFactory()
        after, _ = other.communicate("\n")

    assert (before, after) == ("False\n", "True\n")
