"""What was chosen for an experiment, under the labels of the form it was chosen in."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from datamine.parameters import label_of
from experiments.algorithms.catalogue import UnknownAlgorithmError, algorithm
from experiments.learning.plans import SplitSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.models import Experiment

Field = Literal["hyperparameters", "split"]


class Setting(NamedTuple):
    """One choice: its name in the API, its label on the pages, its value.

    `found` says that a search chose the value, not a person.
    """

    name: str
    label: str
    value: Any
    found: bool = False


def settings_of(
    experiment: Experiment, found: Mapping[str, Any] | None = None
) -> list[Setting]:
    """Return hyperparameters, then how rows were split, without what was left open.

    `found` are hyperparameters that a search put in the place of those asked for.
    """
    searched = found or {}
    return [
        *(
            Setting(
                name,
                label,
                searched.get(name, experiment.hyperparameters[name]),
                found=name in searched,
            )
            for name, label in labels_of(experiment, "hyperparameters").items()
        ),
        *(
            Setting(name, label, experiment.split[name])
            for name, label in labels_of(experiment, "split").items()
            if experiment.split[name] is not None
        ),
    ]


def labels_of(experiment: Experiment, field: Field) -> dict[str, str]:
    """Return each setting's label; its name in words, where nothing declares it."""
    declared = _declared("" if field == "split" else experiment.algorithm)
    return {
        name: label_of(name, declared.get(name, {}))
        for name in getattr(experiment, field)
    }


@cache
def _declared(name: str) -> dict[str, Any]:
    """Return what declares the parameters of an algorithm; without one, of splits.

    It is asked for each row of a comparison, and making it takes milliseconds.
    """
    if not name:
        return dict(SplitSettings.model_json_schema()["properties"])
    try:
        model = algorithm(name).parameters_model()
    except UnknownAlgorithmError:
        return {}
    return dict(model.model_json_schema().get("properties", {}))
