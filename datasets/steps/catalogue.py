"""The preprocessing steps there are. Light: a step's file is loaded on use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from datasets.tables import NUMERIC, ColumnType

if TYPE_CHECKING:
    from datasets.steps.base import Parameters, Step

ANY = frozenset(ColumnType)


@dataclass(frozen=True)
class StepEntry:
    """What is known of a step without loading it.

    Parameters
    ----------
    name, title, help
        Its name in recipes and the API; what people read.
    learns
        What it learns from the data, as a sentence; empty if nothing.
    accepts
        The types of columns it may work on.
    parameters, step
        Where the pydantic model and the class live, as "module:attribute".
    needs_columns
        Whether columns must be named; else none means all of them.
    """

    name: str
    title: str
    help: str
    learns: str
    accepts: frozenset[ColumnType]
    parameters: str
    step: str
    needs_columns: bool = True

    def parameters_model(self) -> type[Parameters]:
        """Load and return the pydantic model of the parameters."""
        model: type[Parameters] = resolve_name(self.parameters)
        return model

    def step_class(self) -> type[Step[Any]]:
        """Load and return the class of the step."""
        found: type[Step[Any]] = resolve_name(self.step)
        return found


ENTRIES = (
    StepEntry(
        name="fill_missing",
        title="Fill missing values",
        help="Put a value where there is none.",
        learns="The value to fill with, one per column; a constant is not learned.",
        accepts=ANY,
        parameters="datasets.steps.filling:FillMissingParameters",
        step="datasets.steps.filling:FillMissing",
    ),
    StepEntry(
        name="scale",
        title="Scale",
        help="Bring numbers of different size onto one scale.",
        learns="A centre and a spread per column.",
        accepts=NUMERIC,
        parameters="datasets.steps.scaling:ScaleParameters",
        step="datasets.steps.scaling:Scale",
    ),
)


@cache
def steps() -> dict[str, StepEntry]:
    """Return all steps by name: ours, then those of installed packages.

    A package adds a `StepEntry` under the entry-point group `datamine.steps`;
    it cannot replace one of ours.
    """
    found = {entry.name: entry for entry in ENTRIES}
    for point in entry_points(group="datamine.steps"):
        entry = point.load()
        found.setdefault(entry.name, entry)
    return found


def step(name: str) -> StepEntry | None:
    """Return the step of this name, or None."""
    return steps().get(name)
