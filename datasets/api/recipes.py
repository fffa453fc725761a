"""Recipes over the API: kept, listed, deleted; a dataset's `versions/` does them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from datamine.api.idempotency import idempotent
from datasets import services
from datasets.api.serializers import RecipeSerializer, RecipeWriteSerializer
from datasets.exceptions import NotReadyError
from datasets.models import Dataset, DatasetVersion, Recipe
from projects.models import Project
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from datasets.recipes import StepSpec


class RecipeFilter(filters.FilterSet):
    project = filters.CharFilter(field_name="project__key")

    class Meta:
        model = Recipe
        fields = ["project", "name"]


class RecipeViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Recipe]
):
    """Steps under a name, to be done on other tables of the project."""

    queryset = Recipe.objects.none()
    serializer_class = RecipeSerializer
    lookup_value_regex = r"\d{1,18}"
    filterset_class = RecipeFilter

    def get_queryset(self) -> QuerySet[Recipe]:
        rows = Recipe.objects.visible_to(self.request.user)
        return rows.select_related("project", "created_by")

    @extend_schema(
        request=RecipeWriteSerializer,
        responses={201: RecipeSerializer},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Keep the steps of a version, `{"name", "dataset", "version"}`, or steps
        as they are sent, `{"name", "project", "steps"}`.
        """
        given = RecipeWriteSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        project, specs = self.source(given)
        recipe = services.save_recipe(
            project, name=given.validated_data["name"], specs=specs, actor=request.user
        )
        return Response(RecipeSerializer(recipe).data, status.HTTP_201_CREATED)

    def source(self, given: RecipeWriteSerializer) -> tuple[Project, list[StepSpec]]:
        values, user = given.validated_data, self.request.user
        if "dataset" not in values:
            project = get_for(user, Project, Action.EDIT, key=values["project"])
            return project, given.specs()
        dataset = get_for(user, Dataset, Action.EDIT, pk=values["dataset"])
        if "version" not in values and not dataset.active_version_id:
            raise NotReadyError(f"“{dataset.name}” has no data yet.")
        which = (
            {"number": values["version"]}
            if "version" in values
            else {"pk": dataset.active_version_id}
        )
        version = get_for(
            user, DatasetVersion, Action.VIEW, dataset=dataset.pk, **which
        )
        return dataset.project, services.history_of(version)[1]

    def destroy(self, request: Request, pk: str) -> Response:
        """Forget a recipe; versions made by it stay."""
        recipe = get_for(request.user, Recipe, Action.EDIT, pk=pk)
        services.delete_recipe(recipe, actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
