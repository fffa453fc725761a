"""Which stored files the rows of the whole site name, and where files lie."""

from __future__ import annotations

from datasets import stored as datasets
from experiments import models as experiments_models
from experiments import stored as experiments
from registry import models as registry_models
from registry import stored as registry

#: Files of running sessions are no part of a backup: such a session begins again.
FOLDERS = (
    datasets.UPLOADS,
    datasets.VERSIONS,
    experiments_models.ARTIFACTS,
    experiments_models.CHECKPOINTS,
    experiments_models.EVALUATED,
    registry_models.BATCHES,
)


def named_files() -> dict[str, str]:
    """Return the SHA-256 of every file that is to be kept, by key."""
    return {
        **datasets.named_files(),
        **experiments.named_files(),
        **registry.named_files(),
    }


def working_files() -> set[str]:
    """Return the keys of what sessions under way have put aside."""
    return experiments.working_files()


def orphans() -> list[str]:
    """Return old files that no row names."""
    return datasets.orphans(FOLDERS, {*named_files(), *working_files()})
