"""Django's settings; what an operator may change is read in `datamine.env`."""

from datetime import timedelta

from csp.constants import NONE, SELF
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy

from datamine import env

BASE_DIR = env.BASE_DIR
SECRET_KEY = env.SECRET_KEY
ARTIFACT_KEY = env.ARTIFACT_KEY  # signs models; `datamine.env` says where it is kept
DEBUG = env.DEBUG
ALLOWED_HOSTS = env.ALLOWED_HOSTS
CSRF_TRUSTED_ORIGINS = env.TRUSTED_ORIGINS

#: Ways in: password, second factor, key, identity provider.
ENTRANCE = (
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
)
INSTALLED_APPS = [
    "datamine.apps.SiteConfig",
    "projects.apps.ProjectsConfig",
    "datasets.apps.DatasetsConfig",
    "experiments.apps.ExperimentsConfig",
    "registry.apps.RegistryConfig",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_standardized_errors",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "django_q",
    "knox",
    "csp",
    "axes",
    *ENTRANCE,
]
# Workers and their children show no pages: half the memory, half the time to start.
ONLY_FOR_PAGES = {
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_standardized_errors",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "csp",
    "axes",
    *ENTRANCE,
}
if env.IN_BACKGROUND:
    INSTALLED_APPS = [app for app in INSTALLED_APPS if app not in ONLY_FOR_PAGES]

MIDDLEWARE = [
    "datamine.middleware.RequestNameMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "datamine.middleware.PolicyMiddleware",
    "datamine.middleware.AdminPolicyMiddleware",
    "datamine.api.throttling.ApiRateMiddleware",
    "datamine.middleware.RequestLimitMiddleware",
    "datamine.middleware.StorageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "datamine.middleware.SeenMiddleware",
    "datamine.middleware.LanguageMiddleware",
    "datamine.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "datamine.middleware.FormOnlyMiddleware",
]

ROOT_URLCONF = "datamine.urls"
WSGI_APPLICATION = "datamine.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "datamine.context.site",
            ],
        },
    }
]

# Database. SQLite takes its write lock at BEGIN: deferred transactions would fail
# with "database is locked" as soon as two of them turn from reading to writing.

DATABASES = {"default": env.DATABASE}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("CONN_MAX_AGE", 600)
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        # Those who wait for the lock are not served in turn: some wait for long.
        "timeout": 60,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Files: a folder, or S3.

LIMITS = env.LIMITS
SEARCH_CLUSTER = env.SEARCH_CLUSTER
ENGINE = env.ENGINE
MEDIA_ROOT = env.HOME / "files"
FILE_STORE = (
    {
        "BACKEND": "datamine.objects.ObjectStorage",
        "OPTIONS": {
            "bucket_name": env.S3_BUCKET,
            "endpoint_url": env.S3_ENDPOINT,
            "region_name": env.S3_REGION,
            "location": env.S3_PREFIX,
            "file_overwrite": True,
            "querystring_expire": 300,
            "max_memory_size": 8 * 1024**2,  # of one open object; the rest lies on disk
        },
    }
    if env.S3_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"}
)
STORAGES = {
    "default": FILE_STORE,
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
SCRATCH_DIR = env.SCRATCH
INPUTS_DIR = env.HOME / "inputs"
STATIC_URL = "static/"
STATIC_ROOT = env.HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
FILE_UPLOAD_TEMP_DIR = SCRATCH_DIR
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = ["datasets.uploads.LimitedUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024**2
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_NUMBER_FILES = 310  # of light curves, each an open file meanwhile

# People

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

# What is remembered for minutes, tries and codes used, holds for all processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "remembered",
    }
}

# Letters

EMAIL_BACKEND = env.MAIL["EMAIL_BACKEND"]
EMAIL_HOST = env.MAIL["EMAIL_HOST"]
EMAIL_PORT = env.MAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER = env.MAIL["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = env.MAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = env.MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.MAIL.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = env.MAIL["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.MAIL_FROM
SITE_ADDRESS = env.ADDRESS

# The wire

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = env.HTTPS
CSRF_COOKIE_SECURE = env.HTTPS
CSRF_FAILURE_VIEW = "datamine.errors.csrf_failure"
SECURE_SSL_REDIRECT = env.HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if env.HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.HTTPS
SECURE_HSTS_PRELOAD = env.HTTPS
if env.PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# The admin's widgets evaluate expressions; its policy is its own, not the site's.
ADMIN_CONTENT_SECURITY_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "script-src": [SELF, "'unsafe-eval'"],
    "style-src": [SELF, "'unsafe-inline'"],
}

