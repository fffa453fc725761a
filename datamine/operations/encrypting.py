"""Another secret key: second factors that an earlier one encrypted are its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.db import transaction

from projects.entrance import cipher

#: What of an authenticator is kept encrypted: one text each, or a list of them.
ENCRYPTED = ("secret", "seed", "migrated_codes")


@dataclass
class Encrypted:
    """How many second factors were encrypted anew, and whose no key could read."""

    anew: int = 0
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def encrypt_anew() -> Encrypted:
    """Encrypt apps and recovery codes with the present key, so that others may go.

    Whichever of the site's keys encrypted them, doing it again harms nothing. What none
    of them can read stays as it is.
    """
    done = Encrypted()
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    # Somebody may use up a recovery code meanwhile: that is written to the same field.
    rows = Authenticator.objects.filter(type__in=kinds).select_for_update(of=("self",))
    for row in rows.select_related("user").order_by("pk"):
        try:
            row.data |= {
                name: rotated(row.data[name]) for name in ENCRYPTED if name in row.data
            }
        except InvalidToken:
            done.refused.append(f"{row.user.get_username()}, {row.type}")
            continue
        row.save(update_fields=["data"])
        done.anew += 1
    return done


def rotated(value: Any) -> Any:
    """Encrypt a text, or each of a list, with the first of the keys."""
    if isinstance(value, list):
        return [rotated(one) for one in value]
    return cipher().rotate(value.encode()).decode()
