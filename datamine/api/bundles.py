"""Projects as files, for programs: ask, poll, fetch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from datamine.api.idempotency import idempotent
from datamine.api.schema import IDEMPOTENCY_KEY, LOCATION, PREFER
from datamine.api.waiting import when_done
from datamine.bundles import bundle_response, newest_export, own_import
from datamine.models import BundleExport, BundleImport
from datamine.services import cancel_bundle, start_export, start_import
from datasets.uploads import received_file
from projects.api.views.projects import OfProject
from projects.permissions import Action

if TYPE_CHECKING:
    from typing import Any

    from django.http import FileResponse
    from rest_framework.request import Request

STATE = ["status", "progress", "phase", "error_message", "created_at", "completed_at"]


class BundleFileSerializer(serializers.Serializer):
    """A bundle, and what its project is to be called here."""

    file = serializers.FileField()
    name = serializers.CharField(max_length=120, required=False, default="")


class BundleExportSerializer(serializers.ModelSerializer):
    """A project that becomes a file; once completed it can be fetched for a day."""

    class Meta:
        model = BundleExport
        fields = [*STATE, "size"]
        read_only_fields = fields


class BundleImportSerializer(serializers.ModelSerializer):
    """A bundle that becomes a project; once completed it has a key."""

    key = serializers.CharField(
        source="project.key", default=None, allow_null=True, read_only=True
    )
    models = serializers.IntegerField(
        source="trained", read_only=True, help_text="Trained models that came along."
    )

    class Meta:
        model = BundleImport
        fields = ["id", "filename", "name", "key", "models", "untrusted", *STATE]
        read_only_fields = fields


class BundleView(OfProject, APIView):
    """A whole project as one file; for its owners."""

    @extend_schema(responses=BundleExportSerializer)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show how far the newest export is."""
        return Response(BundleExportSerializer(self.newest()).data)

    @extend_schema(
        request=None,
        parameters=[IDEMPOTENCY_KEY, PREFER, LOCATION],
        responses={202: BundleExportSerializer, 200: BundleExportSerializer},
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Export the project: data, versions, experiments, models and the ledger.

        Members, webhooks and work under way stay behind. The file before goes away.
        """
        response = self.started(request)
        return when_done(
            request,
            response,
            lambda: self.newest().is_over,
            lambda: BundleExportSerializer(self.newest()).data,
        )

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Cancel the export that is under way (409 if none is)."""
        cancel_bundle(self.newest())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @idempotent
    def started(self, request: Request) -> Response:
        row = start_export(self.project(Action.MANAGE), actor=request.user)
        address = reverse("api-bundle", args=[row.project.key])
        return Response(
            BundleExportSerializer(row).data,
            status.HTTP_202_ACCEPTED,
            headers={"Location": address},
        )

    def newest(self) -> BundleExport:
        row = newest_export(self.project(Action.MANAGE))
        if row is None:
            raise Http404
        return row


class BundleFileView(OfProject, APIView):
    """The file that a project became."""

    @extend_schema(
        responses={(200, "application/x-tar"): OpenApiResponse(OpenApiTypes.BINARY)}
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> FileResponse:
        """Download the newest bundle (409 until there is one)."""
        return bundle_response(self.project(Action.MANAGE))


class BundlesView(APIView):
    """Projects that come from files."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        request=BundleFileSerializer,
        parameters=[IDEMPOTENCY_KEY, PREFER, LOCATION],
        responses={202: BundleImportSerializer, 200: BundleImportSerializer},
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make a private project of a bundle (`file`); you own it.

        Poll the answer's `Location`. Models signed by another installation come along
        and are not opened.
        """
        response = self.started(request)
        pk = response.data["id"]
        return when_done(
            request,
            response,
            lambda: own_import(request.user, pk).is_over,
            lambda: BundleImportSerializer(own_import(request.user, pk)).data,
        )

    @idempotent
    def started(self, request: Request) -> Response:
        given = BundleFileSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        name = given.validated_data["name"]
        row = start_import(received_file(request), name=name, actor=request.user)
        return Response(
            BundleImportSerializer(row).data,
            status.HTTP_202_ACCEPTED,
            headers={"Location": reverse("api-bundle-import", args=[row.pk])},
        )


class BundleImportView(APIView):
    """A bundle that you sent."""

    @extend_schema(responses=BundleImportSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Show how far it is, and the key of the project once it is there."""
        return Response(BundleImportSerializer(own_import(request.user, pk)).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Cancel it; no project is made (409 if it is over)."""
        cancel_bundle(own_import(request.user, pk))
        return Response(status=status.HTTP_204_NO_CONTENT)
