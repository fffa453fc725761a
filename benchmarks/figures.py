"""What the benchmarks found out, for people at once and for the document later."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

#: Names the file that figures are added to, a line each, while all benchmarks run.
VARIABLE = "BENCHMARK_FIGURES"
#: Says how often the same is measured at most; once, where one only tries it.
TIMES = "BENCHMARK_REPEATS"


def repeats(usual: int) -> int:
    """Return how often to measure the same."""
    return min(usual, int(os.environ.get(TIMES, usual)))


@dataclass(frozen=True)
class Figure:
    """A line of the document: what was measured, and beside what.

    `ratio` is the time divided by the bare library's in the same run: it says most
    where machines differ.
    """

    what: str
    measured: str
    beside: str
    asked: str
    ratio: float | None


def tell(
    what: str,
    measured: str,
    *,
    beside: str = "–",
    asked: str,
    ratio: float | None = None,
) -> None:
    """Keep a figure for the document, where it is being written."""
    figure = Figure(what, measured, beside, asked, ratio)
    if path := os.environ.get(VARIABLE):
        with Path(path).open("a") as file:
            file.write(json.dumps(asdict(figure)) + "\n")


def told(path: Path) -> list[Figure]:
    """Return the figures that were told."""
    return [Figure(**json.loads(line)) for line in path.read_text().splitlines()]
