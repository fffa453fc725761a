"""The bell, the broker that answers it, the reaper, and settings that are refused."""

from datetime import timedelta
from queue import Queue

import pytest
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ

from datamine.checks import check_queue
from datamine.leases import claim, request_cancel
from datamine.work.broker import GatedBroker, cluster_settings
from datamine.work.crew import STOP, Desk, Slots
from datamine.work.reaper import give_back_all, reap, ring_again
from datasets.models import DatasetVersion
from tests.workload.rows import new_session, new_version

LIMITS = {"fast": 1, "train": 2}


def bells():
    return [(bell.key, *bell.args()) for bell in OrmQ.objects.order_by("pk")]


@pytest.fixture
def broker():
    broker = GatedBroker(list_key="fast")
    broker.gate(Slots(LIMITS), Queue())
    return broker


@pytest.mark.django_db
def test_ring_names_the_row_and_its_cluster():
    version, session = new_version("quick"), new_session("quick")

    assert bells() == [
        ("fast", "datasets.DatasetVersion", version.pk),
        ("train", "experiments.TrainingSession", session.pk),
    ]


@pytest.mark.django_db(transaction=True)
def test_bell_and_row_exist_together_or_not_at_all():
    def change_my_mind():
        with transaction.atomic():
            new_version("quick")
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        change_my_mind()

    assert (DatasetVersion.objects.count(), OrmQ.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_broker_takes_the_oldest_of_any_cluster_and_locks_it(broker):
    version = new_version("quick")
    new_session("quick")

    [(acknowledgement, payload)] = broker.dequeue()

    first, second = OrmQ.objects.order_by("pk")
    assert acknowledgement == ("fast", first.pk)
    assert payload == first.payload
    assert first.args() == ("datasets.DatasetVersion", version.pk)
    retry = timedelta(seconds=cluster_settings("fast")["retry"])
    assert abs(first.lock - timezone.now() - retry) < timedelta(seconds=5)
    assert second.lock <= timezone.now()


@pytest.mark.django_db
def test_broker_leaves_messages_whose_workers_are_busy(broker):
    new_version("quick")
    session = new_session("quick")
    broker.slots.busy[:] = ["fast", "", ""]

    [(acknowledgement, _)] = broker.dequeue()

    assert acknowledgement[0] == "train"
    assert OrmQ.objects.get(pk=acknowledgement[1]).args()[1] == session.pk
    assert broker.dequeue() is None


@pytest.mark.django_db
def test_broker_takes_nothing_while_a_message_has_no_worker_yet(broker):
    new_version("quick")
    broker.tasks.put("a task nobody has taken")

    assert broker.dequeue() is None


@pytest.mark.django_db
def test_broker_removes_a_message_that_is_done(broker):
    new_version("quick")
    [(acknowledgement, _)] = broker.dequeue()

    broker.acknowledge(acknowledgement)

    assert bells() == []


def test_desk_takes_and_frees_its_slot():
    slots, tasks = Slots(LIMITS), Queue()
    desk = Desk(tasks, slots, 1)
    tasks.put({"ack_id": ("train", 5)})
    tasks.put(STOP)

    desk.get()
    busy = list(slots.busy)
    desk.get()

    assert busy == ["", "train", ""]
    assert slots.busy == ["", "", ""]


def make_older(row, seconds=60):
    then = timezone.now() - timedelta(seconds=seconds)
    type(row).objects.filter(pk=row.pk).update(created_at=then, lease_expires_at=then)


@pytest.mark.django_db
def test_ring_again_only_for_rows_without_a_bell():
    silent, heard = new_version("quick", bell=False), new_version("quick")
    for row in (silent, heard):
        make_older(row)

    assert ring_again() == 1
    assert ring_again() == 0
    assert sorted(bells()) == [
        ("fast", "datasets.DatasetVersion", silent.pk),
        ("fast", "datasets.DatasetVersion", heard.pk),
    ]


@pytest.mark.django_db
def test_ring_again_gives_a_worker_time_to_answer(broker):
    version = new_version("quick")
    make_older(version)
    broker.dequeue()
    assert ring_again() == 0
    OrmQ.objects.update(lock=broker.locked_until("fast") - timedelta(seconds=60))

    assert ring_again() == 1


@pytest.mark.django_db
def test_reap_takes_back_only_what_was_lost():
    lost, kept, unwanted = (new_version("quick") for _ in range(3))
    for row in (lost, kept, unwanted):
        claim(DatasetVersion, row.pk, "a")
    OrmQ.objects.all().delete()
    make_older(lost)
    make_older(unwanted)
    request_cancel(unwanted)

    assert reap() == 2
    assert reap() == 0
    for row in (lost, kept, unwanted):
        row.refresh_from_db()
    statuses = (lost.status, kept.status, unwanted.status)
    assert statuses == ("pending", "processing", "cancelled")
    assert bells() == [("fast", "datasets.DatasetVersion", lost.pk)]


@pytest.mark.django_db
def test_give_back_all_is_of_one_worker_and_counts_nothing():
    mine, other = new_version("quick"), new_version("quick")
    claim(DatasetVersion, mine.pk, "me")
    claim(DatasetVersion, other.pk, "other")

    give_back_all("me")

    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.status, mine.attempts) == ("pending", 0)
    assert (other.status, other.attempts) == ("processing", 1)


def test_queue_settings_pass_their_check():
    assert check_queue() == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"broker_class": "x"},
            "broker_class must be datamine.work.broker.GatedBroker",
        ),
        ({"max_attempts": 0}, "max_attempts must be 1"),
        ({"ack_failures": False}, "ack_failures true"),
        ({"queue_limit": 4}, "queue_limit must be 1"),
        ({"sync": True}, "sync must be off"),
        ({"retry": 60}, "fast: retry must be more than timeout"),
        ({"timeout": None}, "fast: retry must be more than timeout"),
        ({"workers": 0}, "fast: workers must be 1 or more"),
        (
            {"ALT_CLUSTERS": {"train": {"workers": 1}}},
            "train: retry must be more than timeout",
        ),
    ],
)
def test_queue_settings_that_lose_or_repeat_work_are_refused(settings, change, message):
    settings.Q_CLUSTER = settings.Q_CLUSTER | change

    [problem] = check_queue()

    assert message in problem.msg
