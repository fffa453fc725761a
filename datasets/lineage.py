"""Which columns steps need, and what the columns afterwards are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from datasets.recipes import StepSpec, build

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from datasets.steps.base import Step

Spec = TypeVar("Spec", bound=StepSpec)


def origins(specs: Sequence[StepSpec], name: str) -> frozenset[str]:
    """Return the columns before the steps that one called `name` after them may be."""
    names = frozenset({name})
    for spec in reversed(specs):
        names = _origins(build(spec), names)
    return names


def narrowed(
    specs: Sequence[Spec], names: Iterable[str]
) -> tuple[list[Spec], set[str]]:
    """Leave out work on columns that none of `names`, wanted afterwards, is made of.

    Steps that look at rows as a whole or drop some keep all their columns.

    Returns
    -------
    list, set of str
        The steps, and the columns wanted before them.
    """
    wanted: set[str] = set(names)
    kept: list[Spec] = []
    for spec in reversed(specs):
        step = build(spec)
        wanted = set(_origins(step, wanted))
        if step.affects_rows or not spec.columns:
            wanted.update(spec.columns)
            kept.append(spec)
        elif columns := tuple(name for name in spec.columns if name in wanted):
            kept.append(spec.model_copy(update={"columns": columns}))
    return kept[::-1], wanted


def needed(specs: Sequence[StepSpec]) -> list[str]:
    """Return the columns a table must have for the steps, in the order of their use."""
    found = (
        origin
        for place, spec in enumerate(specs)
        for name in spec.columns
        for origin in sorted(origins(specs[:place], name))
    )
    return list(dict.fromkeys(found))


def called(specs: Sequence[StepSpec], names: Mapping[str, str]) -> list[StepSpec]:
    """Return the steps for a table whose columns have other names.

    Parameters
    ----------
    specs
        The steps as they were written for another table.
    names
        What a column is called in this table, by its name in the steps.

    Returns
    -------
    list of StepSpec
        The same steps after one that renames, so that all they make has the names it
        had before.
    """
    new = {there: name for name, there in names.items() if name != there}
    rename = StepSpec(step="rename", parameters={"names": new})
    return [rename, *specs] if new else list(specs)


def _origins(step: Step[Any], names: Iterable[str]) -> frozenset[str]:
    return frozenset(origin for name in names for origin in step.origins(name))
