"""Settings that are chosen by one click: presets, defaults, and what serves now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.algorithms.catalogue import Algorithm

CUSTOM, CURRENT, DEFAULTS = "custom", "current", "defaults"


@dataclass(frozen=True)
class Choice:
    """One click's worth of settings, what they are for and how long they take."""

    name: str
    title: str
    remark: str
    values: Mapping[str, Any]
    expected: str = ""


def defaults_of(entry: Algorithm) -> Choice:
    remark = _("as declared for the algorithm")
    return Choice(DEFAULTS, _("Defaults"), remark, entry.defaults)


def is_part(some: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether `values` say the same of everything that `some` names."""
    return all(
        values.get(name) == (list(value) if isinstance(value, tuple) else value)
        for name, value in some.items()
    )
