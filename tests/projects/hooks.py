"""A server that is told things, and answers as a test wants it to."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event


class Listener(ThreadingHTTPServer):
    """Keeps what it `heard`; `status` is its answer, `drip` answers without end."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.status, self.headers, self.drip = 204, {}, False
        self.ending = Event()
        self.host = f"localhost:{self.server_port}"
        self.url = f"http://{self.host}/hook"


class Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((dict(self.headers), body))
        if self.server.drip:
            self.trickle()
            return
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def trickle(self) -> None:
        """Send a sign now and then: no single wait is long, the whole is."""
        while not self.server.ending.is_set():
            try:
                self.wfile.write(b"H")
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.05)

    def log_message(self, *_: object) -> None:
        pass
