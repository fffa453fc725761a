"""What the environment says: every setting an operator can make, read in one place.

`.env.example` documents each name; a test holds the two together.
"""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
#: Whether this process works behind the pages: `manage.py worker` or its child.
IN_BACKGROUND = sys.argv[1:2] in (["worker"], ["child"])

reader = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


@dataclass(frozen=True)
class Limits:
    """How much one team may ask of the machine."""

    upload_bytes: int
    columns: int
    import_memory_mb: int
    import_seconds: int
    training_memory_mb: int
    training_seconds: int
    inputs_bytes: int
    predict_rows: int
    trash_days: int
    project_bytes: int
    project_datasets: int
    calls_per_token: int
    calls_per_address: int


HOME = Path(reader("DATAMINE_HOME", default=str(BASE_DIR / "var"))).resolve()
SCRATCH = HOME / "scratch"
SCRATCH.mkdir(parents=True, exist_ok=True, mode=0o700)
DEBUG = reader.bool("DATAMINE_DEBUG", default=False)
HTTPS = reader.bool("DATAMINE_HTTPS", default=False)
ALLOWED_HOSTS = reader.list(
    "DATAMINE_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"]
)
TRUSTED_ORIGINS = reader.list("DATAMINE_TRUSTED_ORIGINS", default=[])
PROXIES = reader.int("DATAMINE_PROXIES", default=0)
PORT = reader.int("PORT", default=8000)
DEMO_PASSWORD = reader("DATAMINE_DEMO_PASSWORD", default="")
DATABASE = reader.db_url(
    "DATABASE_URL", default=f"sqlite:///{HOME / 'datamine.sqlite3'}"
)
S3_BUCKET = reader("DATAMINE_S3_BUCKET", default="")
S3_ENDPOINT = reader("DATAMINE_S3_ENDPOINT", default="") or None
S3_REGION = reader("DATAMINE_S3_REGION", default="") or None
S3_PREFIX = reader("DATAMINE_S3_PREFIX", default="")
SEARCH_CLUSTER = reader("DATAMINE_SEARCH_CLUSTER", default="")
ENGINE = reader("DATAMINE_ENGINE", default="polars")
WEB_WORKERS = reader.int("DATAMINE_WEB_WORKERS", default=1)
WEB_THREADS = reader.int("DATAMINE_WEB_THREADS", default=8)
TRAIN_WORKERS = reader.int("DATAMINE_TRAIN_WORKERS", default=1)
FAST_WORKERS = reader.int("DATAMINE_FAST_WORKERS", default=1)
TRAIN_THREADS = reader.int(
    "DATAMINE_TRAIN_THREADS",
    default=max(1, (os.cpu_count() or 1) // max(TRAIN_WORKERS, 1)),
)
LEASE_SECONDS = reader.int("DATAMINE_LEASE_SECONDS", default=20)
TOKEN_DAYS = reader.int("DATAMINE_TOKEN_DAYS", default=90)
LOG_FORMAT = reader("DATAMINE_LOG_FORMAT", default="line")
WEBHOOK_HOSTS = reader.list("DATAMINE_WEBHOOK_HOSTS", default=[])
WEBHOOK_PRIVATE = reader.bool("DATAMINE_WEBHOOK_PRIVATE", default=False)
#: Where letters go; without a mail server they are files for whoever runs the site.
MAIL = reader.email_url("DATAMINE_MAIL_URL", default=f"filemail:///{HOME / 'mail'}")
MAIL_FROM = reader("DATAMINE_MAIL_FROM", default="DataMine <datamine@localhost>")
OIDC_ISSUER = reader("DATAMINE_OIDC_ISSUER", default="").rstrip("/")
OIDC_CLIENT = reader("DATAMINE_OIDC_CLIENT", default="")
OIDC_SECRET = reader("DATAMINE_OIDC_SECRET", default="")
OIDC_NAME = reader("DATAMINE_OIDC_NAME", default="Log in with single sign-on")
OIDC_SIGN_UP = reader.bool("DATAMINE_OIDC_SIGN_UP", default=True)
#: For links in letters that no request asked for.
ADDRESS = reader("DATAMINE_ADDRESS", default=f"http://localhost:{PORT}").rstrip("/")
LOG_LEVEL = reader("DATAMINE_LOG_LEVEL", default="INFO")
LIMITS = Limits(
    upload_bytes=reader.int("DATAMINE_UPLOAD_MB", default=2048) * 1024**2,
    columns=reader.int("DATAMINE_MAX_COLUMNS", default=10_000),
    import_memory_mb=reader.int("DATAMINE_IMPORT_MEMORY_MB", default=2048),
    import_seconds=reader.int("DATAMINE_IMPORT_SECONDS", default=3600),
    training_memory_mb=reader.int("DATAMINE_TRAINING_MEMORY_MB", default=4096),
    training_seconds=reader.int("DATAMINE_TRAINING_SECONDS", default=6 * 3600),
    inputs_bytes=reader.int("DATAMINE_INPUTS_MB", default=2048) * 1024**2,
    predict_rows=reader.int("DATAMINE_PREDICT_ROWS", default=10_000),
    trash_days=reader.int("DATAMINE_TRASH_DAYS", default=30),
    project_bytes=reader.int("DATAMINE_PROJECT_MB", default=0) * 1024**2,
    project_datasets=reader.int("DATAMINE_PROJECT_DATASETS", default=0),
    calls_per_token=reader.int("DATAMINE_CALLS_PER_TOKEN", default=60_000),
    calls_per_address=reader.int("DATAMINE_CALLS_PER_ADDRESS", default=120_000),
)


def secret(name: str, file_name: str) -> str:
    """Return a secret of the environment, or one made once and kept in `HOME`.

    The file is readable by its owner only. Several hosts need the same secret, so
    they must set it in the environment: a key is never made beside a database
    that is not the local one.
    """
    given = reader(name, default="")
    if given:
        return given
    path = HOME / file_name
    if not path.exists():
        if DATABASE["ENGINE"] != "django.db.backends.sqlite3":
            raise ImproperlyConfigured(f"Set {name}: a long random text.")
        # Linked into place whole: two processes that start at once agree on one key.
        fresh = path.with_name(f".{file_name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()


SECRET_KEY = secret("DATAMINE_SECRET_KEY", "secret-key")
SECRET_KEY_FALLBACKS = reader.list("DATAMINE_SECRET_KEY_FALLBACKS", default=[])
ARTIFACT_KEY = secret("DATAMINE_ARTIFACT_KEY", "artifact-key")
