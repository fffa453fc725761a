"""Where rows and files lie, and how many bytes are taken."""

from datamine import env
from datamine.env import BASE_DIR, DEBUG

# SQLite takes its write lock at BEGIN: deferred transactions would fail with
# "database is locked" as soon as two of them turn from reading to writing.
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

# What is remembered for minutes, tries and codes used, holds for all processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "remembered",
    }
}
