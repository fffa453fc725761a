"""A real S3 server that fails as many calls as one asks for, in every way it can."""

import random
import socket
import threading
import time
from collections import Counter

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

#: Who may watch: its calls are never failed.
WATCHER = "watcher"
BUSY = b"<Error><Code>SlowDown</Code><Message>Please slow down.</Message></Error>"


class ShakyStore:
    """`rate` of all calls is refused, cut off, answered late, by halves or not at all.

    What was cut off or answered late was done all the same, as it happens in life.
    """

    def __init__(self, rate=0.0):
        self.rate = rate
        self.told = Counter()
        self.chance = random.Random(1)
        self.store = DomainDispatcherApplication(create_backend_app)
        self.server = make_server(
            "127.0.0.1", 0, self, threaded=True, request_handler=Quiet
        )
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def stop(self):
        self.server.shutdown()

    def __call__(self, environ, start_response):
        way = self.way(environ)
        self.told[way] += 1
        if way in {"refused", "unavailable"}:
            status = {"refused": "503 Slow Down", "unavailable": "500 Internal"}[way]
            start_response(status, [("Content-Type", "application/xml")])
            return [BUSY]
        if way == "reset":
            return hang_up(environ, start_response)
        answer = self.store(environ, start_response)
        if way == "late":
            time.sleep(1)
        elif way == "unanswered":
            return hang_up(environ)
        elif way == "half":
            content = b"".join(answer)
            return [content[: len(content) // 2]]
        return answer

    def way(self, environ):
        if WATCHER in environ.get("HTTP_AUTHORIZATION", ""):
            return "watched"
        if self.chance.random() >= self.rate:
            return "done"
        return self.chance.choice(
            ["refused", "unavailable", "reset", "late", "unanswered", "half"]
        )


class Quiet(MotoRequestHandler):
    """Says nothing of each call."""

    def log(self, kind, message, *arguments):
        pass


def hang_up(environ, start_response=None):
    if start_response:
        start_response("200 OK", [])
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return []
