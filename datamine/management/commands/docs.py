"""The parts of docs/ that come out of the program's own declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand

from datasets.charts.catalogue import CHARTS
from datasets.declarations import allowed, properties
from datasets.exports.catalogue import FORMATS
from datasets.generators.catalogue import GENERATORS
from datasets.readers.catalogue import readers
from datasets.steps.catalogue import steps
from experiments.algorithms.catalogue import algorithms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import BaseModel

    from experiments.families.contracts import Contract

HEAD = """# Catalogues

Written by `make docs` out of the declarations; a test holds this page to them.
"""


class Command(BaseCommand):
    help = "Writes docs/catalogues.md: all that is declared, with its parameters."

    def handle(self, *args: Any, **options: Any) -> None:
        path = page()
        path.write_text(text())
        self.stdout.write(f"Wrote {path.relative_to(settings.BASE_DIR)}.")


def page() -> Path:
    found: Path = settings.BASE_DIR / "docs" / "catalogues.md"
    return found


def text() -> str:
    """Return the page, as the declarations are now."""
    parts = [HEAD, "\n## Readers\n\n", *reader_lines()]
    parts += ["\n## Downloads\n\n", *format_lines(), "\n## Steps\n"]
    for entry in steps().values():
        learns = f" Learns: {entry.learns}" if entry.learns else ""
        parts.append(f"\n### `{entry.name}`: {entry.title}\n\n{entry.help}{learns}\n\n")
        parts.extend(parameter_lines(entry.parameters_model()))
    parts.append("\n## Charts\n")
    for chart in CHARTS.values():
        parts.append(f"\n### `{chart.name}`: {chart.title}\n\n{chart.help}\n\n")
        parts.extend(parameter_lines(chart.parameters_model()))
    parts.append("\n## Synthetic tables\n")
    for generator in GENERATORS.values():
        parts.append(f"\n### `{generator.name}`: {generator.title}\n\n")
        parts.append(f"{generator.help}\n\n")
        parts.extend(parameter_lines(generator.parameters_model()))
    parts.append("\n## Algorithms\n")
    for algorithm in algorithms():
        parts.append(f"\n### `{algorithm.name}`: {algorithm.title}\n\n")
        parts.append(
            f"{algorithm.summary} For {algorithm.task}. Categories: "
            f"{algorithm.categories}; missing values: {algorithm.missing}.\n\n"
        )
        if algorithm.family is not None:
            parts.extend(contract_lines(algorithm.family.contract))
        parts.extend(parameter_lines(algorithm.parameters_model()))
    return "".join(parts)


def reader_lines() -> Iterator[str]:
    yield "| name | title | file names end in |\n|---|---|---|\n"
    for entry in readers():
        yield f"| `{entry.name}` | {entry.title} | {' '.join(entry.extensions)} |\n"


def format_lines() -> Iterator[str]:
    yield "| name | title | content type |\n|---|---|---|\n"
    for entry in FORMATS.values():
        yield f"| `{entry.name}` | {entry.title} | {entry.content_type} |\n"


def contract_lines(contract: Contract) -> Iterator[str]:
    """Yield a table of the columns a family needs."""
    yield "| column | what it is | role | unit | may be |\n|---|---|---|---|---|\n"
    for column in contract.columns:
        needed = column.role if column.required else f"{column.role}, optional"
        yield (
            f"| `{column.name}` | {column.meaning} | {needed} | {column.unit or ''} "
            f"| {column.bounds} |\n"
        )
    yield "\n"


def parameter_lines(model: type[BaseModel]) -> Iterator[str]:
    """Yield a table of what a user may set; nothing for a model without fields."""
    fields = properties(model)
    if not fields:
        return
    yield "| parameter | what it is | default | allowed |\n|---|---|---|---|\n"
    for name, schema in fields.items():
        default = schema.get("default")
        shown = "" if default is None else f"`{default}`"
        yield (
            f"| `{name}` | {schema.get('description', '')} | {shown} "
            f"| {meant(schema) or allowed(schema)} |\n"
        )


def meant(schema: dict[str, Any]) -> str:
    """Return the choices with what people read for them, where that is declared."""
    words, choices = schema.get("words", {}), schema.get("enum", [])
    if not words or not choices:
        return ""
    said = {value: f": {words[value]}" for value in choices if value in words}
    return "; ".join(f"`{value}`{said.get(value, '')}" for value in choices)
