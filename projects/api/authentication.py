"""Who calls the API: the bearer of a token, which may narrow what its owner may do."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from django.utils import timezone
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox import auth
from rest_framework.exceptions import AuthenticationFailed

from projects.memory import Memory

if TYPE_CHECKING:
    from projects.models import ApiToken, User


#: Whose a good token was a moment ago, by its digest.
good_tokens: Memory[bytes, tuple[User, ApiToken]] = Memory()


class TokenAuthentication(auth.TokenAuthentication):
    """Knox's, with the token's scope handed to `projects.permissions.can`.

    With `remembers`, for calls that only read and come many times a second, a good
    token is taken as good for half a second more; see `projects.memory`.
    """

    def __init__(self, *, remembers: bool = False) -> None:
        self.remembers = remembers

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        if not self.remembers:
            return self.look_up(token)
        digest = sha256(token).digest()
        return good_tokens.get(digest, lambda: self.look_up(token))

    def look_up(self, token: bytes) -> tuple[User, ApiToken]:
        """Return whose token it is, asking the database; raises if nobody's."""
        try:
            token.decode("ascii")
        except UnicodeDecodeError as problem:
            raise AuthenticationFailed("Invalid token.") from problem
        user, found = super().authenticate_credentials(token)
        user.token_scope = found.scope
        return user, found

    def _cleanup_token(self, auth_token: ApiToken) -> bool:
        """Whether a token has ended, which removes it.

        Knox looks at all the others of its owner, too, at every call; here they end
        when they are used, or when the next one is made.
        """
        has_ended = auth_token.expiry is not None and auth_token.expiry < timezone.now()
        if has_ended:
            auth_token.delete()
        return has_ended


class TokenScheme(KnoxTokenScheme):
    """How the OpenAPI document describes it."""

    target_class = "projects.api.authentication.TokenAuthentication"
    name = "token"
