"""Projects as files, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from datamine.api.idempotency import idempotent
from datamine.api.schema import IDEMPOTENCY_KEY
from datamine.bundles import bundle_response, receive_bundle
from projects.api.views.projects import OfProject
from projects.permissions import Action

if TYPE_CHECKING:
    from typing import Any

    from django.http import FileResponse
    from rest_framework.request import Request


class BundleSerializer(serializers.Serializer):
    """A bundle, and what its project is to be called here."""

    file = serializers.FileField()
    name = serializers.CharField(max_length=120, required=False, default="")


class ImportedSerializer(serializers.Serializer):
    """The project that a bundle became."""

    key = serializers.CharField(source="project.key")
    name = serializers.CharField(source="project.name")
    models = serializers.IntegerField(help_text="Trained models that came along.")
    untrusted = serializers.IntegerField(
        help_text="Of them, those not opened before an administrator trusts them."
    )


class BundleView(OfProject, APIView):
    """A whole project as one file; for its owners."""

    @extend_schema(
        responses={(200, "application/x-tar"): OpenApiResponse(OpenApiTypes.BINARY)}
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> FileResponse:
        """Export the project: data, versions, experiments, models and the ledger.

        Members, webhooks and work under way stay behind.
        """
        return bundle_response(self.project(Action.MANAGE), request.user)


class BundlesView(APIView):
    """Projects that come from files."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        request=BundleSerializer,
        parameters=[IDEMPOTENCY_KEY],
        responses={status.HTTP_201_CREATED: ImportedSerializer},
    )
    @idempotent
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make a private project of a bundle (`file`); you own it.

        Models signed by another installation come along and are not opened.
        """
        given = BundleSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        name = given.validated_data["name"]
        found = receive_bundle(request, name=name, actor=request.user)
        where = reverse("api-project-detail", args=[found.project.key])
        return Response(
            ImportedSerializer(found).data,
            status.HTTP_201_CREATED,
            headers={"Location": where},
        )
