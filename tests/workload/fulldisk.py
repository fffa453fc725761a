"""The happy path from a file to a prediction, with the disk full at each write.

`manage.py fulldisk MOST`, started with the library of `fulldisk.c`, walks the path
stage by stage. It counts the writes of a stage, then repeats the stage on a copy of
the data for at most MOST of them, each time with a disk that is full from that write
on, and looks at what is left. Every walk is a process of its own, forked off.
"""

import ctypes
import errno
import json
import os
import pickle
import shutil
import traceback
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from datamine.leases import job_models
from datamine.room import NO_ROOM, is_full
from datamine.work.children import preload, run_inline
from datamine.work.reaper import reap
from datasets import services
from datasets.models import Dataset, Upload
from datasets.readers.dialect import Dialect
from datasets.recipes import StepSpec
from experiments import sessions
from experiments.models import TrainingSession
from projects.exceptions import DomainError
from projects.models import Project, User
from registry import serving
from registry.models import ModelVersion
from registry.services import activate_version, keep_records, register_version
from tests.factories.datasets import sent
from tests.factories.experiments import draft_on
from tests.workload.invariants import violations

FILL = StepSpec(step="fill_missing", columns=["sepal"], parameters={"strategy": "mean"})
ROW = {"petal": 1.5, "sepal": 5.1}


def table(rows=300):
    lines = ["petal,sepal,species"]
    for number in range(rows):
        petal, species = ((1.4, "setosa"), (4.5, "versicolor"))[number % 2]
        lines.append(f"{petal + number % 7 / 10:.1f},{number % 7 or ''},{species}")
    return ("\n".join(lines) + "\n").encode()


def actor():
    return User.objects.get()


def receive():
    return services.receive_upload(Project.objects.get(), sent(table()), actor=actor())


def read():
    upload = Upload.objects.last() or receive()
    done(
        services.import_upload(
            upload,
            name=f"Table {Dataset.objects.count()}",
            file_format="csv",
            dialect=Dialect(),
            actor=actor(),
        ).versions.get()
    )


def prepare():
    version = Dataset.objects.get().active_version
    done(services.apply_steps(version, specs=[FILL], actor=actor()))


def train():
    name = f"Experiment {TrainingSession.objects.count()}"
    draft = draft_on(Dataset.objects.get(), "species", "petal", "sepal", name=name)
    done(sessions.create_and_start(draft, actor=actor()))


def register():
    session = TrainingSession.objects.get(status="completed")
    version = register_version(session, name="flowers", actor=actor())
    activate_version(version, actor=actor())


def predict():
    version = ModelVersion.objects.get()
    keep_records(version, [ROW], serving.predict_rows(version, [ROW]), actor=actor())


STAGES = (receive, read, prepare, train, register, predict)


class UnfinishedError(Exception):
    """The work of a row ended otherwise than well, with this sentence."""


def done(row):
    run_inline(row)
    if row.status != row.DONE:
        raise UnfinishedError(row.error_message)


def outcome(stage, disk=None, nth=0):
    """Walk a stage; return "done", or how it was refused."""
    if disk:
        disk.disk_arm(os.fsencode(settings.SCRATCH_DIR.parent), nth, errno.ENOSPC)
    try:
        stage()
    except UnfinishedError as problem:
        return "said" if str(problem) == NO_ROOM else str(problem)
    except DomainError as problem:
        return "said" if str(problem) == NO_ROOM else f"refused: {problem}"
    except Exception as problem:  # noqa: BLE001 -- told to whoever asked
        if is_full(problem):
            return "full"
        name = getattr(problem.__cause__, "sqlite_errorname", type(problem).__name__)
        return f"{name}\n{problem}\n{traceback.format_exc()[-1500:]}"
    return "done"


def counted(stage, disk):
    return outcome(stage, disk), disk.disk_writes()


def healed(stage):
    """Say what is wrong after there is room again: nothing, if all is well."""
    wrong = [line for line in pragma("integrity_check") if line != ("ok",)]
    wrong += pragma("foreign_key_check")
    for job in job_models():
        waiting = job._base_manager.exclude(status__in=[job.DONE, job.FAILED])
        waiting.filter(status=job.RUNNING).update(
            lease_expires_at=timezone.now() - timedelta(minutes=1)
        )
        reap()
        for row in waiting:
            run_inline(row)
            wrong += [row.error_message] * (row.status != row.DONE)
    wrong += violations()
    again = outcome(stage)
    return [*wrong, *violations(), *([again] * (again != "done"))]


def pragma(name):
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchall()


def apart(function, *arguments):
    """Call a function in a process of its own; return what it returned."""
    readable, writable = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            answer = function(*arguments)
        except BaseException:  # noqa: BLE001 -- told to the parent
            answer = traceback.format_exc()
        with os.fdopen(writable, "wb") as pipe:
            pickle.dump(answer, pipe)
        os._exit(0)
    os.close(writable)
    with os.fdopen(readable, "rb") as pipe:
        answer = pickle.load(pipe)
    os.waitpid(pid, 0)
    return answer


def some(writes, most):
    """Return which writes to fail: all, or `most` from the first to the last."""
    if writes <= most:
        return range(1, writes + 1)
    return sorted({1 + (writes - 1) * n // max(most - 1, 1) for n in range(most)})


def walk(most, tell):
    disk = ctypes.CDLL(None)
    home = settings.SCRATCH_DIR.parent
    preload()
    for stage in STAGES:
        before, after = Path(f"{home}.before"), Path(f"{home}.after")
        replace(home, before)
        said, writes = apart(counted, stage, disk)
        replace(home, after)
        tell(stage=stage.__name__, said=said, writes=writes)
        for nth in some(writes, most):
            replace(before, home)
            said = apart(outcome, stage, disk, nth)
            tell(stage=stage.__name__, nth=nth, said=said, wrong=apart(healed, stage))
        replace(after, home)


def replace(source, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def teller(stream):
    def tell(**said):
        stream.write(json.dumps(said, default=str))

    return tell
