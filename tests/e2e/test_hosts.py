"""Several hosts: what one does the others see, and what dies or fails is survived."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from datamine.client import ApiError, Client, Version, WorkFailedError
from tests.hosts import Hosts
from tests.program import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.timeout(900)

ROW = {"petal": 2, "sepal": 5}
AWAY = "The storage of files does not answer"


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Hosts]:
    made = Hosts(tmp_path / "hosts")
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture
def client(hosts: Hosts) -> Client:
    return Client(hosts.url("proxy"), hosts.token, timeout=PATIENCE)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "flowers.csv"
    rows = [f"{1 + i % 7},{4 + i % 5},{'ab'[i % 7 > 3]}\n" for i in range(120)]
    path.write_text("petal,sepal,kind\n" + "".join(rows))
    return path


def learned(client: Client, table: Path) -> Version:
    """Go from a file to a registered version through the proxy."""
    dataset = client.upload(table, project="hosts")
    session = client.train(dataset, "decision_tree", target="kind")
    return client.register(session, "flowers")


def served_by(hosts: Hosts, name: str) -> str:
    web = Client(hosts.url(name), hosts.token, timeout=PATIENCE)
    answer = web.predict("hosts", "flowers", [ROW])
    assert len(answer["predictions"]) == 1
    return answer["version"]


def test_hosts_see_each_other_and_survive_each_other(hosts, client, table, monkeypatch):
    """One site, and one order: what a part breaks, it mends before the next one."""
    version = learned(client, table)
    client.activate(version)

    switch_is_seen_by_both_web_servers_within_a_second(hosts, client, version)
    web_server_that_dies_is_not_missed(hosts, client, version)
    work_of_a_dead_worker_is_done_by_another(hosts, client, table)
    monkeypatch.setattr("datamine.client.TRIES", 1)
    failing_storage_leaves_no_row_in_the_air(hosts, client, table)


def switch_is_seen_by_both_web_servers_within_a_second(hosts, client, version):
    session = client.call("GET", "/api/sessions/")["results"][0]
    body = {"name": "flowers", "session": session["id"]}
    path = "/api/projects/hosts/models/"
    second = client.call("POST", path, body)["version"]
    for wanted in (second, version.version):
        client.activate(Version("hosts", "flowers", wanted), reason="it is a test")
        switched = time.monotonic()
        for name in ("web-1", "web-2"):
            asked = time.monotonic()
            while served_by(hosts, name) != wanted:
                assert asked - switched < 1
                asked = time.monotonic()


def web_server_that_dies_is_not_missed(hosts, client, version):
    hosts.kill("web-1")
    try:
        answers = [client.predict("hosts", "flowers", [ROW]) for _ in range(10)]

        assert {answer["version"] for answer in answers} == {version.version}
        assert not hosts.answers("web-1")
    finally:
        hosts.start_web("web-1")
    hosts.wait_for("web-1")


def work_of_a_dead_worker_is_done_by_another(hosts, client, table):
    with ThreadPoolExecutor() as pool:
        coming = pool.submit(client.upload, table, project="hosts", name="Again")
        time.sleep(0.3)
        hosts.kill("fast")
        hosts.start_worker("fast")

        assert coming.result().columns == ("petal", "sepal", "kind")


def failing_storage_leaves_no_row_in_the_air(hosts, client, table):
    hosts.objects.share = 0.3
    told = [trial(client, table) for _ in range(2)]
    hosts.objects.share = 1.0
    lost = trial(client, table)
    hosts.objects.share = 0.0

    assert hosts.objects.failed > 5
    assert all(sentence == "" or AWAY in sentence for sentence in told), told
    assert AWAY in lost
    assert trial(client, table) == ""
    assert hosts.look().strip() == "[]"


def trial(client: Client, table: Path) -> str:
    """Go the whole way; return "" or the sentence that says why it ended."""
    try:
        learned(client, table)
    except WorkFailedError as ended:
        return str(ended)
    except ApiError as refusal:
        if refusal.status != 503:
            raise
        return str(refusal)
    return ""
