"""Who gets in, and how: passwords, second factors, an identity provider."""

from datetime import timedelta

from django.urls import reverse_lazy

from datamine import env

AUTH_USER_MODEL = "projects.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = reverse_lazy("account_login")

AXES_VERBOSE = False
# Guessing is slowed per name and address, never for a whole office behind one proxy.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=10)
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "projects.entrance.name_tried"
AXES_LOCKOUT_CALLABLE = "datamine.errors.locked_out"
AXES_IPWARE_PROXY_COUNT = env.PROXIES or None

ACCOUNT_ADAPTER = "projects.entrance.Entrance"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "projects.entry_forms.LogInForm",
    "reset_password_from_key": "projects.entry_forms.NewPasswordForm",
}
# Without a mail server nobody can prove an address, and everybody must get in.
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "DataMine: "
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_USER_DISPLAY = str
# Wrong passwords are axes' matter. What is counted by address here leaves room for a
# whole office behind one; what is counted by account, for a person with wet fingers.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "10/5m/key",
    "signup": "300/m/ip",
    "reset_password": "100/m/ip,5/m/key",
    "reset_password_from_key": "100/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.PROXIES
MFA_ADAPTER = "projects.entrance.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not env.HTTPS
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
MFA_TOTP_ISSUER = "DataMine"
MFA_TOTP_TOLERANCE = 1

# The issuer is trusted with addresses: whoever it names comes into that account.
SINGLE_SIGN_ON = env.OIDC_NAME if env.OIDC_ISSUER else ""
SOCIALACCOUNT_ADAPTER = "projects.entrance.SingleSignOn"
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_SIGN_UP = env.OIDC_SIGN_UP
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": env.OIDC_NAME,
                "client_id": env.OIDC_CLIENT,
                "secret": env.OIDC_SECRET,
                "settings": {"server_url": env.OIDC_ISSUER},
            }
        ]
        if env.OIDC_ISSUER
        else [],
    }
}
