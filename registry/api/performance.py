"""Performance reports over the API: measure a version, read what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.response import Response
from rest_framework.reverse import reverse

from datamine.api.idempotency import idempotent
from datamine.api.schema import IDEMPOTENCY_KEY, LOCATION, PREFER
from datamine.api.waiting import when_done
from experiments.api.renderers import PdfRenderer, TextRenderer
from experiments.reports.rendering import pdf_of
from experiments.reports.texts import text_of
from projects.permissions import Action
from registry.api.lookups import ModelLookups
from registry.api.serializers import PerformanceSerializer
from registry.api.versions import VERSION
from registry.exceptions import NotMeasuredError
from registry.models import PerformanceReport
from registry.performance_report import file_name, latest_view
from registry.services import start_measuring

if TYPE_CHECKING:
    from rest_framework.request import Request


class PerformanceActions(ModelLookups):
    """How fast, large and steady versions are."""

    def get_renderers(self) -> list[BaseRenderer]:
        """Return what an answer may be written by: what is started is told in JSON."""
        found = super().get_renderers()
        return found[:1] if self.action == "measure" else found

    @extend_schema(
        responses={
            (200, "application/json"): PerformanceSerializer,
            (200, "text/plain"): OpenApiTypes.STR,
            (200, "application/pdf"): OpenApiTypes.BINARY,
        },
        filters=False,
    )
    @action(
        detail=True,
        url_path=f"{VERSION}/performance",
        url_name="performance",
        renderer_classes=[JSONRenderer, TextRenderer, PdfRenderer],
        pagination_class=None,
    )
    def performance(
        self, request: Request, key: str, name: str, version_name: str
    ) -> Response:
        """Show the newest report: latency and throughput by batch size, memory, size,
        parameters, answers to extreme inputs, and what to do about it.

        404 with a sentence where the version was never measured. `?format=txt` and
        `pdf` give the newest completed one.
        """
        version = self.version(Action.VIEW, version_name)
        wanted = request.accepted_renderer.format
        if wanted == JSONRenderer.format:
            newest = PerformanceReport.objects.latest_of(version)
            if newest is None:
                raise NotMeasuredError(
                    f"{version.version} was not measured yet; a POST here measures it."
                )
            return Response(PerformanceSerializer(newest).data)
        document = latest_view(version).document()
        is_text = wanted == TextRenderer.format
        saved = f'attachment; filename="{file_name(version, wanted)}"'
        return Response(
            text_of(document) if is_text else pdf_of(document),
            headers={"Content-Disposition": saved},
        )

    @extend_schema(
        request=None,
        parameters=[IDEMPOTENCY_KEY, PREFER, LOCATION],
        responses={
            (202, "application/json"): PerformanceSerializer,
            (200, "application/json"): PerformanceSerializer,
        },
        filters=False,
    )
    @performance.mapping.post
    def measure(
        self, request: Request, key: str, name: str, version_name: str
    ) -> Response:
        """Measure a version in the background; poll this address until it is over.

        409 while it is being measured. `Prefer: wait=60` waits for the end.
        """
        response = self.measured(request)
        found = PerformanceReport.objects.filter(pk=response.data["id"])
        return when_done(
            request,
            response,
            lambda: found.get().is_over,
            lambda: PerformanceSerializer(found.get()).data,
        )

    @idempotent
    def measured(self, request: Request) -> Response:
        version = self.version(Action.EDIT, self.kwargs["version_name"])
        report = start_measuring(version, actor=request.user)
        words = [self.kwargs[word] for word in ("key", "name", "version_name")]
        return Response(
            PerformanceSerializer(report).data,
            status.HTTP_202_ACCEPTED,
            headers={"Location": reverse("model-performance", words, request=request)},
        )
