"""A real training is killed in the middle of its folds, and goes on from there."""

import re

import pytest

from experiments import sessions
from tests.factories.experiments import flowers_draft
from tests.workload.program import Program
from tests.workload.rows import ended, wait_for
from tests.workload.verdict import check

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

FOLDS = 10
#: The apps' own work instead of the workload's, and the memory it takes.
REAL = {
    "DJANGO_SETTINGS_MODULE": "datamine.settings",
    "DATAMINE_TRAINING_MEMORY_MB": "2000",
}


@pytest.fixture
def session(project, owner):
    """A forest whose folds take long enough for some to be stored on the way."""
    draft = flowers_draft(
        project,
        owner,
        algorithm="random_forest",
        hyperparameters={"n_estimators": 150},
        split={"cv_folds": FOLDS},
    )
    return sessions.create_and_start(draft, actor=owner)


def test_forest_killed_twice_goes_on_and_ends_with_the_same_numbers(session, owner):
    with Program(**REAL) as program:
        wait_for(lambda: tells_of(session, attempt=1))
        for child in program.children():
            child.kill()
        wait_for(lambda: tells_of(session, attempt=2))
        program.kill()
        program.start()
        check([session])
        undisturbed = sessions.start_session(session.experiment, actor=owner)
        wait_for(ended(undisturbed), every=0.1)

    assert (session.status, session.attempts) == ("completed", 3)
    earlier, _, last = session.log.rpartition(" was finished before.")
    known = int(re.findall(r"Fold (\d+) of 10", earlier)[-1])
    assert re.findall(r"Fold (\d+) of 10", last) == [
        str(number) for number in range(known + 1, FOLDS + 1)
    ]
    assert session.result.metrics == undisturbed.result.metrics
    for result in (session.result, undisturbed.result):
        result.details.pop("timings")
    assert session.result.details == undisturbed.result.details


def tells_of(session, attempt):
    """Say whether this attempt has started, and there is something to go on from."""
    session.refresh_from_db()
    return session.attempts == attempt and session.progress and session.checkpoints
