"""What was chosen for an experiment, under the labels of the form it was chosen in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from datamine.parameters import label_of
from experiments.algorithms.catalogue import UnknownAlgorithmError, algorithm
from experiments.plans import SplitSettings

if TYPE_CHECKING:
    from experiments.models import Experiment

Field = Literal["hyperparameters", "split"]


class Setting(NamedTuple):
    """One choice: its name in the API, its label on the pages, its value."""

    name: str
    label: str
    value: Any


def settings_of(experiment: Experiment) -> list[Setting]:
    """Return hyperparameters, then how rows were split, without what was left open."""
    fields: tuple[Field, ...] = ("hyperparameters", "split")
    return [
        Setting(name, label, getattr(experiment, field)[name])
        for field in fields
        for name, label in labels_of(experiment, field).items()
        if field == "hyperparameters" or getattr(experiment, field)[name] is not None
    ]


def labels_of(experiment: Experiment, field: Field) -> dict[str, str]:
    """Return each setting's label; its name in words, where nothing declares it."""
    declared = _declared(experiment, field)
    return {
        name: label_of(name, declared.get(name, {}))
        for name in getattr(experiment, field)
    }


def _declared(experiment: Experiment, field: Field) -> dict[str, Any]:
    if field == "split":
        return dict(SplitSettings.model_json_schema()["properties"])
    try:
        model = algorithm(experiment.algorithm).parameters_model()
    except UnknownAlgorithmError:
        return {}
    return dict(model.model_json_schema().get("properties", {}))
