"""How people come in: what allauth asks this site about accounts and second factors."""

from __future__ import annotations

import base64
import logging
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthProcess
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from projects import services, sign_ins
from projects.mail import send_letter, written

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin
    from django.contrib.auth.models import AbstractUser
    from django.http import HttpRequest

    from projects.models import User

logger = logging.getLogger(__name__)


#: Letters in the words of this site; allauth has its own for all others.
LETTERS = {
    "account/email/email_confirmation": (
        _("Prove your address"),
        "letters/prove_address.txt",
    ),
    "account/email/password_reset_key": (
        _("A new password"),
        "letters/new_password.txt",
    ),
}


class Entrance(DefaultAccountAdapter):
    """Accounts are made by invitation or single sign-on; workers send the letters."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account without an invitation."""
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Let somebody in, by whatever proof, and note from now on when they come."""
        super().login(request, user)
        sign_ins.begin(request)

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        """Hand the letter to a worker; whoever asked does not wait for the server.

        It speaks the language of the account: somebody else may have asked.
        """
        site = self.request.get_host()
        whole = {
            "request": self.request,
            "email": email,
            "current_site": {"name": "DataMine", "domain": site},
            **context,
        }
        chosen = getattr(context.get("user"), "language", "")
        with translation.override(chosen or translation.get_language()):
            if template_prefix in LETTERS:
                subject, template = LETTERS[template_prefix]
                named = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}"
                send_letter(email, subject=named, body=written(template, whole))
                return
            made = self.render_mail(template_prefix, email, whole)
            send_letter(email, subject=made.subject, body=made.body)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell people what happened to their account, at addresses they have proved."""
        proved = EmailAddress.objects.filter(user=user, verified=True)
        if email or proved.exists():
            super().send_notification_mail(template_prefix, user, context, email)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave the counting of wrong passwords to axes, by name and address."""


def name_tried(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """Return under which name somebody tries; capitals make no other one of it."""
    given = credentials or {}
    name = given.get("username") or given.get("email")
    name = name or request.POST.get("login") or request.POST.get("username")
    return name.lower() if name else None


class SingleSignOn(DefaultSocialAccountAdapter):
    """Whom the organisation's identity provider knows."""

    def is_open_for_signup(
        self, request: HttpRequest, sociallogin: SocialLogin
    ) -> bool:
        """Make accounts, unless the operator wants only people who have one."""
        return bool(settings.SOCIALACCOUNT_SIGN_UP)

    def authenticate_by_email(
        self, sociallogin: SocialLogin
    ) -> tuple[AbstractUser, str] | None:
        """Find the account with this address; if unproved, close every other way in.

        Somebody else may have made it. Password and sessions are ended by allauth.
        """
        found = super().authenticate_by_email(sociallogin)
        if found and sociallogin.state.get("process") != AuthProcess.CONNECT:
            user, email = found
            rows = EmailAddress.objects.filter(user=user, email=email.lower())
            if not rows.filter(verified=True).exists():
                services.end_ways_in(user)
        return found

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        names = data.get("name") or f"{user.first_name} {user.last_name}"
        user.full_name, user.first_name, user.last_name = names.strip()[:200], "", ""
        return user


class SecondFactors(DefaultMFAAdapter):
    """Secrets of authenticator apps and recovery codes are kept encrypted."""

    def encrypt(self, text: str) -> str:
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret, or one that nobody knows where the key has changed.

        Then no code is right: staff remove the second factor in the administration.
        """
        try:
            return cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.warning("A second factor was encrypted with another key.")
            return base64.b32encode(secrets.token_bytes(20)).decode()


def cipher() -> MultiFernet:
    """Encrypt with the present key; what an earlier one encrypted can be read, too."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [sha256(b"second factors" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in digests])
