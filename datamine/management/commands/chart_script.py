"""Write the browser's chart script, which comes out of a package."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

FILE = "generated/vega-embed.js"


class Command(BaseCommand):
    help = "Write Vega-Embed as a static file, unless it is there in this version."
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        target = Path(settings.BASE_DIR, "static", FILE)
        first_line = f"/* vl-convert-python {version('vl-convert-python')} */\n"
        if not is_current(target, first_line):
            write(target, first_line)


def is_current(target: Path, first_line: str) -> bool:
    if not target.exists():
        return False
    with target.open(encoding="utf-8") as script:
        return script.readline() == first_line


def write(target: Path, first_line: str) -> None:
    """Write the script whole or not at all: an interrupted start leaves no half."""
    import vl_convert  # noqa: PLC0415 -- heavy import

    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    fresh.write_text(first_line + vl_convert.javascript_bundle(), encoding="utf-8")
    fresh.replace(target)
