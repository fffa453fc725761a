"""How DataMine stands on servers, as far as that can be told without any."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCUMENTED = set(
    re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.M)
)


@pytest.mark.parametrize("name", ["migrate", "web", "worker"])
def test_services_get_only_settings_there_are(name):
    given = set(COMPOSE["services"][name]["environment"])

    assert given >= {"DATABASE_URL", "DATAMINE_SECRET_KEY", "DATAMINE_ARTIFACT_KEY"}
    assert given - DOCUMENTED == set()


def test_services_wait_for_services_there_are():
    services = COMPOSE["services"]

    awaited = {name for one in services.values() for name in one.get("depends_on", ())}

    assert awaited == {"database", "migrate"}
    assert awaited <= set(services)


def test_image_takes_no_secret_and_runs_as_nobody_special():
    ignored = (ROOT / ".dockerignore").read_text().split()
    users = re.findall(r"^USER (\w+)", (ROOT / "Dockerfile").read_text(), re.M)

    assert {".env", "var", ".git"} <= set(ignored)
    assert users == ["datamine"]
