"""What a person may see of datasets and their versions."""

from __future__ import annotations

from projects.querysets import VisibleQuerySet


class DatasetQuerySet(VisibleQuerySet):
    pass


class DatasetVersionQuerySet(VisibleQuerySet):
    project_path = "dataset__project"
