"""The way out: where it may lead, and that it leads nowhere else."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from threading import Thread

import pytest

from projects.outbound import OutboundError, Rules, is_public, post, target_of
from tests.projects.hooks import Listener

OPEN = Rules(("hooks.example.org", "ci.example.org:8443"), private=False)


@pytest.fixture
def listener() -> Iterator[Listener]:
    running = Listener()
    thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.ending.set()
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.org/path?x=1",
        "https://HOOKS.example.org:443",
        "https://ci.example.org:8443/",
    ],
)
def test_allowed_host_is_taken(url):
    assert target_of(url, OPEN).host in {"hooks.example.org", "ci.example.org"}


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/",
        "https://evil.example.org/",
        "https://hooks.example.org:8443/",
        "https://ci.example.org/",
        "https://hooks.example.org.evil.org/",
        "https://hooks.example.org@evil.org/",
        "https://user:word@hooks.example.org/",
        "https://evil.org\\@hooks.example.org/",
        "https://hooks.example.org/\r\nX: y",
        "https://hooks.example.org:port/",
        "https://[::1/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://localhost./",
        "https://hööks.example.org/",
        "file:///etc/passwd",
        "gopher://hooks.example.org/",
        "ftp://hooks.example.org/",
        "data:text/plain,x",
        "//hooks.example.org/",
        "",
        "https://hooks.example.org/" + "x" * 2000,
    ],
)
def test_other_address_is_refused(url):
    with pytest.raises(OutboundError, match=r"\.$"):
        target_of(url, OPEN)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1",
        "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "2002:7f00:1::", "64:ff9b::7f00:1", "2001:db8::1",
    ],
)  # fmt: skip
def test_address_inside_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_address_outside_is_public(address):
    assert is_public(address)


def test_name_that_leads_inside_is_not_called(listener):
    rules = Rules(("localhost",), private=False)

    with pytest.raises(OutboundError, match="localhost leads to an address of a priv"):
        post("https://localhost/hook", b"{}", {}, rules)

    assert listener.heard == []


def test_name_is_looked_up_once(listener, monkeypatch):
    """A second look might give another answer than the one that was checked."""
    asked = []
    here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]
    real = socket.getaddrinfo

    def lookup(host, *rest, **more):
        if host != "hooks.example.org":
            return real(host, *rest, **more)
        asked.append(host)
        return here

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    where = f"hooks.example.org:{listener.server_port}"

    answer = post(f"http://{where}/", b"{}", {}, Rules((where,), private=True))

    assert (answer, asked) == (204, ["hooks.example.org"])
    assert listener.heard[0][0]["Host"] == where


def test_one_private_address_among_others_is_enough_to_refuse(monkeypatch):
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
        for address in ("93.184.216.34", "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    with pytest.raises(OutboundError, match="private network"):
        post("https://hooks.example.org/", b"{}", {}, OPEN)


def test_redirect_is_not_followed(listener):
    listener.status, listener.headers = 307, {"Location": f"{listener.url}/inside"}

    answer = post(listener.url, b"{}", {}, Rules((listener.host,), private=True))

    assert answer == 307
    assert len(listener.heard) == 1


def test_answer_that_never_ends_is_cut_off(listener):
    listener.drip = True
    began = time.monotonic()

    with pytest.raises(OutboundError, match=r"^No answer within 0\.3 s\.$"):
        post(
            listener.url, b"{}", {}, Rules((listener.host,), private=True, seconds=0.3)
        )

    assert time.monotonic() - began < 5


def test_nobody_there_is_said():
    with pytest.raises(OutboundError, match=r"^No answer: .*\.$"):
        post("http://localhost:9/", b"{}", {}, Rules(("localhost:9",), private=True))
