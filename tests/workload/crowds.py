"""A crowd in processes of its own, and whether what it was told is still true."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field

from datasets.models import DatasetVersion
from projects.models import Activity, Project
from tests.workload.rows import WORK


@dataclass
class Told:
    """What all of a crowd said: the last step of each project, versions, errors."""

    projects: dict[int, int] = field(default_factory=dict)
    versions: set[int] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    deeds: int = 0
    read: int = 0
    longest: float = 0.0

    def hear(self, line):
        said = json.loads(line)
        self.deeds += "project" in said or "version" in said
        if "project" in said:
            self.projects[said["project"]] = said["step"]
        elif "version" in said:
            self.versions.add(said["version"])
        elif "error" in said:
            self.errors.append(said["error"])
        else:
            self.read += said["read"]
            self.longest = max(self.longest, said["longest"])


class Crowd:
    """Writers and readers of several processes, for so many seconds."""

    def __init__(self, folder, environment, *, seconds, processes, writers, readers):
        self.outputs = [folder / f"crowd-{number}" for number in range(processes)]
        each = str(writers // processes), str(readers // processes)
        self.processes = []
        for path in self.outputs:
            with path.open("wb") as output:
                self.processes.append(
                    subprocess.Popen(
                        [sys.executable, "manage.py", "crowd", str(seconds), *each],
                        env=environment,
                        stdout=output,
                    )
                )

    def is_at_work(self):
        """Whether each process has told of a first deed."""
        return all(path.stat().st_size for path in self.outputs)

    def is_there(self):
        return any(process.poll() is None for process in self.processes)

    def wait(self):
        """Return what was told, when all have gone home."""
        assert [process.wait() for process in self.processes] == [0] * len(self.outputs)
        told = Told()
        for path in self.outputs:
            for line in path.read_text().splitlines():
                told.hear(line)
        return told


def lost(told):
    """Return what was acknowledged and is not there, or is there by halves."""
    projects = Project.objects.exclude(key=WORK)
    steps = dict(projects.values_list("pk", "description"))
    deeds = Activity.objects.filter(resource_type="project")
    seen = Counter(deeds.values_list("project_id", flat=True))
    ready = set(
        DatasetVersion.objects.filter(status="ready").values_list("pk", flat=True)
    )
    return {
        "projects": [
            pk for pk, step in told.projects.items() if int(steps.get(pk) or 0) < step
        ] + sorted(told.projects.keys() - steps.keys()),
        "versions": sorted(told.versions - ready),
        "halves": [pk for pk, step in steps.items() if seen[pk] != int(step or 0) + 1],
    }  # fmt: skip
