"""Who calls the API: the bearer of a token, which may narrow what its owner may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox import auth
from rest_framework.exceptions import AuthenticationFailed

if TYPE_CHECKING:
    from projects.models import ApiToken, User


class TokenAuthentication(auth.TokenAuthentication):
    """Knox's, with the token's scope handed to `projects.permissions.can`."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        try:
            token.decode("ascii")
        except UnicodeDecodeError as problem:
            raise AuthenticationFailed("Invalid token.") from problem
        user, found = super().authenticate_credentials(token)
        user.token_scope = found.scope
        return user, found


class TokenScheme(KnoxTokenScheme):
    """How the OpenAPI document describes it."""

    target_class = "projects.api.authentication.TokenAuthentication"
    name = "token"
