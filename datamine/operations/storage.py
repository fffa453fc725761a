"""Which stored files the rows of the whole site name, and where files lie."""

from __future__ import annotations

from datamine.models import BUNDLES
from datamine.services import bundle_files
from datasets import stored as datasets
from experiments import models as experiments_models
from experiments import stored as experiments
from registry import models as registry_models
from registry import stored as registry

#: Files of running sessions are no part of a backup: such a session begins again.
#: Nor are bundles, which are gone after a day.
FOLDERS = (
    datasets.UPLOADS,
    datasets.VERSIONS,
    experiments_models.ARTIFACTS,
    experiments_models.CHECKPOINTS,
    experiments_models.EVALUATED,
    registry_models.BATCHES,
    BUNDLES,
)


def named_files() -> dict[str, str]:
    """Return the SHA-256 of every file that is to be kept, by key."""
    return {
        **datasets.named_files(),
        **experiments.named_files(),
        **registry.named_files(),
    }


def working_files() -> set[str]:
    """Return the keys of what is no part of a backup, and still needed.

    That is what sessions under way have put aside, and bundles on their way.
    """
    return experiments.working_files() | bundle_files()


def orphans() -> list[str]:
    """Return old files that no row names."""
    return datasets.orphans(FOLDERS, {*named_files(), *working_files()})
