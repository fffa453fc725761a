"""The environment and settings that tests run under, whatever the machine says."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from datamine import catalogues
from tests import postgres

FIXED = {
    "DJANGO_SETTINGS_MODULE": "datamine.settings",
    "DATAMINE_SECRET_KEY": "only-for-tests-" + "s" * 50,
    "DATAMINE_ARTIFACT_KEY": "only-for-tests-" + "a" * 50,
    "DATAMINE_DEBUG": "0",
    "DATAMINE_HTTPS": "0",
    "DATAMINE_S3_BUCKET": "",
    "DATAMINE_ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "DATAMINE_LOG_LEVEL": "WARNING",
}


def prepare() -> None:
    """Give this process a home folder of its own and the database asked for."""
    catalogues.compile_all()
    home = Path(tempfile.mkdtemp(prefix="datamine-test-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    (home / "static").mkdir()  # WhiteNoise warns where it is missing
    os.environ.update(FIXED, DATAMINE_HOME=str(home))
    if os.environ.get("DATAMINE_TEST_DATABASE") != "postgres":
        os.environ["DATABASE_URL"] = f"sqlite:///{home / 'datamine.sqlite3'}"
    elif "PYTEST_XDIST_WORKER" not in os.environ:  # workers share the first's server
        os.environ["DATABASE_URL"] = postgres.start_for_this_process()


def adjust_settings() -> None:
    """Change what would make tests slow or depend on a build."""
    from django.conf import settings  # noqa: PLC0415 -- app ready

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    settings.AXES_ENABLED = False
    default = settings.DATABASES["default"]
    if "sqlite" in default["ENGINE"]:
        # A file, so that child processes and threads see what the tests see.
        default["TEST"] = {"NAME": str(Path(os.environ["DATAMINE_HOME"], "test.db"))}


def leave_to_workers() -> None:
    """Let each test process read the settings after its own `prepare`.

    With the module's name in its environment pytest-django would read them before,
    and all processes would share the first one's folder.
    """
    del os.environ["DJANGO_SETTINGS_MODULE"]


def environment_of_children() -> dict[str, str]:
    """Return what a child process needs to work on this test's own database."""
    from django.db import connection  # noqa: PLC0415 -- app ready

    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return {**os.environ, "DATABASE_URL": f"sqlite:///{name}"}
    url = os.environ["DATABASE_URL"].replace("/postgres?", f"/{name}?")
    return {**os.environ, "DATABASE_URL": url}
