"""Write the browser's chart script, which comes out of a package."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

FILE = Path(settings.BASE_DIR, "static", "generated", "vega-embed.js")


class Command(BaseCommand):
    help = "Write Vega-Embed as a static file, unless it is there in this version."
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        if not is_current():
            write()


def first_line() -> str:
    return f"/* vl-convert-python {version('vl-convert-python')} */\n"


def is_current() -> bool:
    if not FILE.exists():
        return False
    with FILE.open(encoding="utf-8") as script:
        return script.readline() == first_line()


def write() -> None:
    """Write the script whole or not at all: an interrupted start leaves no half."""
    import vl_convert  # noqa: PLC0415 -- heavy import

    FILE.parent.mkdir(parents=True, exist_ok=True)
    fresh = FILE.with_suffix(".new")
    script = vl_convert.javascript_bundle()  # type: ignore[call-arg] # it is optional
    fresh.write_text(first_line() + script, encoding="utf-8")
    fresh.replace(FILE)