# The one way out; without hosts there is none.

WEBHOOK_HOSTS = [host.lower() for host in env.WEBHOOK_HOSTS]
WEBHOOK_PRIVATE = env.WEBHOOK_PRIVATE

# The administration

UNFOLD = {
    "SITE_TITLE": gettext_lazy("DataMine administration"),
    "SITE_HEADER": "DataMine",
    "SITE_SUBHEADER": gettext_lazy("Administration"),
    "SITE_URL": "/",
    "SITE_SYMBOL": "bar_chart",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": "/favicon.ico"}
    ],
    "DASHBOARD_CALLBACK": "datamine.dashboard.add_dashboard",
    "SIDEBAR": {"show_search": True, "show_all_applications": True},
    "COLORS": {
        "primary": {
            "50": "#eff5fd", "100": "#dbe8fa", "200": "#bcd4f5", "300": "#8fb8ee",
            "400": "#5b94e2", "500": "#3576d2", "600": "#1f5fbf", "700": "#1b4e9b",
            "800": "#1b437f", "900": "#1b3a6a", "950": "#142546",
        }
    },
}  # fmt: skip

# The API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "projects.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["projects.api.permissions.ScopeAllows"],
    "DEFAULT_SCHEMA_CLASS": "datamine.api.schema.Schema",
    "DEFAULT_PAGINATION_CLASS": "datamine.api.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["datamine.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "datamine.api.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_THROTTLE_RATES": {"login": "60/min"},
    "EXCEPTION_HANDLER": "datamine.errors.handle_exception",
    "NUM_PROXIES": env.PROXIES,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "COERCE_DECIMAL_TO_STRING": False,
}
KNOX_TOKEN_MODEL = "projects.ApiToken"  # noqa: S105 -- the name of a model
# Its own table would stay empty, and stop PostgreSQL from truncating in tests.
MIGRATION_MODULES = {"knox": None}
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Bearer",
    "TOKEN_PREFIX": "dm_",
    "TOKEN_TTL": timedelta(days=env.TOKEN_DAYS),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "DataMine",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Tables, experiments and models of a team.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "Role": "projects.choices.Role",
        "ProjectStatus": "projects.choices.ProjectStatus",
        "ProcessingStatus": "datasets.choices.ProcessingStatus",
        "SessionStatus": "experiments.choices.SessionStatus",
        "BundleStatus": "datamine.choices.BundleStatus",
    },
}

# Background work: the queue only rings; what is to be done stands in the rows.
# `retry` must exceed the longest run, or a task starts a second time beside the first.

Q_CLUSTER = {
    "name": "fast",
    "orm": "default",
    "workers": env.FAST_WORKERS,
    "timeout": env.LIMITS.import_seconds + 60,
    "retry": env.LIMITS.import_seconds + 120,
    "queue_limit": 1,
    "poll": 0.1,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": 200,
    "catch_up": False,
    "label": "Queue",
    "broker_class": "datamine.work.broker.GatedBroker",
    "ALT_CLUSTERS": {
        "train": {
            "workers": env.TRAIN_WORKERS,
            "timeout": env.LIMITS.training_seconds + 60,
            "retry": env.LIMITS.training_seconds + 120,
        }
    },
}

# Words, times

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
# A number that a template writes as it is goes into attributes and drawings; numbers
# for people pass the filters of `display`.
FORMAT_MODULE_PATH = ["datamine.formats"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "datamine.logs.Context"}},
    "formatters": {
        "line": {
            "()": "datamine.logs.Line",
            "fmt": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "{asctime}{levelname}{name}{message}{request}{job}",
            "style": "{",
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.LOG_FORMAT,
            "filters": ["context"],
        }
    },
    "root": {"handlers": ["console"], "level": env.LOG_LEVEL},
}
