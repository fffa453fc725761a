"""What the OpenAPI document says of every call: how it is refused, too.

Views say what they answer. Errors have one shape and the same reasons everywhere, so
they are told here, once.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS

from datamine.api.waiting import LONGEST

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    pattern=r"^[ -~]{1,200}$",
    description="The same key gives the same answer for a day; done once.",
)
PREFER = OpenApiParameter(
    "Prefer",
    str,
    OpenApiParameter.HEADER,
    description=f"`wait=60` waits for the end, at most {LONGEST} seconds.",
)
LOCATION = OpenApiParameter(
    "Location",
    str,
    OpenApiParameter.HEADER,
    response=[201, 202],
    description="Where the new thing is.",
)
ETAG = OpenApiParameter(
    "ETag",
    str,
    OpenApiParameter.HEADER,
    response=[200],
    description="Changes whenever the thing does.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="ETags you have; 304 if the thing still has one of them.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag you have read; 412 if the thing was changed since.",
)
RETRY_AFTER = OpenApiParameter(
    "Retry-After",
    int,
    OpenApiParameter.HEADER,
    response=[429],
    description="Seconds until the call is worth another try.",
)


class ProblemSerializer(serializers.Serializer):
    """One thing that is wrong."""

    code = serializers.CharField()
    detail = serializers.CharField(help_text="A sentence for a person.")
    attr = serializers.CharField(
        allow_null=True, help_text="The field it is about; null: the whole request."
    )


class RefusalSerializer(serializers.Serializer):
    """The one shape of every error."""

    type = serializers.ChoiceField(["validation_error", "client_error", "server_error"])
    errors = ProblemSerializer(many=True)


class Schema(AutoSchema):
    """Describes a call together with the errors it can be answered with."""

    def get_override_parameters(self) -> list[Any]:
        return [*super().get_override_parameters(), RETRY_AFTER]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        answers = super()._get_response_bodies(direction=direction)
        if self.takes(IF_NONE_MATCH):
            answers["304"] = {"description": HTTPStatus.NOT_MODIFIED.phrase}
        for status in self.refusals():
            described = OpenApiResponse(RefusalSerializer, HTTPStatus(status).phrase)
            answers.setdefault(
                str(status),
                self._get_response_for_code(
                    described, str(status), ["application/json"]
                ),
            )
        return answers

    def _get_serializer_field_meta(self, field: Any, direction: Any) -> dict[str, Any]:
        meta: dict[str, Any] = super()._get_serializer_field_meta(field, direction)
        if isinstance(field, serializers.JSONField):
            meta.pop("nullable", None)  # any value is allowed: null is one already
        return meta

    def refusals(self) -> list[int]:
        """Return the statuses this call may be refused with."""
        changes = self.method not in SAFE_METHODS
        has_body = self.method in {"POST", "PATCH"}
        needs_sign_in = {} not in self.get_auth()
        possible = {
            400: True,
            401: True,  # of the log-in: a wrong password
            403: changes and needs_sign_in,
            404: True,  # also of a `?format=` there is not
            406: True,
            409: "{" in self.path or changes,
            412: self.takes(IF_MATCH),
            413: has_body,
            415: has_body,
            429: True,
            503: True,  # the storage of files is away
            507: changes,
        }
        return [status for status, is_possible in possible.items() if is_possible]

    def takes(self, header: OpenApiParameter) -> bool:
        """Whether this call looks at a header."""
        return header in self.get_override_parameters()
