"""E-mail addresses and whether people have proved that they read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.email_verification import (
    send_verification_email_to_address,
)
from allauth.account.models import EmailAddress
from django.db import transaction

if TYPE_CHECKING:
    from django.http import HttpRequest

    from projects.models import User


def is_proved(user: User) -> bool:
    """Whether the person's address is known to be theirs."""
    found = EmailAddress.objects.filter(user=user, email=user.email.lower())
    return bool(found.filter(verified=True).exists())


@transaction.atomic
def follow(user: User) -> EmailAddress:
    """Let what is known of addresses follow the one a person has now.

    One that was given up opens nothing any more: no sign-in, no new password. A new
    one is proved by nothing but the link in the letter of `ask_for_proof`.
    """
    email = user.email.lower()
    EmailAddress.objects.filter(user=user).exclude(email=email).delete()
    row, _ = EmailAddress.objects.get_or_create(
        user=user, email=email, defaults={"primary": True}
    )
    return row


def ask_for_proof(request: HttpRequest, user: User) -> bool:
    """Send a link that proves the address; False if one was sent a moment ago."""
    row = follow(user)
    return bool(send_verification_email_to_address(request, row))
