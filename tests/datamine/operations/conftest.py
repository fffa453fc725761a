"""A site with something to lose, and empty places to restore it in."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[3]


class Place:
    """An installation of its own: a folder, a database, keys; commands run in it."""

    def __init__(self, home: Path, database: str = "") -> None:
        self.home = home
        self.environment = {
            **os.environ,
            "DATAMINE_HOME": str(home),
            "DATABASE_URL": database or f"sqlite:///{home / 'datamine.sqlite3'}",
            "DATAMINE_ARTIFACT_KEY": "another-key-" + "b" * 50,
        }

    def manage(self, *words: str, code: int = 0) -> str:
        """Run a command; return all it said."""
        ended = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == code, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr


@pytest.fixture
def place(tmp_path):
    """An empty place on SQLite."""
    return Place(tmp_path / "place")


@pytest.fixture
def other_engine(tmp_path):
    """An empty place on PostgreSQL, where the tests have a server."""
    if connection.vendor != "postgresql":
        pytest.skip("tests run on SQLite; those on PostgreSQL go both ways")
    name = f"restored_{uuid.uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield Place(
        tmp_path / "other",
        os.environ["DATABASE_URL"].replace("/postgres?", f"/{name}?"),
    )
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def in_service(transactional_db, project, owner, settings, tmp_path):
    """A model in service: a dataset, a session and an artefact stand behind it."""
    settings.MEDIA_ROOT = tmp_path / "files"
    from tests.factories.registry import (  # noqa: PLC0415 -- app ready
        flowers_in_service,
    )

    return flowers_in_service(project, owner)
