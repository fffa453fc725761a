"""Addresses of the entrance; allauth looks its pages up by these names."""

from __future__ import annotations

from allauth.account import views as accounts
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as apps
from allauth.mfa.webauthn import views as keys
from allauth.socialaccount import views as others
from allauth.socialaccount.providers.openid_connect import views as sso
from django.urls import path, re_path
from django.views.decorators.http import require_http_methods

#: allauth's views would take PUT for POST.
page = require_http_methods(["GET", "HEAD", "POST"])

FACTORS = "account/second-factor/"
urlpatterns = [
    path("account/login/", page(accounts.login), name="account_login"),
    path("account/sign-up/", page(accounts.signup), name="account_signup"),
    path("account/inactive/", page(accounts.account_inactive), name="account_inactive"),
    path(
        "account/confirm/",
        page(accounts.reauthenticate),
        name="account_reauthenticate",
    ),
    path(
        "account/e-mail/",
        page(accounts.email_verification_sent),
        name="account_email_verification_sent",
    ),
    path(
        "account/e-mail/<str:key>/",
        page(accounts.confirm_email),
        name="account_confirm_email",
    ),
    path(
        "account/forgotten/",
        page(accounts.password_reset),
        name="account_reset_password",
    ),
    path(
        "account/forgotten/sent/",
        page(accounts.password_reset_done),
        name="account_reset_password_done",
    ),
    path(
        "account/forgotten/done/",
        page(accounts.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    re_path(  # a letter's link is made by putting its words for UID-KEY
        r"^account/forgotten/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        page(accounts.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(FACTORS, page(factors.index), name="mfa_index"),
    path(f"{FACTORS}ask/", page(factors.authenticate), name="mfa_authenticate"),
    path(f"{FACTORS}confirm/", page(factors.reauthenticate), name="mfa_reauthenticate"),
    path(f"{FACTORS}app/", page(apps.activate_totp), name="mfa_activate_totp"),
    path(
        f"{FACTORS}app/remove/", page(apps.deactivate_totp), name="mfa_deactivate_totp"
    ),
    path(
        f"{FACTORS}codes/",
        page(codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        f"{FACTORS}codes/new/",
        page(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        f"{FACTORS}codes/file/",
        page(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path(f"{FACTORS}keys/", page(keys.list_webauthn), name="mfa_list_webauthn"),
    path(f"{FACTORS}keys/add/", page(keys.add_webauthn), name="mfa_add_webauthn"),
    path(
        f"{FACTORS}keys/confirm/",
        page(keys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        f"{FACTORS}keys/<int:pk>/name/",
        page(keys.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
    path(
        f"{FACTORS}keys/<int:pk>/remove/",
        page(keys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path("account/login/key/", page(keys.login_webauthn), name="mfa_login_webauthn"),
    path(
        "account/oidc/<slug:provider_id>/login/",
        page(sso.login),
        name="openid_connect_login",
    ),
    path(
        "account/oidc/<slug:provider_id>/login/callback/",
        page(sso.callback),
        name="openid_connect_callback",
    ),
    path("account/sso/", page(others.connections), name="socialaccount_connections"),
    path("account/sso/sign-up/", page(others.signup), name="socialaccount_signup"),
    path(
        "account/sso/cancelled/",
        page(others.login_cancelled),
        name="socialaccount_login_cancelled",
    ),
]
