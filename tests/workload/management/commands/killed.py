import itertools
import json
import os
import signal

from django.core.management.base import BaseCommand
from django.db import connection

from projects.models import User
from registry.models import Activation, ModelVersion, RegisteredModel
from registry.services import activate_version, delete_version, roll_back


def switch(user):
    model = RegisteredModel.objects.get()
    others = ModelVersion.objects.exclude(pk=model.active_version_id)
    activate_version(others.select_related("model").first(), actor=user)


def go_back(user):
    roll_back(RegisteredModel.objects.get(), actor=user)


def remove(user):
    model = RegisteredModel.objects.get()
    others = ModelVersion.objects.exclude(pk=model.active_version_id)
    delete_version(others.select_related("model").last(), actor=user)


class Command(BaseCommand):
    help = "Dies before every query of what changes a model, and tells what is left."
    requires_system_checks = []

    def handle(self, *args, **options):
        before = apart(state)
        for deed in (switch, go_back, remove):
            for nth in itertools.count(1):
                died = apart(lambda deed=deed, nth=nth: killed(deed, nth)) is None
                said = {"deed": deed.__name__, "nth": nth, "died": died}
                after = apart(state)
                said |= {"before": before, "after": after}
                self.stdout.write(json.dumps(said))
                before = after
                if not died:
                    break


def killed(deed, nth):
    """Do it, and end as by a power cut before the nth query."""
    queries = itertools.count(1)

    def watch(execute, *arguments):
        if next(queries) == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)

    user = User.objects.first()
    with connection.execute_wrapper(watch):
        deed(user)
    return True


def state():
    """Return what serves, the ledger, and how many versions there are."""
    active = RegisteredModel.objects.select_related("active_version").get()
    ledger = Activation.objects.order_by("pk")
    return {
        "active": active.active_version and active.active_version.version,
        "ledger": [*ledger.values_list("previous_name", "version_name")],
        "versions": ModelVersion.objects.count(),
    }


def apart(function):
    """Call a function in a process of its own; None where that died."""
    readable, writable = os.pipe()
    pid = os.fork()
    if not pid:
        with os.fdopen(writable, "w") as pipe:
            json.dump(function(), pipe)
        os._exit(0)
    os.close(writable)
    with os.fdopen(readable) as pipe:
        said = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(said) if said else None
