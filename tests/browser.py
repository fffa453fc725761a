"""A browser under test: Chromium, and pages that forgive no console message."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "NO BROWSER: Chromium was not found; `make browser` installs it where possible"
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window; skipped where there is none, but never in CI."""
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 -- heavy import

    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(
                executable_path=installed(), args=arguments
            )
        except Error as problem:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"{MISSING} ({problem.message.splitlines()[0]})")
        yield started
        started.close()


def installed() -> str | None:
    """Return the system's Chromium, or None for Playwright's own."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture
def orm_beside_playwright(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test use the ORM although Playwright runs an event loop in its thread."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def context(browser: Browser, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser without a past, as a new visitor's."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as fresh:
        fresh.set_default_timeout(15_000)
        yield fresh


@pytest.fixture
def page(context: BrowserContext, orm_beside_playwright: None) -> Iterator[Page]:
    """A page whose console stays empty: an error or refused resource fails a test."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(f"{message.type}: {message.text} ({message.location})")

    opened = context.new_page()
    opened.on("console", note)
    opened.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    yield opened
    assert complaints == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly that browser tests were left out: a green run must not hide it."""
    skipped = terminalreporter.stats.get("skipped", [])
    without = sum("NO BROWSER" in str(report.longrepr) for report in skipped)
    if without:
        terminalreporter.write_line(f"!!! {without} tests: {MISSING}", red=True)
