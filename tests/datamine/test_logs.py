"""A log line says which request or job it belongs to."""

from __future__ import annotations

import json
import logging
import logging.config

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory

from datamine import env
from datamine.logs import Context, Named, during_job
from datamine.middleware import RequestNameMiddleware


@pytest.fixture
def lines():
    """Log as JSON into a list."""
    found: list[dict] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(json.loads(self.format(record)))

    formatters = logging.config.DictConfigurator(settings.LOGGING)
    handler = Keep()
    handler.addFilter(Context())
    handler.setFormatter(
        formatters.configure_formatter(dict(settings.LOGGING["formatters"]["json"]))
    )
    logger = logging.getLogger("datamine.of-a-test")
    logger.addHandler(handler)
    yield found
    logger.removeHandler(handler)


def say(request: object = None) -> HttpResponse:
    logging.getLogger("datamine.of-a-test").warning("Something, at line %d", 7)
    return HttpResponse()


def answer(**headers: str) -> HttpResponse:
    return RequestNameMiddleware(say)(RequestFactory().get("/", headers=headers))


def test_lines_of_a_request_bear_its_name(lines):
    response = answer()

    [line] = lines
    assert line["request"] == response["X-Request-ID"]
    assert line["job"] == "-"
    assert (line["message"], line["levelname"]) == ("Something, at line 7", "WARNING")


def test_lines_of_a_job_bear_its_row(lines):
    with during_job("experiments.TrainingSession", 12):
        say()
    say()

    assert [line["job"] for line in lines] == ["experiments.TrainingSession 12", "-"]


def test_proxy_names_the_request(monkeypatch):
    monkeypatch.setattr(env, "PROXIES", 1)

    assert answer(**{"X-Request-ID": "from-the-proxy"})["X-Request-ID"] == (
        "from-the-proxy"
    )


@pytest.mark.parametrize(
    "name", ["short", "a" * 65, "two\nlines-of-it", "with spaces in"]
)
def test_unfit_names_are_not_taken(monkeypatch, name):
    monkeypatch.setattr(env, "PROXIES", 1)

    assert answer(**{"X-Request-ID": name})["X-Request-ID"] != name


def test_visitors_cannot_name_their_requests():
    assert answer(**{"X-Request-ID": "my-own-name"})["X-Request-ID"] != "my-own-name"


@pytest.mark.parametrize(
    ("name", "level", "is_written"),
    [
        ("root", logging.INFO, False),
        ("root", logging.WARNING, True),
        ("datamine.of-a-test", logging.INFO, True),
    ],
)
def test_remarks_of_nobody_are_not_written(name, level, is_written):
    record = logging.LogRecord(name, level, "a.py", 1, "Astropy not found", (), None)

    assert Named().filter(record) is is_written
    assert "named" in settings.LOGGING["handlers"]["console"]["filters"]
