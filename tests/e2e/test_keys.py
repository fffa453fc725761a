"""Passkeys and security keys, with an authenticator that the browser plays."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_corridor import inspect
from tests.program import PASSWORD

pytestmark = pytest.mark.timeout(300)


def plug_in(page: Page) -> None:
    """Give the browser an authenticator that says yes to everything."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def log_out(page: Page) -> None:
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/account/login/**")


def confirm(page: Page) -> None:
    """Say again who it is, where a page that matters asks."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def test_passkey_is_added_and_opens(signed_in, program):
    plug_in(signed_in)
    signed_in.goto(f"{program.url}/account/second-factor/")
    inspect(signed_in, "second-factor")
    signed_in.get_by_role("link", name="Add a key").click()
    inspect(signed_in, "confirm")
    confirm(signed_in)
    inspect(signed_in, "key-add")
    signed_in.get_by_label("Passwordless").check()
    signed_in.get_by_role("button", name="Add the key").click()
    expect(signed_in.locator("h1")).to_have_text("Recovery codes")
    inspect(signed_in, "recovery-codes")

    log_out(signed_in)
    inspect(signed_in, "login")
    signed_in.get_by_role("button", name="Use a passkey").click()
    signed_in.wait_for_url(f"{program.url}/")

    log_out(signed_in)
    signed_in.locator("[name=login]").fill("demo")
    signed_in.locator("[name=password]").fill(PASSWORD)
    signed_in.get_by_role("button", name="Log in").click()
    expect(signed_in.locator("h1")).to_have_text("Second factor")
    inspect(signed_in, "second-factor-asked")
    signed_in.get_by_role("button", name="Use a key instead").click()
    signed_in.wait_for_url(f"{program.url}/")

    signed_in.goto(f"{program.url}/account/second-factor/keys/")
    inspect(signed_in, "keys")
    signed_in.get_by_role("link", name="Remove Master key").click()
    confirm(signed_in)
    signed_in.get_by_role("button", name="Remove the key").click()
    expect(signed_in.locator("main")).to_contain_text("No keys yet")


def test_app_and_sign_ins_are_set_up_by_the_page(signed_in, program):
    signed_in.goto(f"{program.url}/account/sign-ins/")
    expect(signed_in.locator("main")).to_contain_text("this one")
    inspect(signed_in, "sign-ins")
    signed_in.goto(f"{program.url}/account/second-factor/app/")
    confirm(signed_in)
    expect(signed_in.get_by_alt_text("QR code of the secret below")).to_be_visible()
    inspect(signed_in, "app")
    signed_in.goto(f"{program.url}/account/")
    inspect(signed_in, "profile")
