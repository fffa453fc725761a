"""The one way out of this program: a small POST to a host the operator has named.

A name is looked up once, every address it has is looked at, and the connection goes to
the address that was looked at. So neither a name that leads inside, nor one that leads
elsewhere the second time, nor a redirect reaches what the address may not reach.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from threading import Timer
from urllib.parse import urlsplit

LONGEST = 2000
PORTS = {"http": 80, "https": 443}
#: IPv6 addresses that stand for IPv4 ones, whose own rules they would escape.
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class OutboundError(Exception):
    """Nothing was delivered, and why, in a sentence."""


@dataclass(frozen=True)
class Rules:
    """Where calls may go: `hosts` are names, or `name:port`; how long they may take."""

    hosts: tuple[str, ...]
    private: bool
    seconds: float = 5.0


@dataclass(frozen=True)
class Target:
    """An address that passed the rules, before its name is looked up."""

    scheme: str
    host: str
    port: int
    path: str


def target_of(url: str, rules: Rules) -> Target:
    """Return where `url` leads, or raise `OutboundError` if it may not go there."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise OutboundError("This is no address.") from error
    schemes = ("https", "http") if rules.private else ("https",)
    if parts.scheme not in schemes or not parts.hostname or not url.isascii():
        raise OutboundError(f"The address must begin with {schemes[0]}://.")
    if parts.username is not None or len(url) > LONGEST or set(url) & set(" \t\r\n\\"):
        raise OutboundError("The address may hold no user, no blank, and not so much.")
    host = parts.hostname.lower()
    is_usual = port == PORTS[parts.scheme]
    if f"{host}:{port}" not in rules.hosts and not (is_usual and host in rules.hosts):
        raise OutboundError(
            f"{host} is not among the hosts that the operator of this site has allowed."
        )
    query = f"?{parts.query}" if parts.query else ""
    return Target(parts.scheme, host, port, f"{parts.path or '/'}{query}")


def address_of(target: Target, rules: Rules) -> str:
    """Look the name up, once; refuse it if any of its addresses leads inside."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OutboundError(f"{target.host} has no address now.") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not rules.private and not all(map(is_public, addresses)):
        raise OutboundError(f"{target.host} leads to an address of a private network.")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an address belongs to the open internet, whatever it is written as."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if inner:
            return is_public(str(inner))
        if ip in TRANSLATED:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


class Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever its name leads to by now."""

    def __init__(self, target: Target, address: str, seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self.target, self.address = target, address

    def connect(self) -> None:
        self.sock = socket.create_connection(
            (self.address, self.target.port), self.timeout
        )
        if self.target.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.target.host)

    def cut(self) -> None:
        """Break off; whoever waits for the other side waits no more."""
        if self.sock is not None:
            self.sock.shutdown(socket.SHUT_RDWR)


def post(url: str, body: bytes, headers: dict[str, str], rules: Rules) -> int:
    """Send `body` and return the status of the answer; nothing of it is read.

    Raises `OutboundError` where no answer came within the time there is.
    """
    target = target_of(url, rules)
    connection = Pinned(target, address_of(target, rules), rules.seconds)
    began = time.monotonic()
    timer = Timer(rules.seconds, connection.cut)
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", target.path, body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        if time.monotonic() - began >= rules.seconds:
            raise OutboundError(f"No answer within {rules.seconds:g} s.") from error
        raise OutboundError(f"No answer: {error}.") from error
    finally:
        timer.cancel()
        connection.close()
