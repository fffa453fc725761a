"""The versions of a model over the API: look, compare, note, download, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from projects.permissions import Action
from registry.api.lookups import ModelLookups
from registry.api.serializers import (
    ComparedSerializer,
    CompareVersionsSerializer,
    ModelVersionSerializer,
    NotesSerializer,
    PackageQuerySerializer,
    SuggestionSerializer,
)
from registry.figures import VersionComparison
from registry.gate import suggestion_for
from registry.models import ModelVersion
from registry.onnx import onnx_response
from registry.packages import package_response
from registry.services import delete_version, describe_version

if TYPE_CHECKING:
    from django.http import FileResponse, HttpResponse
    from rest_framework.request import Request

VERSION = r"versions/(?P<version_name>v\d{8}_\d{6})"


class VersionActions(ModelLookups):
    """What can be asked of a model's versions, and noted of them."""

    @extend_schema(responses=ModelVersionSerializer(many=True))
    @action(detail=True)
    def versions(self, request: Request, key: str, name: str) -> Response:
        """List the versions of a model, newest first."""
        rows = ModelVersion.objects.with_results().filter(model=self.model(Action.VIEW))
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(ModelVersionSerializer(page, many=True).data)

    @extend_schema(responses=ModelVersionSerializer)
    @action(detail=True, url_path=VERSION, url_name="one")
    def one_version(
        self, request: Request, key: str, name: str, version_name: str
    ) -> Response:
        """Show one version with its metrics."""
        version = self.version(Action.VIEW, version_name)
        return Response(ModelVersionSerializer(version).data)

    @extend_schema(request=NotesSerializer, responses=ModelVersionSerializer)
    @one_version.mapping.patch
    def describe_version(
        self, request: Request, key: str, name: str, version_name: str
    ) -> Response:
        """Change notes and tags of a version."""
        version = self.version(Action.EDIT, version_name)
        form = NotesSerializer(version, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        kept = {"notes": version.notes, "tags": version.tags, **form.validated_data}
        describe_version(
            version, notes=kept["notes"], tags=kept["tags"], actor=request.user
        )
        return Response(ModelVersionSerializer(version).data)

    @extend_schema(request=None, responses={204: None})
    @one_version.mapping.delete
    def delete_version(
        self, request: Request, key: str, name: str, version_name: str
    ) -> Response:
        """Delete a version; the one in service cannot be deleted (409)."""
        delete_version(self.version(Action.MANAGE, version_name), actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=SuggestionSerializer)
    @action(detail=True, url_path=f"{VERSION}/suggestion", url_name="suggestion")
    def suggestion(
        self, request: Request, key: str, name: str, version_name: str
    ) -> Response:
        """Compare a version with the one in service, on rows that neither learned."""
        version = self.version(Action.VIEW, version_name)
        return Response(suggestion_for(version).to_json())

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, url_path=f"{VERSION}/onnx", url_name="onnx")
    def onnx(
        self, request: Request, key: str, name: str, version_name: str
    ) -> HttpResponse:
        """Download a version as ONNX, which takes some seconds.

        It was made to answer rows before, and answered as the version does. 409 with
        the reason where there is none.
        """
        return onnx_response(self.version(Action.VIEW, version_name))

    @extend_schema(
        parameters=[PackageQuerySerializer],
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    @action(detail=True, url_path=f"{VERSION}/download", url_name="download")
    def download(
        self, request: Request, key: str, name: str, version_name: str
    ) -> FileResponse:
        """Download a version as a zip: model, metadata, and a README that opens it."""
        query = PackageQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        version = self.version(Action.VIEW, version_name)
        return package_response(version, with_onnx=query.validated_data["onnx"])

    @extend_schema(parameters=[CompareVersionsSerializer], responses=ComparedSerializer)
    @action(detail=True)
    def compare(self, request: Request, key: str, name: str) -> Response:
        """Compare two versions: metrics, settings, data."""
        self.model(Action.VIEW)
        query = CompareVersionsSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        names = (query.validated_data["a"], query.validated_data["b"])
        rows = ModelVersion.objects.compared()
        pair = [self.version(Action.VIEW, name, rows) for name in names]
        return Response(VersionComparison(pair).to_json())
