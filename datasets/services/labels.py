"""What a dataset is called and found by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from datasets.exceptions import NameTakenError
from datasets.models import Dataset, Tag
from datasets.tags import checked
from projects.activities import record_activity

if TYPE_CHECKING:
    from projects.models import User


def update_dataset(
    dataset: Dataset,
    *,
    name: str,
    description: str,
    tags: list[str] | None = None,
    actor: User,
) -> Dataset:
    """Change the labels of a dataset; without tags it keeps those it has.

    Raises `NameTakenError` and `BadTagError`.
    """
    dataset.name, dataset.description = name, description
    try:
        with transaction.atomic():
            dataset.save(update_fields=["name", "description", "updated_at"])
            if tags is not None:
                set_tags(dataset, tags)
            record_activity(actor, dataset, "updated")
    except IntegrityError as clash:
        raise name_taken(name) from clash
    return dataset


def set_tags(dataset: Dataset, words: list[str]) -> None:
    """Let the dataset have these tags and no others; in a transaction."""
    names = checked(words)
    dataset.tags.exclude(name__in=names).delete()
    Tag.objects.bulk_create(
        [Tag(dataset=dataset, name=name) for name in names], ignore_conflicts=True
    )


def name_taken(name: str) -> NameTakenError:
    return NameTakenError(f"This project has a dataset “{name}” already.")
