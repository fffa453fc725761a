"""DataMine on several hosts: the parts of `docker-compose.yml` as processes.

Each web server and worker has a home folder of its own, as on a machine of its own;
they share PostgreSQL, an S3 server and the keys, and stand behind the proxy.
"""

from __future__ import annotations

import http.client
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    create_backend_app,
)
from werkzeug.serving import WSGIRequestHandler, make_server

from tests import postgres
from tests.environment import FIXED
from tests.program import PATIENCE, ROOT, free_port

BUCKET = "datamine"
CADDY = Path(sys.executable).with_name("caddy")
BUSY = b"<Error><Code>SlowDown</Code><Message>Reduce your rate.</Message></Error>"
PREPARE = """
from django.core.management import call_command
from projects.models import User
from projects.services import create_project, create_token
call_command("make_bucket", verbosity=0)
call_command("migrate", verbosity=0)
owner = User.objects.create_user("owner")
create_project(name="Hosts", actor=owner)
print("token", create_token(owner, name="test", scope="admin", days=1)[1])
"""
LOOK = """
from datamine.operations.reconciling import compare
from tests.workload.invariants import violations
found = compare(with_digests=True)
print("wrong", violations() + found.lost + found.damaged)
"""


class Silent(WSGIRequestHandler):
    def log(self, *words: object) -> None: ...


class Objects:
    """An S3 server, a share of whose answers can be made to fail."""

    def __init__(self) -> None:
        self.share, self.failed = 0.0, 0
        self.chance = random.Random(7)
        self.inner = DomainDispatcherApplication(create_backend_app)
        self.server = make_server(
            "127.0.0.1", 0, self.answer, threaded=True, request_handler=Silent
        )
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, environ, start_response):
        if self.chance.random() >= self.share:
            return self.inner(environ, start_response)
        self.failed += 1
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response("503 Slow Down", [("Content-Type", "application/xml")])
        return [BUSY]

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Hosts:
    """Two web servers, a worker for each queue, and what they stand on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.ports = {name: free_port() for name in ("web-1", "web-2", "proxy")}
        self.database = postgres.start()
        self.objects = Objects()
        self.token = ""

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def start(self) -> Hosts:
        said = self.manage("shell", "--no-imports", "-c", PREPARE)
        self.token = said.split("token ")[1].strip()
        for name in ("web-1", "web-2"):
            self.start_web(name)
        for cluster in ("fast", "train"):
            self.start_worker(cluster)
        words = ("run", "--config", ROOT / "Caddyfile", "--adapter", "caddyfile")
        self.launch("proxy", CADDY, *words)
        for name in self.ports:
            self.wait_for(name)
        return self

    def start_web(self, name: str) -> None:
        bind = ("--bind", f"127.0.0.1:{self.ports[name]}")
        options = ("--config", "python:datamine.server", *bind)
        self.launch(name, sys.executable, "-m", "gunicorn", *options)

    def start_worker(self, cluster: str) -> None:
        words = (sys.executable, "manage.py", "worker", "--cluster", cluster)
        self.launch(cluster, *words)

    def environment(self, name: str) -> dict[str, str]:
        home = self.folder / name
        (home / "static").mkdir(parents=True, exist_ok=True)
        webs = " ".join(f"127.0.0.1:{self.ports[one]}" for one in ("web-1", "web-2"))
        return {
            **os.environ,
            **FIXED,
            "HOME": str(home),
            "DATAMINE_HOME": str(home),
            "DATABASE_URL": self.database.url,
            "DATAMINE_S3_BUCKET": BUCKET,
            "DATAMINE_S3_ENDPOINT": self.objects.url,
            "AWS_ACCESS_KEY_ID": "datamine",
            "AWS_SECRET_ACCESS_KEY": "only-for-tests",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_RETRY_MODE": "standard",
            "AWS_MAX_ATTEMPTS": "3",
            "DATAMINE_LEASE_SECONDS": "6",
            "DATAMINE_PROXIES": "1",
            "DATAMINE_WEB_WORKERS": "1",
            "DATAMINE_FAST_WORKERS": "1",
            "DATAMINE_TRAIN_WORKERS": "1",
            "DATAMINE_LISTEN": f"http://127.0.0.1:{self.ports['proxy']}",
            "DATAMINE_WEB": webs,
        }

    def launch(self, name: str, *words: str | Path) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                words,
                cwd=ROOT,
                env=self.environment(name),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def manage(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment("operator"),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def look(self) -> str:
        """Return what is wrong with rows and files, as a list in words."""
        return self.manage("shell", "--no-imports", "-c", LOOK).split("wrong ")[1]

    def wait_for(self, name: str) -> None:
        end = time.monotonic() + PATIENCE
        while not self.answers(name):
            process = self.processes[name]
            if process.poll() is not None or time.monotonic() > end:
                raise AssertionError((self.folder / f"{name}.log").read_text())
            time.sleep(0.1)

    def answers(self, name: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[name])
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def kill(self, name: str) -> None:
        """End a host at once, as a power cut would."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def stop(self) -> None:
        for name, process in self.processes.items():
            if process.poll() is None:
                self.kill(name)
        self.objects.stop()
        self.database.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
