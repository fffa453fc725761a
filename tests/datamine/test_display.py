from datetime import timedelta

import pytest
from django.utils import timezone

from datamine.templatetags import display
from datasets.charts import drawing


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "–"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        ("max_depth", "max_depth"),
        (["BTC", "ETH"], "BTC, ETH"),
        ([], "–"),
    ],
)
def test_setting(value, written):
    assert display.setting(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2007, "2007"),
        (-2007, "−2007"),
        (2009.25, "2009"),
        (10000, "10 000"),
        (0.05, "0.05"),
        (None, "–"),
        (float("inf"), "∞"),
    ],
)
def test_datum_may_be_a_year(value, written):
    assert display.datum(value) == written


def test_pages_and_charts_group_from_the_same_number_on():
    assert display.UNGROUPED == drawing.UNGROUPED


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.7923, "p = 0.792"),
        (0.001, "p = 0.001"),
        (0.0004, "p < 0.001"),
        (0, "p < 0.001"),
    ],
)
def test_chance_is_never_none_at_all(value, written):
    assert display.chance(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "–"),
        (float("nan"), "–"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
        (0, "0"),
        (0.0, "0"),
        (6693, "6 693"),
        (-1234567, "−1 234 567"),
        (154000.0, "154 000"),
        (9.7512, "9.751"),
        (632.14, "632.1"),
        (0.05, "0.05"),
        (0.0001234567, "0.0001235"),
        (1e-7, "1.000e−07"),
        (1.5e18, "1.500e+18"),
        (True, "True"),
        ("word", "word"),
    ],
)
def test_number(value, written):
    assert display.number(value).replace(display.THIN, " ") == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "–"),
        (0.7731, "0.773"),
        (-0.0123, "−0.012"),
        (float("nan"), "–"),
        (-999.5, "−999.500"),
        (49452.952, "49 453.0"),
        (2445594446.186, "2 445 594 446"),
    ],
)
def test_fixed(value, written):
    assert display.fixed(value).replace(display.THIN, " ") == written


@pytest.mark.parametrize(
    ("value", "written"), [(None, "–"), (0.019, "1.9 %"), (1, "100.0 %")]
)
def test_percent(value, written):
    assert display.percent(value).replace(display.THIN, " ") == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "–"),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (412_000, "412 kB"),
        (999_999, "1.0 MB"),
        (2.5e15, "2500 TB"),
    ],
)
def test_size(value, written):
    assert display.size(value).replace(display.THIN, " ") == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "–"),
        (0.085, "85 ms"),
        (4.21, "4.2 s"),
        (48.4, "48 s"),
        (59.6, "1 min 0 s"),
        (70, "1 min 10 s"),
        (7500, "2 h 5 min"),
    ],
)
def test_duration(value, written):
    assert display.duration(value).replace(display.THIN, " ") == written


@pytest.mark.parametrize(
    ("value", "written"),
    [(8.4, "8.4 s"), (70, "1 min 10 s"), (1234, "21 min"), (7500, "2 h 5 min")],
)
def test_estimates_are_no_more_exact_than_they_are_meant(value, written):
    assert display.rough(value).replace(display.THIN, " ") == written


@pytest.mark.parametrize(
    ("back", "written"),
    [
        ({"seconds": 20}, "just now"),
        ({"minutes": 1}, "1 minute ago"),
        ({"minutes": 12}, "12 minutes ago"),
        ({"hours": 2}, "2 hours ago"),
        ({"days": 3}, "3 days ago"),
        ({"days": 65}, "2 months ago"),
        ({"days": 800}, "2 years ago"),
        ({"seconds": -20}, "in a moment"),
        ({"days": -7, "hours": -1}, "in 7 days"),
    ],
)
def test_ago(back, written):
    shown = display.ago(timezone.now() - timedelta(**back))

    assert shown.startswith('<time datetime="')
    assert shown.endswith(f">{written}</time>")


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge, Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Firefox/143.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (iPhone) CriOS/140.0 Mobile Safari/604", "Chrome, iPhone"),
        ("Mozilla/5.0 (iPad) FxiOS/143.0 Mobile Safari/605", "Firefox, iPad"),
        ("curl/8.5.0 (Linux)", "curl/8.5.0 (Linux)"),
        ("", ""),
    ],
)
def test_browser_is_called_as_people_call_it(agent, shown):
    assert display.browser(agent) == shown


def test_moments_that_never_were():
    assert display.ago(None) == display.exact(None) == "–"
