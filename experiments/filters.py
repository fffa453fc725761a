"""How lists of experiments and sessions are narrowed: one table for pages and API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django_filters
from django.db.models import Q
from django_filters.rest_framework import FilterSet

from datasets.models import Dataset
from experiments.algorithms.catalogue import algorithms
from experiments.choices import SessionStatus, Task
from experiments.models import Experiment, TrainingSession
from projects.models import Project

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from experiments.querysets import ExperimentQuerySet


def algorithm_choices() -> list[tuple[str, str]]:
    return [(entry.name, entry.title) for entry in algorithms()]


def visible_datasets(request: Request | None) -> QuerySet[Dataset]:
    return Dataset.objects.visible_to(getattr(request, "user", None)).order_by("name")


def visible_projects(request: Request | None) -> QuerySet[Project]:
    return Project.objects.visible_to(getattr(request, "user", None))


class ExperimentFilter(FilterSet):
    """Text, algorithm, dataset, status of the latest session, day of creation."""

    search = django_filters.CharFilter(method="named", max_length=200)
    algorithm = django_filters.ChoiceFilter(choices=algorithm_choices)
    task = django_filters.ChoiceFilter(choices=Task.choices)
    dataset = django_filters.ModelChoiceFilter(queryset=visible_datasets)
    status = django_filters.ChoiceFilter(
        field_name="latest_session__status", choices=SessionStatus.choices
    )
    created_after = django_filters.DateFilter(
        field_name="created_at", lookup_expr="date__gte"
    )
    created_before = django_filters.DateFilter(
        field_name="created_at", lookup_expr="date__lte"
    )

    class Meta:
        model = Experiment
        fields: list[str] = []

    def named(
        self, queryset: ExperimentQuerySet, name: str, value: str
    ) -> ExperimentQuerySet:
        text = value.replace("\0", "")
        return queryset.filter(
            Q(name__icontains=text)
            | Q(description__icontains=text)
            | Q(target_column__icontains=text)
        )


class ProjectFilter(FilterSet):
    """Adds `project`, by its key, for lists across projects."""

    project = django_filters.ModelChoiceFilter(
        queryset=visible_projects, to_field_name="key"
    )


class ExperimentApiFilter(ExperimentFilter, ProjectFilter):
    class Meta(ExperimentFilter.Meta):
        pass


class SessionFilter(ProjectFilter):
    project = django_filters.ModelChoiceFilter(
        field_name="experiment__project",
        queryset=visible_projects,
        to_field_name="key",
    )
    experiment = django_filters.NumberFilter(
        field_name="experiment_id", min_value=1, max_value=2**62, decimal_places=0
    )
    status = django_filters.ChoiceFilter(choices=SessionStatus.choices)

    class Meta:
        model = TrainingSession
        fields: list[str] = []
