"""`ETag`, `If-None-Match`, `If-Match`: two people who change the same thing.

The tag of a thing is the digest of what the API says of it.
"""

from __future__ import annotations

import hashlib
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.http import parse_etags
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from datamine.api.schema import ETAG, IF_MATCH, IF_NONE_MATCH

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request

    Handler = Callable[..., Response]


class ChangedMeanwhileError(APIException):
    """What is to be changed is not any more what the client has read."""

    status_code = 412
    default_code = "changed_meanwhile"
    default_detail = (
        "This was changed after you read it. Read it again, then send your change with "
        "the new ETag."
    )


def tagged(handler: Handler) -> Handler:
    """Give what is shown its tag; 304 to who has it already."""

    @extend_schema(parameters=[IF_NONE_MATCH, ETAG])
    @wraps(handler)
    def shown(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = handler(self, request, *args, **kwargs)
        tag = tag_of(response)
        known = parse_etags(request.headers.get("If-None-Match", ""))
        if request.method == "GET" and tag in known:
            response = Response(status=304)
        response["ETag"] = tag
        return response

    return shown


def matched(handler: Handler) -> Handler:
    """Change a thing only if it is what `If-Match` says, where that is sent.

    The row is locked before it is compared, so of two changes at once one is refused.
    """

    @extend_schema(parameters=[IF_MATCH])
    @wraps(handler)
    def changed(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        wanted = parse_etags(request.headers.get("If-Match", ""))
        if not wanted or wanted == ["*"]:
            return handler(self, request, *args, **kwargs)
        with transaction.atomic():
            lock(self)
            if tag_of(self.retrieve(request, *args, **kwargs)) not in wanted:
                raise ChangedMeanwhileError
            return handler(self, request, *args, **kwargs)

    return changed


def lock(view: Any) -> None:
    """Lock the row an address names; of equal names in other projects, those too."""
    named = {view.lookup_field: view.kwargs[view.lookup_url_kwarg or view.lookup_field]}
    rows = view.queryset.model.objects.select_for_update().filter(**named)
    list(rows.values_list("pk", flat=True))


def tag_of(response: Response) -> str:
    body = JSONRenderer().render(response.data)
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'
