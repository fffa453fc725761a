"""The algorithms as this site offers them: what staff switched off, set and limited."""

from __future__ import annotations

from dataclasses import replace

from experiments.algorithms.catalogue import Algorithm, algorithm, algorithms
from experiments.algorithms.narrowing import narrowed
from experiments.exceptions import SwitchedOffError
from experiments.models import AlgorithmSetting


def offered(name: str) -> Algorithm:
    """Return the entry called `name`, with the defaults and limits of this site.

    Raises `UnknownAlgorithmError`, and `SwitchedOffError` where it is not offered.
    """
    entry = algorithm(name)
    setting = AlgorithmSetting.objects.filter(algorithm=name).first()
    if setting is None:
        return entry
    if not setting.is_enabled:
        raise SwitchedOffError(
            f"“{entry.title}” is switched off on this site. Choose another algorithm, "
            "or ask the staff to offer it again."
        )
    return as_set(entry, setting)


def all_offered() -> list[Algorithm]:
    """Return the entries that can be trained with here, in the catalogue's order."""
    settings = {row.algorithm: row for row in AlgorithmSetting.objects.all()}
    return [
        as_set(entry, settings.get(entry.name))
        for entry in algorithms()
        if entry.name not in settings or settings[entry.name].is_enabled
    ]


def as_set(entry: Algorithm, setting: AlgorithmSetting | None) -> Algorithm:
    """Return an entry with what staff set."""
    if setting is None:
        return entry
    declared = entry.parameters_model()
    if setting.defaults or setting.limits:
        declared = narrowed(declared, setting.defaults, setting.limits)
    return replace(entry, declared=declared, most_rows=setting.max_rows)
