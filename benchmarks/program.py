"""How fast DataMine starts, what it holds while idle, and what a page costs to load.

The start is the second one on its data: from the command to the log-in page, answered.
Idle means that nobody asks for anything: the supervisor, the web server and its worker,
the worker command, and the child process that waits with its imports done; pages that
processes share are divided among them (PSS), or counted for each (RSS). The first table
is that of a dataset's page, loaded as a browser without a past would: the page, and
every script, style and icon it names, packed as the server sends them.

Run: python -m benchmarks.program [starts]
"""

from __future__ import annotations

import http.client
import re
import statistics
import sys
import tempfile
import time
from http.cookies import SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import psutil

from benchmarks.figures import tell
from benchmarks.service import Api, await_rest, iris_csv
from tests.program import PASSWORD, Program

if TYPE_CHECKING:
    from collections.abc import Iterator

STARTS = 5
EVERY = 0.02
LOGIN = "/account/login/"
#: Seconds, MiB and kB to be reached.
REACH = (5, 350, 200)
NAMED = re.compile(r"""<(?:link|script|img)\b[^>]*?\b(?:href|src)="([^"]+)""")


def main() -> None:
    """Measure all three, and print tables in Markdown."""
    starts = int(sys.argv[1]) if len(sys.argv) > 1 else STARTS
    with tempfile.TemporaryDirectory() as folder:
        started = Program(Path(folder))
        try:
            times = [first_page(started) for _ in range(1 + starts)][1:]
            memory = list(held(started))
            loads = load(started)
            started.stop()
        finally:
            started.kill()  # does nothing after a stop
    report(times, memory, loads)


def report(
    times: list[float],
    memory: list[tuple[str, float, float]],
    loads: list[tuple[str, int]],
) -> None:
    """Print what was found."""
    pss, rss, size = (sum(column) for column in (
        [line[1] for line in memory], [line[2] for line in memory],
        [line[1] / 1000 for line in loads],
    ))  # fmt: skip
    middle = statistics.median(times)
    print("| second start | seconds |\n|---|---|")
    print(f"| median of {len(times)} | {middle:.2f} |\n| most | {max(times):.2f} |")
    print("\n| idle process | PSS, MiB | RSS, MiB |\n|---|---|---|")
    for name, *sizes in [*memory, ("all", pss, rss)]:
        print(f"| {name} | {sizes[0]:.0f} | {sizes[1]:.0f} |")
    print("\n| loaded with a dataset's page | kB |\n|---|---|")
    for name, bytes_ in [*loads, ("all", int(size * 1000))]:
        print(f"| `{name}` | {bytes_ / 1000:.1f} |")
    tell("second start → first page", f"{middle:.2f} s", asked=f"≤ {REACH[0]} s")
    tell(
        "idle web and workers",
        f"{pss:.0f} MiB PSS ({rss:.0f} MiB RSS)",
        asked=f"≤ {REACH[1]} MiB",
    )
    tell("bytes to the first table", f"{size:.0f} kB", asked=f"≤ {REACH[2]} kB")


def first_page(program: Program) -> float:
    """Start anew; return the seconds until the log-in page was answered."""
    if program.process:
        program.stop()
    start = time.perf_counter()
    program.launch()
    while not page_answers(program):
        if program.process is None or program.process.poll() is not None:
            raise SystemExit(program.said())
        time.sleep(EVERY)
    return time.perf_counter() - start


def page_answers(program: Program) -> bool:
    connection = http.client.HTTPConnection("localhost", program.port, timeout=10)
    try:
        connection.request("GET", LOGIN)
        answer = connection.getresponse()
        return answer.status == 200 and b"</html>" in answer.read()
    except OSError:
        return False
    finally:
        connection.close()


def held(program: Program) -> Iterator[tuple[str, float, float]]:
    """Yield name, PSS and RSS of each process once all is idle."""
    await_rest(program)
    assert program.process
    for process in [psutil.Process(program.process.pid), *program.processes()]:
        memory = process.memory_full_info()
        yield title(process), memory.pss / 2**20, memory.rss / 2**20


def title(process: psutil.Process) -> str:
    """Say what a process of DataMine is there for."""
    words = process.cmdline()
    if "datamine.work.supervisor" in words:
        return "supervisor"
    if "worker" in words:
        return "worker command"
    if "child" in words:
        return "waiting child"
    parent = process.parent()
    is_master = parent and "datamine.work.supervisor" in parent.cmdline()
    return "web server, master" if is_master else "web server, worker"


def load(program: Program) -> list[tuple[str, int]]:
    """Return the path and the bytes of a dataset's page and of all it names."""
    dataset = Api(program).upload("iris.csv", iris_csv())
    visitor = Visitor(program)
    visitor.log_in()
    page = f"/datasets/{dataset}/"
    text = visitor.get(page, packed=False).decode()
    assert "<table" in text, text
    paths = [page, *dict.fromkeys(NAMED.findall(text))]
    return [(path, len(visitor.get(path))) for path in paths]


class Visitor:
    """As much of a browser as is needed: cookies, one form, packed answers."""

    def __init__(self, program: Program) -> None:
        self.port = program.port
        self.cookies: SimpleCookie = SimpleCookie()

    def log_in(self) -> None:
        """Sign in as a person does, through the form."""
        form = self.get(LOGIN, packed=False).decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)', form)
        assert token
        said = {"login": "demo", "password": PASSWORD}
        body = urlencode(said | {"csrfmiddlewaretoken": token[1]}).encode()
        status, _ = self.ask("POST", LOGIN, body)
        assert status == 302, status

    def get(self, path: str, *, packed: bool = True) -> bytes:
        """Return the body as it was transferred."""
        status, content = self.ask("GET", path, packed=packed)
        assert status == 200, (path, status)
        return content

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, packed: bool = False
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("localhost", self.port)
        sent = "; ".join(f"{name}={m.value}" for name, m in self.cookies.items())
        headers = {"Cookie": sent, "Accept-Encoding": "gzip, br" if packed else ""}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self.cookies.load(cookie)
        content = answer.read()
        connection.close()
        return answer.status, content


if __name__ == "__main__":
    main()
