"""From a file to a prediction, as somebody new would go, in a real browser."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.program import Program

pytestmark = pytest.mark.timeout(300)

#: Set to a folder to look at every page afterwards: light, dark and narrow.
SHOTS = os.environ.get("DATAMINE_SCREENSHOTS")
LOOKS = {
    "light": ("light", 1280),
    "dark": ("dark", 1280),
    "narrow": ("light", 390),
}


def flowers() -> bytes:
    """Return 150 rows that a tree tells apart, with some values missing."""
    lines = ["petal;sepal;colour;species"]
    kinds = (
        ("setosa", 14, "white"),
        ("versicolor", 45, "blue"),
        ("virginica", 60, "red"),
    )
    for number in range(150):
        species, petal, colour = kinds[number % 3]
        tenths = petal + number % 7
        sepal = "" if number % 25 == 0 else f"{5 + number % 9},{number % 10}"
        lines.append(f"{tenths // 10},{tenths % 10};{sepal};{colour};{species}")
    return ("\n".join(lines) + "\n").encode()


def inspect(page: Page, name: str) -> None:
    """Hold a page against WCAG, and keep how it looks where that was asked for."""
    found = Axe().run(page).response["violations"]
    serious = [v for v in found if v["impact"] in ("serious", "critical")]
    assert serious == [], f"{name}: {[(v['id'], v['nodes']) for v in serious]}"
    wide = "document.documentElement.scrollWidth > window.innerWidth + 1"
    for look, (scheme, width) in LOOKS.items():
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        assert not page.evaluate(wide), f"{name} is wider than {width} px"
        if SHOTS:
            page.screenshot(path=Path(SHOTS, f"{name}-{look}.png"), full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})


def make_project(page: Page, program: Program) -> None:
    page.goto(f"{program.url}/projects/new/")
    page.get_by_label("Name").fill("Flowers of the north")
    inspect(page, "project-new")
    page.locator("main .button.primary").click()
    expect(page.locator("h1")).to_have_text("Flowers of the north")
    inspect(page, "project")


def upload(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Upload")).first.click()
    inspect(page, "upload")
    page.locator("input[type=file]").set_input_files(
        {"name": "flowers.csv", "mimeType": "text/csv", "buffer": flowers()}
    )
    page.get_by_role("button", name="Upload and look at it").click()
    expect(page.locator("main")).to_contain_text("setosa")
    inspect(page, "review")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("main")).to_contain_text("Distribution", timeout=60_000)
    inspect(page, "overview")


def prepare(page: Page) -> None:
    page.get_by_role("link", name="Data", exact=True).click()
    expect(page.locator("main table")).to_contain_text("versicolor")
    inspect(page, "data")
    page.get_by_role("link", name="Prepare", exact=True).click()
    page.get_by_role("button", name=re.compile("Fill missing")).click()
    page.get_by_role("checkbox", name=re.compile("sepal")).check()
    page.get_by_role("button", name="Try on a sample").click()
    expect(page.locator("#builder")).to_contain_text("6")
    inspect(page, "prepare")
    page.get_by_role("button", name="Apply as a new version").click()
    expect(page.locator("main")).to_contain_text("Version 2 of 2", timeout=60_000)
    page.get_by_role("link", name="Versions", exact=True).click()
    inspect(page, "versions")


def train(page: Page) -> None:
    page.get_by_role("link", name="Overview", exact=True).last.click()
    page.get_by_role("link", name="New experiment").click()
    page.get_by_label("Target, the column to predict").select_option(
        label="species (category)"
    )
    page.locator("#algorithm_decision_tree").check()
    expect(page.locator(".summary")).to_contain_text("Decision tree")
    inspect(page, "experiment-new")
    page.get_by_role("button", name="Start training").click()
    expect(page.locator("main")).to_contain_text("Accuracy", timeout=60_000)
    expect(page.locator("main")).to_contain_text("over the most frequent class")
    page.wait_for_selector("canvas, svg.marks", timeout=30_000)
    inspect(page, "results")


def put_in_service(page: Page) -> None:
    page.locator("main").get_by_text("Register model").first.click()
    page.get_by_label("Name").fill("flowers")
    inspect(page, "register")
    page.get_by_role("button", name="Register").click()
    expect(page.locator("h1")).to_have_text("flowers")
    page.get_by_role("link", name="Activate").click()
    inspect(page, "activate")
    page.get_by_role("button", name="Put in service").click()
    expect(page.locator("main")).to_contain_text("in service")
    inspect(page, "model")


def predict(page: Page) -> None:
    page.get_by_role("link", name="Predict", exact=True).click()
    page.get_by_label("petal").fill("6.2")
    page.get_by_label("colour").select_option("red")
    page.get_by_role("button", name="Predict", exact=True).click()
    expect(page.locator("#prediction")).to_contain_text("virginica", timeout=30_000)
    inspect(page, "predict")


def test_new_user_walks_from_a_file_to_a_prediction(signed_in, program):
    inspect(signed_in, "home")

    make_project(signed_in, program)
    upload(signed_in)
    prepare(signed_in)
    train(signed_in)
    put_in_service(signed_in)
    predict(signed_in)


@pytest.mark.parametrize(
    "path",
    [
        "/account/",
        "/account/tokens/",
        "/account/password/",
        "/projects/",
        "/admin/",
        "/api/docs/",
    ],
)
def test_page_of_the_site_holds_up(program, signed_in, path):
    signed_in.goto(f"{program.url}{path}")

    inspect(signed_in, path.strip("/").replace("/", "-"))
