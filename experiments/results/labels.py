"""What was chosen for an experiment, under the labels of the form it was chosen in."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from datamine.parameters import in_words, label_of
from datamine.speech import spoken
from datamine.templatetags.display import setting
from datasets.declarations import branches
from experiments.algorithms.catalogue import UnknownAlgorithmError, algorithm
from experiments.learning.plans import SplitSettings
from experiments.results.search_charts import NO_VALUE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.models import Experiment

Field = Literal["hyperparameters", "split"]


class Setting(NamedTuple):
    """One choice: its name in the API, its label on the pages, its value, and in words.

    `found` says that a search chose the value, not a person.
    """

    name: str
    label: str
    value: Any
    said: Any
    found: bool = False


def settings_of(
    experiment: Experiment, found: Mapping[str, Any] | None = None
) -> list[Setting]:
    """Return hyperparameters, then how rows were split, without what was left open.

    `found` are hyperparameters that a search put in the place of those asked for.
    """
    searched = found or {}
    chosen = {**experiment.hyperparameters, **searched}
    split, kind = experiment.split, experiment.algorithm
    return [
        *(
            Setting(
                name,
                label,
                chosen[name],
                said_of(kind, name, chosen[name]),
                found=name in searched,
            )
            for name, label in labels_of(experiment, "hyperparameters").items()
        ),
        *(
            Setting(name, label, split[name], said_of("", name, split[name]))
            for name, label in labels_of(experiment, "split").items()
            if split[name] is not None
        ),
    ]


def said_of(algorithm: str, name: str, value: Any) -> Any:
    """Return a choice in words, others as they are; a split has no algorithm."""
    schema = _declared(algorithm).get(name, {})
    is_choice = any("enum" in part for part in branches(schema))
    return in_words(value, schema) if is_choice and value is not None else value


def changes_of(
    algorithm: str, before: Mapping[str, Any], then: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the hyperparameters that become others: `label`, `now` and `then`."""
    declared = _declared(algorithm)
    return [
        {
            "label": label_of(name, declared.get(name, {})),
            "now": said_of(algorithm, name, before.get(name)),
            "then": said_of(algorithm, name, value),
        }
        for name, value in then.items()
        if value != before.get(name)
    ]


def labels_of(experiment: Experiment, field: Field) -> dict[str, str]:
    """Return each setting's label; its name in words, where nothing declares it."""
    declared = _declared("" if field == "split" else experiment.algorithm)
    return {
        name: label_of(name, declared.get(name, {}))
        for name in getattr(experiment, field)
    }


def search_in_words(details: dict[str, Any], algorithm: str) -> dict[str, Any]:
    """Return a result's details whose trials have labels and values in words."""
    search = details.get("search")
    if not search:
        return details
    declared = _declared(algorithm)

    def with_words(trials: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                **trial,
                "told": {
                    name: spoken(NO_VALUE)
                    if value is None
                    else setting(said_of(algorithm, name, value))
                    for name, value in trial["values"].items()
                },
            }
            for trial in trials
        ]

    said = {
        "labels": {n: label_of(n, declared.get(n, {})) for n in search["names"]},
        "trials": with_words(search["trials"]),
        "nested": with_words(search["nested"]),
    }
    return {**details, "search": {**search, **said}}


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
