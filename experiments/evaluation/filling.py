"""What becomes of missing values: which step of the recipe deals with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasets.lineage import origins
from datasets.recipes import build, learning_starts
from datasets.steps.catalogue import step
from datasets.words import word
from experiments.learning.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from datasets.recipes import StepSpec

#: So many columns are named in one sentence.
NAMED = 5


def filled_notes(
    features: Sequence[str],
    steps: Sequence[StepSpec],
    missing: Mapping[str, int],
    *,
    is_leak_free: bool,
) -> Iterator[Problem]:
    """Say for each step whose missing values it deals with, and what it learns from.

    Parameters
    ----------
    features : sequence of str
        As they are called after all steps.
    steps : sequence of StepSpec
        From the import on.
    missing : dict of str to int
        How many values each column lacks, by its name in the import.
    is_leak_free : bool
        Whether steps that learn do so anew in every fold.
    """
    found: dict[int, dict[str, int]] = {}
    for name in dict.fromkeys(features):
        count = sum(missing.get(origin, 0) for origin in origins(steps, name))
        place = _filling(steps, name) if count else None
        if place is not None:
            found.setdefault(place, {})[name] = count
    for place, counts in sorted(found.items()):
        named = [f"“{name}” ({count:,})" for name, count in counts.items()]
        rest = f" and {len(named) - NAMED} more columns" if len(named) > NAMED else ""
        yield Problem(
            next(iter(counts)) if len(counts) == 1 else None,
            "missing_filled",
            f"Missing values of {', '.join(named[:NAMED])}{rest}: step {place + 1}, "
            f"“{_title(steps[place])}”, deals with them"
            f"{_learned_from(steps[place], is_leak_free=is_leak_free)}.",
        )


def _filling(steps: Sequence[StepSpec], name: str) -> int | None:
    """Return the place of the first step that leaves a column without gaps."""
    for place, spec in enumerate(steps):
        called = origins(steps[place:], name)
        is_meant = not spec.columns or not called.isdisjoint(spec.columns)
        if is_meant and build(spec).fills:
            return place
    return None


def _title(spec: StepSpec) -> str:
    entry = step(spec.step)
    return entry.title if entry else spec.step


def _learned_from(spec: StepSpec, *, is_leak_free: bool) -> str:
    if learning_starts([spec]) is None:
        return ""
    if is_leak_free:
        return word(", by what the training rows of each fold tell")
    return word(", by what all rows tell, tested ones too")
