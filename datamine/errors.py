"""One shape for every error of the API."""

from __future__ import annotations

from drf_standardized_errors.handler import exception_handler
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from projects.exceptions import DomainError


class RefusedError(APIException):
    """A domain error on its way out of the API."""

    def __init__(self, error: DomainError) -> None:
        super().__init__(str(error), code=error.code)
        self.status_code = error.status_code


def handle_exception(error: Exception, context: dict[str, object]) -> Response | None:
    """Answer errors of the domain with their own code and sentence."""
    if isinstance(error, DomainError):
        error = RefusedError(error)
    return exception_handler(error, context)
