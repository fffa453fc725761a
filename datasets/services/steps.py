"""Applies steps to versions, or only tries them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from datasets import stored
from datasets.exceptions import NotReadyError, StepRefusedError
from datasets.models import DatasetVersion
from datasets.recipes import check_recipe
from datasets.services.versions import add_version, require_ready
from datasets.steps.base import StepError
from datasets.trials import TrialError, try_steps
from projects.activities import record_activity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasets.recipes import StepSpec
    from datasets.trials import Trial
    from projects.models import User


def apply_steps(
    version: DatasetVersion,
    *,
    specs: Sequence[StepSpec],
    description: str = "",
    actor: User,
) -> DatasetVersion:
    """Make a child of the version by these steps, in the background.

    Raises `NotReadyError` if the version has no data, `StepRefusedError` if a step
    does not go with its columns.
    """
    require_ready(version)
    try:
        check_recipe(specs, version.schema)
    except StepError as error:
        raise StepRefusedError(error) from error
    with transaction.atomic():
        child = add_version(
            version.dataset,
            actor=actor,
            parent=version,
            steps=[spec.model_dump(mode="json") for spec in specs],
            description=description,
        )
        names = [spec.step for spec in specs]
        record_activity(
            actor, version.dataset, "prepared", version=child.number, steps=names
        )
    return child


def try_on_sample(version: DatasetVersion, specs: Sequence[StepSpec]) -> Trial:
    """Say what the steps would do to a sample of the version; nothing is made.

    Raises as `apply_steps` does, `NotReadyError` where the sample is too large, and
    `DamagedDataError`.
    """
    require_ready(version)
    try:
        check_recipe(specs, version.schema)
        with stored.readable(version) as path:
            return try_steps(path, version.schema, version.rows_count, specs)
    except StepError as error:
        raise StepRefusedError(error) from error
    except TrialError as error:
        raise NotReadyError(str(error)) from error
