"""How DataMine stands on servers, as far as that can be told without any."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from datamine.work.foreman import cluster_names
from experiments.models import ARTIFACTS

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
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

    assert awaited == {"database", "s3", "migrate", "web"}
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
    assert service["tmpfs"] == ["/tmp"]
    assert [volume.partition(":")[0] for volume in service["volumes"]] == [
        "data",
        "uploads",
        "models",
    ]
    assert set(COMPOSE["volumes"]) >= {"data", "uploads", "models"}


def test_volumes_lie_where_files_are_written():
    web = dict(v.split(":")[:2] for v in COMPOSE["services"]["web"]["volumes"])

    assert web["uploads"] == "/data/files"
    assert web["models"] == f"/data/files/{ARTIFACTS}"
    assert f"/data/files/{ARTIFACTS}" in DOCKERFILE


def test_what_stays_up_has_a_limit_of_memory_and_is_asked_how_it_is():
    lasting = set(COMPOSE["services"]) - {"migrate"}

    assert {
        name for name in lasting if COMPOSE["services"][name]["healthcheck"]["test"]
    } == lasting
    assert {
        name
        for name in lasting
        if COMPOSE["services"][name]["deploy"]["resources"]["limits"]["memory"]
    } == lasting


def test_only_the_proxy_is_reached_from_outside():
    open_ones = {name for name, one in COMPOSE["services"].items() if "ports" in one}

    assert open_ones == {"proxy"}
    assert COMPOSE["services"]["web"]["deploy"]["replicas"] == 2


def test_proxy_has_the_one_right_its_program_bears():
    proxy = COMPOSE["services"]["proxy"]

    assert (proxy["cap_drop"], proxy["cap_add"]) == (["ALL"], ["NET_BIND_SERVICE"])


def test_storage_of_its_own_is_asked_only_where_it_runs():
    endpoint = COMPOSE["services"]["web"]["environment"]["DATAMINE_S3_ENDPOINT"]

    assert endpoint == "${DATAMINE_S3_ENDPOINT:-${COMPOSE_PROFILES:+http://s3:9000}}"
    assert COMPOSE["services"]["s3"]["profiles"] == ["s3"]


def test_files_in_s3_are_not_read_into_memory_and_lie_at_amazon_unless_told(tmp_path):
    told = "from datamine.settings import FILE_STORE; print(FILE_STORE['OPTIONS'])"
    given = {
        "DATAMINE_HOME": str(tmp_path),
        "DATAMINE_S3_BUCKET": "x",
        "DATAMINE_S3_ENDPOINT": "",
    }

    done = subprocess.run(
        [sys.executable, "-c", told],
        cwd=ROOT,
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=True,
    )

    options = ast.literal_eval(done.stdout)
    assert options["max_memory_size"] == 8 * 1024**2
    assert options["endpoint_url"] is None


def test_image_takes_no_secret_and_runs_as_nobody_special():
    ignored = (ROOT / ".dockerignore").read_text().split()
    users = re.findall(r"^USER (\w+)", DOCKERFILE, re.M)

    assert {".env", "var", ".git"} <= set(ignored)
    assert users == ["datamine", "datamine"]


def test_image_is_made_for_processors_and_for_gpus():
    targets = re.findall(r"^FROM packages-(\w+) AS (\w+)", DOCKERFILE, re.M)
    gpus = yaml.safe_load((ROOT / "docker-compose.cuda.yml").read_text())["services"]

    assert ("cuda", "cuda") in targets
    assert targets[-1] == ("cpu", "cpu")
    assert COMPOSE["services"]["web"]["build"]["target"] == "cpu"
    assert set(gpus) <= set(COMPOSE["services"])
    assert gpus["worker-train"]["build"]["target"] == "cuda"
    assert "git git-lfs" in DOCKERFILE


@pytest.mark.parametrize(
    "words",
    [
        ("hadolint", "--failure-threshold", "warning", "Dockerfile"),
        ("caddy", "validate", "--config", "Caddyfile", "--adapter", "caddyfile"),
    ],
)
def test_files_are_well_formed(words, tmp_path):
    program = Path(sys.executable).with_name(words[0])

    done = subprocess.run(
        [program, *words[1:]],
        cwd=ROOT,
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_proxy_is_told_of_the_service_there_is():
    upstream = re.search(r"{\$DATAMINE_WEB:(\S+)}", (ROOT / "Caddyfile").read_text())

    assert upstream is not None
    assert upstream.group(1).partition(":")[0] in COMPOSE["services"]
    assert any("Caddyfile" in v for v in COMPOSE["services"]["proxy"]["volumes"])
