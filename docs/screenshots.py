"""Takes the pictures of the README from the running program: `make docs`."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser import installed
from tests.program import PASSWORD, Program

IMAGES = Path(__file__).parent / "images"
PATIENCE = 120  # seconds for the demo content


def main() -> None:
    """Start DataMine with its demo content and look at a few pages."""
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder), demo=True).start()
        try:
            wait_for_demo(program)
            with sync_playwright() as playwright:
                arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
                browser = playwright.chromium.launch(
                    executable_path=installed(), args=arguments
                )
                take(browser.new_page(viewport={"width": 1280, "height": 800}), program)
        finally:
            program.stop()


def wait_for_demo(program: Program) -> None:
    end = time.monotonic() + PATIENCE
    while "demo content is complete" not in program.said():
        if time.monotonic() > end:
            raise SystemExit(f"The demo content did not come:\n{program.said()}")
        time.sleep(0.5)


def take(page: Page, program: Program) -> None:
    page.goto(f"{program.url}/")
    page.locator("[name=login]").fill("demo")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.goto(f"{program.url}/projects/demo/experiments/")
    page.get_by_role("link", name="A forest").first.click()
    page.wait_for_selector("canvas, svg.marks")
    page.screenshot(path=IMAGES / "results.png")
    page.goto(f"{program.url}/projects/demo/datasets/")
    page.get_by_role("link", name="Wine").first.click()
    page.screenshot(path=IMAGES / "dataset.png")


if __name__ == "__main__":
    main()
