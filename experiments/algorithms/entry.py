"""What an entry of the catalogue of algorithms says."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.algorithms.parameters import Parameters, Setting
    from experiments.families.family import Family


class Task(StrEnum):
    """What is learned about the target."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"


@dataclass(frozen=True)
class Preset:
    """Hyperparameters that belong together; those not named keep their default.

    `expected` says how long that takes and `remark` what it is for, for people.
    """

    name: str
    title: str
    values: Mapping[str, Any]
    expected: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Algorithm:
    """One entry of the catalogue.

    Parameters
    ----------
    name, title, summary : str
        How programs and people call it, and one sentence on what it does.
    task : Task
        What it learns.
    parameters, factory : str
        Where its pydantic model and `build(parameters, setting)` live, as
        "module:attribute".
    categories : {"native", "onehot"}
        Whether categories are taken as they are, or become one column each.
    missing : {"native", "refused"}
        Whether missing values are taken as they are, or must be filled by a step.
    negative : {"native", "refused"}
        Whether features may be negative, or are counts.
    scales : bool
        Whether features are brought to one scale inside.
    presets : tuple of Preset
    domain : str
        Where the `Family` lives that knows columns and rivals, as "module:attribute";
        empty for algorithms that take any table.
    by_epochs : bool
        Whether it learns in epochs, which are worth every thread and every checkpoint.
    declared : type of Parameters, optional
        A narrower declaration that a site puts in place of the one that is named.
    most_rows : int, optional
        With more rows a site refuses to train.
    """

    name: str
    title: str
    task: Task
    summary: str
    parameters: str
    factory: str
    categories: Literal["native", "onehot"] = "onehot"
    missing: Literal["native", "refused"] = "refused"
    negative: Literal["native", "refused"] = "native"
    scales: bool = False
    presets: tuple[Preset, ...] = field(default=())
    domain: str = ""
    by_epochs: bool = False
    declared: type[Parameters] | None = None
    most_rows: int | None = None

    @property
    def family(self) -> Family | None:
        """What the algorithm knows about its domain, if it knows one."""
        if not self.domain:
            return None
        found: Family = resolve_name(self.domain)
        return found

    def parameters_model(self) -> type[Parameters]:
        """Return the pydantic model of the hyperparameters."""
        if self.declared is not None:
            return self.declared
        model: type[Parameters] = resolve_name(self.parameters)
        return model

    @property
    def defaults(self) -> dict[str, Any]:
        """What holds for every hyperparameter that nothing is said of, as JSON."""
        return self.parameters_model()().model_dump(mode="json")

    def build(self, hyperparameters: Mapping[str, Any], setting: Setting) -> Any:
        """Return an unfitted estimator with the contract of scikit-learn.

        Raises
        ------
        ParameterError
            Where a hyperparameter is outside its bounds.
        """
        parsed = self.parameters_model().parse(hyperparameters)
        return resolve_name(self.factory)(parsed, setting)

    @property
    def notes(self) -> tuple[str, ...]:
        """What happens to categories, missing values and scales, in sentences."""
        return (
            _CATEGORIES[self.categories],
            _MISSING[self.missing],
            *((_COUNTS,) if self.negative == "refused" else ()),
            *((_SCALES,) if self.scales else ()),
        )


_CATEGORIES = {
    "native": "Categories are used as they are; one not seen in training counts as "
    "missing.",
    "onehot": "Each category becomes a column of zeros and ones inside the model; one "
    "not seen in training is all zeros.",
}
_MISSING = {
    "native": "Missing values are used as they are.",
    "refused": "Missing values have to be filled first, with the step “Fill missing "
    "values”.",
}
_COUNTS = "Features have to be counts or other amounts: none may be negative."
_SCALES = "Features can be brought to one scale inside the model."
