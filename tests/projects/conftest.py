from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rest_framework.test import APIClient


@pytest.fixture
def api() -> Callable[..., APIClient]:
    """Make a client of the API that bears a token of `user`."""
    from rest_framework.test import APIClient  # noqa: PLC0415 -- app ready

    from projects import services  # noqa: PLC0415 -- app ready

    def bearer(user, scope="admin") -> APIClient:
        _, secret = services.create_token(user, name="test", scope=scope, days=1)
        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return bearer
