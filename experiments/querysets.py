"""What a person may see of experiments, their sessions and results."""

from __future__ import annotations

from projects.querysets import VisibleQuerySet


class ExperimentQuerySet(VisibleQuerySet):
    pass


class TrainingSessionQuerySet(VisibleQuerySet):
    project_path = "experiment__project"


class ResultQuerySet(VisibleQuerySet):
    project_path = "session__experiment__project"
