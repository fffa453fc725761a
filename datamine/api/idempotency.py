"""Safe retries: the same `Idempotency-Key` gives the same answer, done once."""

from __future__ import annotations

import hashlib
import json
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from datamine.api.schema import IDEMPOTENCY_KEY
from projects.exceptions import DomainError
from projects.expiry import ANSWERS_KEPT
from projects.models import RememberedAnswer, User

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request

    Handler = Callable[..., Response]

LONGEST_KEY = 200


class KeyReusedError(DomainError):
    """The same key came with another request."""

    code = "idempotency_key_reused"


def idempotent(handler: Handler) -> Handler:
    """Let a POST of an API view be sent again without being done again.

    The answer is written in the transaction of the deed: after a crash there is
    either both or neither. A second request that comes meanwhile waits at the
    unique row, then gets the first one's answer. A refusal is not remembered.
    """

    @extend_schema(parameters=[IDEMPOTENCY_KEY])
    @wraps(handler)
    def once(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return handler(self, request, *args, **kwargs)
        if len(key) > LONGEST_KEY or not key.isprintable():
            raise ValidationError(
                f"Idempotency-Key must be at most {LONGEST_KEY} printable characters."
            )
        print_of = fingerprint(request)
        try:
            with transaction.atomic():
                kept = remember(request, key, print_of)
                response = handler(self, request, *args, **kwargs)
                keep(kept, response)
                return response
        except IntegrityError:
            earlier = remembered(request, key)
            if earlier is None:
                raise
            return replayed(earlier, print_of)

    return once


def fingerprint(request: Request) -> str:
    """Return a digest of method, address and body."""
    data = request.data
    body = dict(data.lists()) if isinstance(data, QueryDict) else data
    text = json.dumps(
        [request.method, request.get_full_path(), body], default=told, sort_keys=True
    )
    return hashlib.sha256(text.encode()).hexdigest()


def told(value: object) -> object:
    """Return what stands for a value JSON does not know: a file by name and size."""
    return [value.name, value.size] if isinstance(value, UploadedFile) else str(value)


def remember(request: Request, key: str, print_of: str) -> RememberedAnswer:
    """Reserve the key, once for each person; old ones make room."""
    own = RememberedAnswer.objects.filter(user=person_of(request))
    own.filter(created_at__lt=timezone.now() - ANSWERS_KEPT).delete()
    return RememberedAnswer.objects.create(
        user=person_of(request), key=key, fingerprint=print_of
    )


def person_of(request: Request) -> User:
    assert isinstance(request.user, User)
    return request.user


def keep(kept: RememberedAnswer, response: Response) -> None:
    kept.status = response.status_code
    kept.body = json.loads(JSONRenderer().render(response.data) or "null")
    kept.location = response.headers.get("Location", "")
    kept.save()


def remembered(request: Request, key: str) -> RememberedAnswer | None:
    return RememberedAnswer.objects.filter(user=person_of(request), key=key).first()


def replayed(earlier: RememberedAnswer, print_of: str) -> Response:
    """Return the answer of the first request, if this is the same request."""
    if earlier.fingerprint != print_of:
        raise KeyReusedError("This Idempotency-Key was used for another request.")
    headers = {"Idempotent-Replayed": "true"}
    if earlier.location:
        headers["Location"] = earlier.location
    return Response(earlier.body, status=earlier.status, headers=headers)
