"""How the API answers, and how it is told of."""

from datetime import timedelta

from datamine import env

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
