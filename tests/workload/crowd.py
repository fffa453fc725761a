"""Many who write at once, by the real services, and tell what was acknowledged.

    manage.py crowd SECONDS WRITERS READERS

writes a JSON line for each deed that was committed, `{"project": 7, "step": 3}` or
`{"version": 9}`, one for each error, and at the end one for all that was read.
"""

import itertools
import json
import os
import sys
import threading
import time

import psycopg2
from django.db import DatabaseError, InterfaceError, connection, transaction

from datamine.leases import LeaseLostError, claim
from datasets.models import Dataset, DatasetVersion
from projects import services
from projects.models import Activity, Project, User
from tests.workload.work import keep

PAUSE = 0.2  # seconds, where the database is away
#: Where a long answer is cut off, Django closes its cursor, and psycopg2 speaks itself.
ERRORS = (DatabaseError, InterfaceError, LeaseLostError, psycopg2.Error)


class Writer(threading.Thread):
    """One person: makes projects, changes them, and does the work of versions."""

    def __init__(self, user, ends, tell):
        super().__init__(daemon=True)
        self.user, self.ends, self.tell = user, ends, tell
        self.longest = 0.0

    def run(self):
        for number in itertools.count():
            if time.monotonic() > self.ends:
                return
            began = time.monotonic()
            try:
                self.write(f"{os.getpid()} {self.name} {number}")
            except ERRORS as problem:
                self.recover(problem)
            self.longest = max(self.longest, time.monotonic() - began)

    def recover(self, problem):
        self.tell(error=f"{type(problem).__name__}: {problem}")
        connection.close()
        time.sleep(PAUSE)

    def write(self, name):
        project = services.create_project(name=name, actor=self.user)
        self.tell(project=project.pk, step=0)
        for step in (1, 2):
            services.update_project(project, actor=self.user, description=str(step))
            self.tell(project=project.pk, step=step)
        self.tell(version=worked_out(project))


class Reader(Writer):
    """One person who looks at lists, and takes time over a long one."""

    count = 0

    def write(self, name):
        self.count += len(Project.objects.visible_to(self.user)[:50])
        for _ in itertools.islice(Activity.objects.iterator(chunk_size=20), 200):
            self.count += 1
            time.sleep(0.002)


def worked_out(project):
    """Do the work of a new version as a worker would; return its id."""
    with transaction.atomic():  # so that no other worker sees it wait
        dataset = Dataset.objects.create(
            project=project, name="Table", file_size=0, file_format="csv"
        )
        version = DatasetVersion.objects.create(dataset=dataset, number=1)
        lease = claim(DatasetVersion, version.pk, "crowd")
    lease.renew()
    key, sha256, size = keep(f"versions/{version.pk}", b"rows")
    lease.finish(data=key, sha256=sha256, size=size)
    return version.pk


def teller():
    """Return what writes a line, whole, for any thread."""
    lock = threading.Lock()

    def tell(**said):
        with lock:
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()

    return tell


def gather(seconds, writers, readers):
    user, _ = User.objects.get_or_create(username="crowd")
    ends, tell = time.monotonic() + seconds, teller()
    people = [Writer(user, ends, tell) for _ in range(writers)]
    people += [Reader(user, ends, tell) for _ in range(readers)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    longest = max(person.longest for person in people)
    read = sum(person.count for person in people if isinstance(person, Reader))
    tell(read=read, longest=round(longest, 2))
