"""One shape for every error of the API, one page for every error of the pages."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import (
    PermissionDenied,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from drf_standardized_errors.handler import exception_handler
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer

from datamine.away import is_away
from datamine.room import AWAY, NO_ROOM, StorageAwayError, is_full
from projects.exceptions import DomainError, Problem

if TYPE_CHECKING:
    from rest_framework.response import Response

logger = logging.getLogger(__name__)

API = "/api/"

SENTENCES = {
    400: ("bad_request", "The request cannot be understood."),
    403: ("permission_denied", "You may not do this."),
    404: ("not_found", "There is nothing here, or nothing you may see."),
    405: ("method_not_allowed", "This address does not answer this method."),
    413: ("too_large", "The request is larger than this address accepts."),
    415: ("unsupported_media_type", "Only UTF-8 that is not compressed is accepted."),
    429: ("throttled", "Too many failed tries. Wait ten minutes, then try again."),
    500: ("error", "Something broke here; it has been written down."),
    503: ("storage_away", AWAY),
    507: ("storage_full", NO_ROOM),
}


class StorageFullError(exceptions.APIException):
    """There is no room to store what a request brings or makes."""

    status_code = 507
    default_code, default_detail = SENTENCES[507]


class NoStorageError(exceptions.APIException):
    """The storage of files does not answer."""

    status_code = 503
    default_code, default_detail = SENTENCES[503]


class NoDatabaseError(exceptions.APIException):
    """The database does not answer: the same call may be answered in a moment."""

    status_code, wait = 503, 5
    default_code = "database_away"
    default_detail = "The database does not answer. Try again in a moment."


class RefusedError(exceptions.APIException):
    """A domain error on its way out of the API."""

    def __init__(self, error: DomainError) -> None:
        super().__init__(str(error), code=error.code)
        self.status_code = error.status_code


def handle_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer errors of the domain with their own code and sentence.

    An error is JSON even where a table or a report was asked for.
    """
    if request := context.get("request"):
        request.accepted_renderer = JSONRenderer()
        request.accepted_media_type = JSONRenderer.media_type
    response: Response | None = exception_handler(translated(error), context)
    return response


def translated(error: Exception) -> Exception:
    if isinstance(error, DomainError):
        named = error.named()
        return invalid(named) if named else RefusedError(error)
    if isinstance(error, PermissionDenied) and error.args:
        return exceptions.PermissionDenied(str(error))
    if isinstance(error, TooManyFilesSent):
        return exceptions.ParseError("These are more files than a request may have.")
    if isinstance(error, TooManyFieldsSent):
        return exceptions.ParseError("These are more fields than a request may have.")
    if isinstance(error, StorageAwayError):
        logger.error("The storage does not answer: %s", error)
        return NoStorageError()
    if is_full(error):
        logger.error("The disk is full: %s", error)
        return StorageFullError()
    if is_away(error):
        logger.error("The database is away: %s", error)
        return NoDatabaseError()
    return error


def invalid(problems: list[Problem]) -> exceptions.ValidationError:
    """Say of each field of a request what is wrong with it."""
    details: dict[str, list[exceptions.ErrorDetail]] = {}
    for problem in problems:
        found = details.setdefault(problem["attr"], [])
        found.append(exceptions.ErrorDetail(problem["detail"], problem["code"]))
    return exceptions.ValidationError(details)


def refuse(request: HttpRequest, status: int, detail: str = "") -> HttpResponse:
    """Answer with an error: JSON below /api/, a page elsewhere."""
    code, sentence = SENTENCES[status]
    if request.path.startswith(API):
        return told(status, code, detail or sentence)
    return render(request, f"{status}.html", {"detail": detail}, status=status)


def told(status: int, code: str, detail: str) -> JsonResponse:
    """Return an error in the API's shape."""
    kind = "server_error" if status >= 500 else "client_error"
    error = {"code": code, "detail": detail, "attr": None}
    return JsonResponse({"type": kind, "errors": [error]}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django's own checks refuse."""
    return refuse(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer with the reason the view gave, if it gave one."""
    return refuse(request, 403, str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer the same for what is not there and what may not be seen."""
    return refuse(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when the program broke; the page needs no database to show."""
    if is_away(sys.exc_info()[1]):
        return no_database(request)
    if request.path.startswith(API):
        return refuse(request, 500)
    return HttpResponse(render_to_string("500.html"), status=500)


def no_database(request: HttpRequest) -> HttpResponse:
    """Answer while the database is away."""
    away = NoDatabaseError
    answer: HttpResponse
    if request.path.startswith(API):
        answer = told(503, away.default_code, away.default_detail)
    else:
        answer = HttpResponse(render_to_string("no_database.html"), status=503)
    answer["Retry-After"] = str(away.wait)
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that came from elsewhere or stayed open too long."""
    if request.path.startswith(API):
        return refuse(request, 403, "CSRF token missing or incorrect.")
    return render(request, "403_csrf.html", status=403)


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: object
) -> HttpResponse:
    """Answer too many wrong passwords for one name from one address."""
    answer = refuse(request, 429)
    answer["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
    return answer
