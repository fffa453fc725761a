"""The running program for browser tests: one for all of them, and one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.program import PASSWORD, Program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """DataMine with web and workers, built as for production, on an empty folder."""
    running = Program(tmp_path_factory.mktemp("home")).start()
    yield running
    running.stop()


@pytest.fixture
def own_program(tmp_path: Path) -> Iterator[Program]:
    """One that a test may start, kill and start again."""
    home = tmp_path / "home"
    home.mkdir()
    own = Program(home, DATAMINE_DEBUG="1")
    yield own
    own.kill()


@pytest.fixture
def signed_in(page: Page, program: Program) -> Page:
    """A page of somebody who has just signed in."""
    page.goto(f"{program.url}/")
    page.locator("[name=login]").fill("demo")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(f"{program.url}/")
    return page
