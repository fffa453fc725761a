"""How DataMine stands on servers, as far as that can be told without any."""

import re
from pathlib import Path

import pytest
import yaml

from datamine.work.foreman import cluster_names

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCUMENTED = set(
    re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.M)
)


OURS = ["migrate", "web", "worker-fast", "worker-train"]


@pytest.mark.parametrize("name", OURS)
def test_services_get_only_settings_there_are(name):
    given = set(COMPOSE["services"][name]["environment"])

    assert given >= {"DATABASE_URL", "DATAMINE_SECRET_KEY", "DATAMINE_ARTIFACT_KEY"}
    assert given - DOCUMENTED == set()


def test_services_wait_for_services_there_are():
    services = COMPOSE["services"]

    awaited = {name for one in services.values() for name in one.get("depends_on", ())}

    assert awaited == {"database", "migrate", "web"}
    assert awaited <= set(services)


def test_every_queue_has_a_worker():
    commands = [one.get("command", "") for one in COMPOSE["services"].values()]

    for cluster in cluster_names():
        assert f"python manage.py worker --cluster {cluster}" in commands


@pytest.mark.parametrize("name", OURS)
def test_services_write_where_they_must_and_nowhere_else(name):
    service = COMPOSE["services"][name]

    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert (service["tmpfs"], service["volumes"]) == (["/tmp"], ["data:/data"])


def test_what_stays_up_has_a_limit_of_memory():
    lasting = set(COMPOSE["services"]) - {"migrate"}

    assert {
        name
        for name in lasting
        if COMPOSE["services"][name]["deploy"]["resources"]["limits"]["memory"]
    } == lasting


def test_only_the_proxy_is_reached_from_outside():
    open_ones = {name for name, one in COMPOSE["services"].items() if "ports" in one}

    assert open_ones == {"proxy"}
    assert COMPOSE["services"]["web"]["deploy"]["replicas"] == 2


def test_image_takes_no_secret_and_runs_as_nobody_special():
    ignored = (ROOT / ".dockerignore").read_text().split()
    users = re.findall(r"^USER (\w+)", (ROOT / "Dockerfile").read_text(), re.M)

    assert {".env", "var", ".git"} <= set(ignored)
    assert users == ["datamine"]
