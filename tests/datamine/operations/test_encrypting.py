"""A changed secret key: second factors outlive the key that encrypted them."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt, encrypt
from django.core.management import call_command

from datamine.operations.encrypting import encrypt_anew

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXP"
NEW_KEY = "k" * 50


@pytest.fixture
def factors(owner, member):
    """An app and both kinds of recovery codes, and which codes there are."""
    TOTP.activate(owner, SECRET)
    codes = RecoveryCodes.activate(owner)
    codes._mark_code_used(0)
    Authenticator.objects.create(
        user=member,
        type="recovery_codes",
        data={"migrated_codes": [encrypt("one"), encrypt("two")]},
    )
    return codes.get_unused_codes()


def change_key(settings, *, fallback: bool) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if fallback else []
    settings.SECRET_KEY = NEW_KEY


def test_second_factors_outlive_the_fallback(factors, owner, member, settings, capsys):
    change_key(settings, fallback=True)

    call_command("encrypt_anew")
    call_command("encrypt_anew")
    settings.SECRET_KEY_FALLBACKS = []

    app = Authenticator.objects.get(type="totp")
    mine, migrated = (
        Authenticator.objects.get(user=user, type="recovery_codes").wrap()
        for user in (owner, member)
    )
    assert decrypt(app.data["secret"]) == SECRET
    assert mine.get_unused_codes() == factors
    assert migrated.get_unused_codes() == ["one", "two"]
    said = "3 second factors encrypted with the present key, 0 refused.\n"
    assert capsys.readouterr().out == said * 2


def test_what_no_key_reads_stays_and_is_named(factors, settings, capsys):
    before = list(Authenticator.objects.order_by("pk").values("data"))
    change_key(settings, fallback=False)

    with pytest.raises(SystemExit):
        call_command("encrypt_anew")

    assert list(Authenticator.objects.order_by("pk").values("data")) == before
    *named, last = capsys.readouterr().out.splitlines()
    assert named == [
        f"{whose}: None of the keys has encrypted it."
        for whose in ("owner, totp", "owner, recovery_codes", "member, recovery_codes")
    ]
    assert last == "0 second factors encrypted with the present key, 3 refused."


def test_key_without_an_app_is_left_alone(owner):
    Authenticator.objects.create(user=owner, type="webauthn", data={"name": "key"})

    done = encrypt_anew()

    assert (done.anew, done.refused) == (0, [])
    assert Authenticator.objects.get().data == {"name": "key"}
