"""Every chart, and outliers, drawn in a real browser from hostile names."""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_corridor import inspect

pytestmark = pytest.mark.timeout(300)

NAMES = ["\"><img src=x onerror=alert(1)>\n'", "x" * 300, "🦉 datum['a']", "day"]
CHARTS = ("Histogram", "Box plot", "Scatter plot", "Bar chart", "Line chart")
MAPS = ("Correlations", "Missing values")


def hostile() -> bytes:
    """Return a table whose names try what names can."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(NAMES)
    for n in range(120):
        size = "" if n % 9 == 0 else n**2 / 7
        lines.writerow(
            [size, 2000 + n % 11, f"<b>{n % 3}</b>", f"2024-03-{n % 28 + 1:02d}"]
        )
    return text.getvalue().encode()


def upload(page: Page, content: bytes, project: str) -> None:
    page.get_by_role("link", name=re.compile("New project|Create")).first.click()
    page.get_by_label("Name").fill(project)
    page.locator("main .button.primary").click()
    page.get_by_role("link", name=re.compile("^Upload")).first.click()
    page.locator("input[type=file]").set_input_files(
        {"name": "hostile.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Upload and look at it").click()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("main")).to_contain_text("Distribution", timeout=60_000)


def drawn(page: Page) -> None:
    expect(page.locator(".chart svg.marks")).to_be_visible(timeout=30_000)


def scale_on_a_phone(page: Page) -> float:
    """Return how large the chart's letters are there, 1 as they are meant."""
    wide = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    drawn(page)
    scale: float = page.locator(".chart svg.marks").evaluate(
        "svg => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width"
    )
    page.set_viewport_size(wide)
    page.reload()
    drawn(page)
    return scale


def test_charts_are_drawn_kept_and_opened(signed_in):
    upload(signed_in, hostile(), "Owls")
    signed_in.get_by_role("link", name="Charts", exact=True).click()
    for title in CHARTS + MAPS:
        signed_in.get_by_role("link", name=title, exact=True).click()
        drawn(signed_in)
        inspect(signed_in, f"chart-{title}")

    signed_in.get_by_role("link", name="Scatter plot", exact=True).click()
    signed_in.get_by_label("One plot for each").select_option("c2")
    signed_in.get_by_role("button", name="Draw").click()
    expect(signed_in.locator(".chart svg.marks")).to_contain_text("<b>2</b>")
    expect(signed_in.locator(".chart svg.marks")).to_contain_text("2006")
    assert scale_on_a_phone(signed_in) > 0.9
    signed_in.locator("form.save").get_by_label("Name").fill("Three owls")
    signed_in.get_by_role("button", name="Save this chart").click()
    drawn(signed_in)
    expect(signed_in.locator(".kept")).to_contain_text("Three owls")
    inspect(signed_in, "chart-saved")

    signed_in.get_by_role("link", name="Outliers", exact=True).click()
    drawn(signed_in)
    inspect(signed_in, "outliers")


def test_dates_and_numbers_of_a_chart_are_written_as_the_page_speaks(signed_in):
    lines = ["day,price"]
    lines += [
        f"2024-{n // 28 + 1:02d}-{n % 28 + 1:02d},{10_000 + n * 90}" for n in range(336)
    ]
    upload(signed_in, "\n".join(lines).encode(), "Prices")
    charts = signed_in.url.split("?")[0].rstrip("/") + "/charts/?chart=scatter"
    written = {}

    for language in ("en", "fr", "es"):
        signed_in.set_extra_http_headers({"Accept-Language": language})
        signed_in.goto(charts)
        drawn(signed_in)
        written[language] = signed_in.locator(".chart svg.marks").text_content()

    assert "March" in written["en"]
    assert "mars" in written["fr"]
    assert "marzo" in written["es"]
    assert "20,000" in written["en"]
    assert "20\u202f000" in written["fr"]
