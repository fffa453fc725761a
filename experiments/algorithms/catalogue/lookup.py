"""Finds algorithms by name, those of other packages among them."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from experiments.algorithms.catalogue.classification import CLASSIFIERS
from experiments.algorithms.catalogue.families import FAMILIES
from experiments.algorithms.catalogue.regression import REGRESSORS
from experiments.algorithms.entry import Algorithm

ENTRY_POINTS = "datamine.algorithms"
_ENTRIES = (*CLASSIFIERS, *REGRESSORS, *FAMILIES)


class UnknownAlgorithmError(LookupError):
    """A name that the catalogue does not have."""

    def __init__(self, name: str) -> None:
        known = ", ".join(entry.name for entry in algorithms())
        super().__init__(f"There is no algorithm “{name}”; there are {known}.")
        self.name = name


@cache
def algorithms() -> tuple[Algorithm, ...]:
    """Return all entries: ours in their order, then those of other packages."""
    return (*_ENTRIES, *(point.load() for point in entry_points(group=ENTRY_POINTS)))


def title_of(name: str) -> str:
    """Return how people call an algorithm; its name, if its package is gone."""
    return next((entry.title for entry in algorithms() if entry.name == name), name)


def makes_samples(name: str) -> bool:
    """Whether an algorithm makes its samples of several rows each."""
    families = (entry.family for entry in algorithms() if entry.name == name)
    return any(family is not None and family.assembler for family in families)


def algorithm(name: str) -> Algorithm:
    """Return the entry called `name`, or raise `UnknownAlgorithmError`."""
    for entry in algorithms():
        if entry.name == name:
            return entry
    raise UnknownAlgorithmError(name)
