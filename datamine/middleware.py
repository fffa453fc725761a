"""What every request passes: limits, the log-in, the admin's own policy."""

from __future__ import annotations

import logging
import re
import uuid
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth import middleware
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from datamine import env
from datamine.errors import API, refuse
from datamine.htmx import wants_fragment
from datamine.logs import during_request
from datamine.room import StorageAwayError, is_full
from projects.sign_ins import see

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponseBase

    Answer = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger(__name__)

#: What a form may hold beside its file.
ROOM = 1024**2
#: What a proxy may call a request: nothing that breaks a line of the log.
NAME = re.compile(r"[A-Za-z0-9._-]{8,64}")
#: Others would let a client choose any decoder of Python's.
CHARSETS = {"utf-8", "utf8", "us-ascii"}


class RequestNameMiddleware:
    """Gives every request a name, which its log lines and its answer carry.

    A proxy in front may have named it already.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "") if env.PROXIES else ""
        name = given if NAME.fullmatch(given) else uuid.uuid4().hex
        with during_request(name):
            response = self.get_response(request)
        response["X-Request-ID"] = name
        return response


class PolicyMiddleware(CSPMiddleware):
    """django-csp's; the policy of nearly all answers is the same and written once.

    To write it anew takes a tenth of the time that a prediction of one row takes.
    """

    @cached_property
    def usual(self) -> str:
        parts = self.get_policy_parts(HttpRequest(), HttpResponse())
        return build_policy(**asdict(parts))

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        named = (*vars(response), *vars(request))
        if any(name.startswith("_csp") for name in named):  # has one of its own
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self.usual)
        return response


class AdminPolicyMiddleware:
    """Gives pages of the admin the policy its widgets need, and no other page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.prefix = reverse("admin:index")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(self.prefix):
            response._csp_replace = settings.ADMIN_CONTENT_SECURITY_POLICY
        return response


class FormOnlyMiddleware:
    """Shows a page at addresses that only take forms; Django's answer is blank.

    People come there when a session ended under a form: the log-in leads back to it.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        page = refuse(request, response.status_code)
        page["Allow"] = response["Allow"]
        return page


class RequestLimitMiddleware:
    """Refuses bodies too large, packed, or not in UTF-8, before a byte is read.

    Without a length there is no body: the server hands on only what was announced.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("Content-Encoding", "identity") != "identity":
            return refuse(request, 415)
        if request.content_params.get("charset", "utf-8").lower() not in CHARSETS:
            return refuse(request, 415)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit():
            return refuse(request, 400)
        if int(length) > limit_of(request):
            return refuse(request, 413)
        return self.get_response(request)


def limit_of(request: HttpRequest) -> int:
    """Return how many bytes a request may have: files may be large, the rest not."""
    if request.content_type == "multipart/form-data":
        return env.LIMITS.upload_bytes + ROOM
    limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return limit


class StorageMiddleware:
    """Says that a page could not store or read because a disk is full, or away."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if isinstance(exception, StorageAwayError):
            logger.error("The storage does not answer: %s", exception)
            return refuse(request, 503)
        if not is_full(exception):
            return None
        logger.error("The disk is full: %s", exception)
        return refuse(request, 507)


class LanguageMiddleware:
    """Speaks as the person has chosen, else as the browser asks; programs get English.

    What was refused before this, a body too large for one, is said in English.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(API):
            return self.get_response(request)
        chosen = getattr(request.user, "language", "")
        language = chosen or translation.get_language_from_request(request)
        with translation.override(language):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language"])
        return response


class SeenMiddleware:
    """Keeps when a person was last seen; programs come with a token, not a session."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            see(request)
        return self.get_response(request)


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Django's; where a session ended, htmx opens the log-in as a page, not a part."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: object
    ) -> HttpResponse:
        if not wants_fragment(request):
            return super().handle_no_permission(request, view_func)
        return HttpResponse(headers={"HX-Redirect": str(settings.LOGIN_URL)})
