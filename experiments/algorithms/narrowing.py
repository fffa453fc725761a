"""Hyperparameters as a site offers them: other defaults, narrower bounds."""

from __future__ import annotations

import json
from copy import copy
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from annotated_types import Ge, Le
from pydantic import create_model

from datasets.declarations import branches, properties

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.algorithms.parameters import Parameters

#: So many declarations are remembered; each is a class of its own.
REMEMBERED = 64


def narrowed(
    model: type[Parameters],
    defaults: Mapping[str, Any],
    limits: Mapping[str, Mapping[str, float]],
) -> type[Parameters]:
    """Return a declaration with other defaults and narrower bounds.

    Parameters
    ----------
    model : type of Parameters
        The declaration that stays as it is.
    defaults : mapping
        By name; names that the declaration does not have count for nothing.
    limits : mapping
        `min` and `max` by name. What was declared is never widened.

    Returns
    -------
    type of Parameters
    """
    return _narrowed(model, json.dumps(dict(defaults)), json.dumps(dict(limits)))


@lru_cache(REMEMBERED)
def _narrowed(model: type[Parameters], defaults: str, limits: str) -> type[Parameters]:
    values, bounds = json.loads(defaults), json.loads(limits)
    fields: dict[str, Any] = {}
    for name, known in model.model_fields.items():
        if name not in values and name not in bounds:
            continue
        field = copy(known)
        field.default = values.get(name, known.default)
        added = _added(model, name, bounds.get(name, {}))
        field.metadata = [*known.metadata, *added]
        if added and isinstance(known.json_schema_extra, dict):
            extra: Any = {**known.json_schema_extra}
            offered = extra.get("recommended", [])
            extra["recommended"] = [v for v in offered if _is_allowed(v, added)]
            field.json_schema_extra = extra
        fields[name] = (known.annotation, field)
    return cast(
        "type[Parameters]", create_model(model.__name__, __base__=model, **fields)
    )


def _added(model: type[Parameters], name: str, said: Mapping[str, float]) -> list[Any]:
    """Return the bounds that are narrower than the declared ones."""
    low, high = declared_bounds(model, name)
    found: list[Any] = []
    if "min" in said and (low is None or said["min"] > low):
        found.append(Ge(said["min"]))
    if "max" in said and (high is None or said["max"] < high):
        found.append(Le(said["max"]))
    return found


def _is_allowed(value: Any, bounds: list[Any]) -> bool:
    """Whether a recommended value lies within the bounds that were added."""
    return all(
        value >= bound.ge if isinstance(bound, Ge) else value <= bound.le
        for bound in bounds
    )


def declared_bounds(
    model: type[Parameters], name: str
) -> tuple[float | None, float | None]:
    """Return the least and the greatest value that a hyperparameter may have."""
    kinds = branches(properties(model)[name])
    kind = kinds[0] if len(kinds) == 1 else {}
    return kind.get("minimum"), kind.get("maximum")


def limit_problems(model: type[Parameters], limits: Any) -> list[str]:
    """Return, in sentences, what of some limits cannot be."""
    if not isinstance(limits, dict):
        return ["Name limits: {“epochs”: {“max”: 200}}."]
    known = properties(model)
    found = []
    for name, said in limits.items():
        if name not in known:
            found.append(f"{name} is not a parameter here.")
        elif not isinstance(said, dict) or not said or set(said) - {"min", "max"}:
            found.append(f"{name} takes “min” and “max”.")
        elif not all(_is_number(value) for value in said.values()):
            found.append(f"{name} takes numbers as “min” and “max”.")
        elif not _is_within(said, *declared_bounds(model, name)):
            low, high = declared_bounds(model, name)
            found.append(f"{name} can only be narrowed: it is {low} to {high}.")
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_within(
    said: Mapping[str, float], low: float | None, high: float | None
) -> bool:
    """Whether limits lie inside the declared bounds, and the right way round."""
    if low is None and high is None:
        return False
    least = said.get("min", low)
    most = said.get("max", high)
    return not (
        (low is not None and least is not None and least < low)
        or (high is not None and most is not None and most > high)
        or (least is not None and most is not None and least > most)
    )
