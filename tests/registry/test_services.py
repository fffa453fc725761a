"""Registering, activating, rolling back and deleting."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from django.db import connection

from datamine import files
from projects.models import Activity
from registry.exceptions import (
    ActivationConflictError,
    ActiveVersionError,
    DamagedArtifactError,
    NothingToRollBackError,
    NotTrainedError,
)
from registry.models import Activation, ModelVersion, RegisteredModel
from registry.services import (
    activate_version,
    delete_model,
    delete_version,
    promote_version,
    register_version,
    roll_back,
)
from tests.factories.experiments import ResultFactory, SessionFactory
from tests.factories.registry import ModelVersionFactory, RegisteredModelFactory

pytestmark = pytest.mark.django_db


def versions(count: int) -> list[ModelVersion]:
    model = RegisteredModelFactory()
    return [ModelVersionFactory(model=model) for _ in range(count)]


def test_register_makes_the_model_then_adds_versions(owner):
    session = ResultFactory().session

    first = register_version(session, name="iris", actor=owner)
    second = register_version(session, name="iris", actor=owner)

    assert first.model == second.model
    assert first.version < second.version
    assert Activity.objects.filter(action="registered").count() == 2


@pytest.mark.parametrize("status", ["pending", "training", "failed", "cancelled"])
def test_register_session_without_a_result_is_refused(owner, status):
    session = SessionFactory(status=status)

    with pytest.raises(NotTrainedError, match=f"is {status}; only a completed"):
        register_version(session, name="iris", actor=owner)

    assert not RegisteredModel.objects.exists()


def test_activate_writes_a_ledger_that_is_a_chain(owner):
    first, second = versions(2)

    activate_version(first, reason="the first", actor=owner)
    activate_version(second, actor=owner)

    assert RegisteredModel.objects.get().active_version == second
    ledger = list(
        Activation.objects.order_by("pk").values_list("version_name", "previous_name")
    )
    assert ledger == [(first.version, ""), (second.version, first.version)]


def test_activate_the_active_version_is_refused(owner):
    (version,) = versions(1)
    activate_version(version, actor=owner)

    with pytest.raises(ActiveVersionError, match="is in service already"):
        activate_version(version, actor=owner)

    assert Activation.objects.count() == 1


def test_activate_on_a_stale_view_is_told(owner):
    first, second = versions(2)
    stale = ModelVersion.objects.get(pk=second.pk)
    assert stale.model.active_version is None
    activate_version(first, actor=owner)

    with pytest.raises(ActivationConflictError, match="a moment ago"):
        activate_version(stale, actor=owner)

    assert RegisteredModel.objects.get().active_version == first


def test_roll_back_returns_to_the_version_before(owner):
    first, second, third = versions(3)
    for version in (first, second, third):
        activate_version(version, actor=owner)
    model = RegisteredModel.objects.get()

    roll_back(model, reason="worse", actor=owner)
    roll_back(model, actor=owner)

    assert RegisteredModel.objects.get().active_version == first
    written = Activity.objects.order_by("pk").values_list("action", flat=True)
    assert list(written)[-5:] == ["activated"] * 3 + ["rolled back"] * 2
    with pytest.raises(NothingToRollBackError, match="No earlier version"):
        roll_back(model, actor=owner)


@pytest.mark.parametrize(
    "switch",
    [
        lambda before, said: promote_version(before, reason="all the same", **said),
        lambda before, said: roll_back(before.model, **said),
    ],
)
def test_damaged_version_does_not_come_into_service(owner, switch):
    model = RegisteredModelFactory()
    before, active = (ModelVersionFactory(model=model) for _ in range(2))
    for version in (before, active):
        activate_version(ModelVersion.objects.get(pk=version.pk), actor=owner)
    files.delete(before.session.result.artifact)
    before = ModelVersion.objects.get(pk=before.pk)

    with pytest.raises(DamagedArtifactError, match="file is gone"):
        switch(before, {"actor": owner})

    assert RegisteredModel.objects.get().active_version == active
    assert Activation.objects.count() == 2


def test_delete_active_version_is_refused(owner):
    first, second = versions(2)
    activate_version(second, actor=owner)

    with pytest.raises(ActiveVersionError, match="activate another version first"):
        delete_version(second, actor=owner)

    delete_version(first, actor=owner)
    assert list(ModelVersion.objects.all()) == [second]


def test_delete_version_keeps_its_name_in_the_ledger(owner):
    first, second = versions(2)
    activate_version(first, actor=owner)
    activate_version(second, actor=owner)

    delete_version(first, actor=owner)

    entry = Activation.objects.order_by("pk").first()
    assert (entry.version, entry.version_name) == (None, first.version)


def test_delete_model_in_service_takes_everything_along(owner):
    (version,) = versions(1)
    activate_version(version, actor=owner)

    delete_model(version.model, actor=owner)

    assert not RegisteredModel.objects.exists()
    assert not Activation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_activations_at_once_leave_one_active_and_a_chain(owner):
    contenders = versions(8)

    def switch(pk: int) -> str:
        try:
            version = ModelVersion.objects.select_related("model").get(pk=pk)
            activate_version(version, actor=owner)
        except ActivationConflictError:
            return "told"
        finally:
            connection.close()
        return "won"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(switch, [version.pk for version in contenders]))

    ledger = list(Activation.objects.order_by("pk"))
    assert outcomes.count("won") == len(ledger) >= 1
    assert RegisteredModel.objects.get().active_version == ledger[-1].version
    assert all(b.previous == a.version for a, b in pairwise(ledger))


@pytest.mark.django_db(transaction=True)
def test_registrations_in_one_second_get_names_of_their_own(owner):
    session = ResultFactory().session
    RegisteredModelFactory(project=session.project, name="iris")

    def register(_: int) -> str:
        try:
            return register_version(session, name="iris", actor=owner).version
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        names = list(pool.map(register, range(8)))

    assert len(set(names)) == 8
