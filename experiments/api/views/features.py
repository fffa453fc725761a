"""Columns to learn from, checked before anything is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response

from datasets.models import Dataset, DatasetVersion
from experiments.api.serializers import FeaturesSerializer, FindingsSerializer
from experiments.drafts import Draft, plan_of
from experiments.screenings import advice
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from rest_framework.request import Request


def version_for(
    request: Request, wanted: Action, *, dataset: int, number: int | None, **lookup: Any
) -> DatasetVersion:
    """Return a version of a dataset, the active one if no number is given.

    A dataset one may not see, or of another project, is a 400 like one that is not.
    """
    try:
        found = get_for(request.user, Dataset, wanted, pk=dataset, **lookup)
    except Http404:
        detail = ErrorDetail(f"There is no dataset {dataset}.", "does_not_exist")
        raise ValidationError({"dataset": [detail]}) from None
    versions = found.versions.select_related("dataset__project")
    wanted_version = {"number": number} if number else {"pk": found.active_version_id}
    version = versions.filter(**wanted_version).first()
    if version is None:
        what = f"no version {number}" if number else "no version that is ready"
        detail = ErrorDetail(f"The dataset has {what}.", "does_not_exist")
        raise ValidationError({"version": [detail]})
    return version


class ValidateFeaturesView(GenericAPIView):
    """Say whether columns can be learned from, before anything is saved."""

    serializer_class = FeaturesSerializer
    reads = True

    @extend_schema(responses=FindingsSerializer)
    def post(self, request: Request) -> Response:
        """Check a target and features against the version's profile and rows.

        `problems` forbid training. `warnings` are what one should know before it:
        features that give the target away, equal rows, ids, classes of few rows.
        `notes` name the step of the recipe that deals with missing values.
        With `hyperparameters` and `split` they are checked as they would be used.
        """
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        version = version_for(
            request,
            Action.VIEW,
            dataset=said.pop("dataset"),
            number=said.pop("version"),
        )
        said["feature_columns"] = tuple(said["feature_columns"])
        plan = plan_of(Draft(version=version, **said))
        return Response(advice(plan, version).to_json())
