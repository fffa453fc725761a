"""Log-in for programs, and the person who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import (
    AuthenticationFailed,
    PermissionDenied,
    Throttled,
)
from rest_framework.generics import RetrieveUpdateAPIView
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from projects import addresses, services
from projects.api.serializers import (
    LoginAnswerSerializer,
    LoginSerializer,
    MeSerializer,
)
from projects.choices import Scope

if TYPE_CHECKING:
    from rest_framework.request import Request

    from projects.models import User


class LoginView(APIView):
    """Make a token out of user name and password."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "login"

    def get_authenticate_header(self, request: Request) -> str:
        """Return what makes a wrong password a 401 here too."""
        return "Bearer"

    @extend_schema(request=LoginSerializer, responses=LoginAnswerSerializer)
    def post(self, request: Request) -> Response:
        given = LoginSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        user = who_is(request, values["username"], values["password"])
        require_second_factor(user, values.get("code", ""))
        token, secret = services.create_token(
            user,
            name=values["name"],
            scope=values["scope"],
            days=settings.REST_KNOX["TOKEN_TTL"].days,
        )
        answer = {
            "token": secret,
            "expiry": token.expiry,
            "scope": token.scope,
            "user": user,
        }
        return Response(LoginAnswerSerializer(answer).data)


def who_is(request: Request, username: str, password: str) -> User:
    """Return the person, or refuse; too many wrong tries are answered 429."""
    user = authenticate(request._request, username=username, password=password)
    if getattr(request._request, "axes_locked_out", False):
        request._request.axes_locked_out = False  # answered here, in JSON
        raise Throttled(settings.AXES_COOLOFF_TIME.total_seconds())
    if user is None:
        raise AuthenticationFailed("The user name or the password is wrong.")
    return user


def require_second_factor(user: User, code: str) -> None:
    """Refuse a person with a second factor whose code is missing or wrong."""
    if not is_mfa_enabled(user):
        return
    if not code:
        raise AuthenticationFailed(
            "This account has a second factor: send its code too, as `code`. Without "
            "an app or recovery codes, make a token on the account page.",
            "second_factor_required",
        )
    form = AuthenticateForm(user=user, data={"code": code})
    if not form.is_valid():
        reason = form.errors.as_data()["code"][0]
        if reason.code == "too_many_login_attempts":
            raise Throttled(settings.AXES_COOLOFF_TIME.total_seconds())
        raise AuthenticationFailed("The code is wrong.", "second_factor_wrong")
    form.authenticator.record_usage()


class LogoutView(APIView):
    """End the token this request was made with."""

    reads = True  # a token of any scope may end itself

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        if request.auth is not None:
            services.end_token(request.auth)
        return Response(status=status.HTTP_204_NO_CONTENT)


class LogoutAllView(APIView):
    """End every token of the person who asks."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        services.end_tokens(request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(RetrieveUpdateAPIView):
    """The profile of the person who asks; `email` takes a token of scope `admin`."""

    http_method_names = ["get", "patch", "head", "options"]
    serializer_class = MeSerializer

    def get_object(self) -> User:
        return self.request.user

    def perform_update(self, serializer: MeSerializer) -> None:
        email = serializer.validated_data.get("email")
        if email is not None and email != self.request.user.email.lower():
            require_admin_token(self.request)
        serializer.instance = services.update_profile(
            self.request.user, **serializer.validated_data
        )
        addresses.follow(serializer.instance)


def require_admin_token(request: Request) -> None:
    """Refuse what opens the account: links for a new password go to the address.

    A session is refused too; the profile page asks again who it is.
    """
    if request.auth is None or request.auth.scope != Scope.ADMIN:
        raise PermissionDenied(
            "Only a token of scope admin changes the e-mail address; or change it on "
            "the profile page."
        )
