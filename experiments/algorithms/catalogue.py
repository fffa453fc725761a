"""Every algorithm there is: what it is called, what it needs, where it lives.

The list is light: parameters and factories are dotted names, imported on use, so pages
and the API list algorithms without loading scikit-learn. Other packages add entries
through the entry-point group `datamine.algorithms`, each an `Algorithm`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.metadata import entry_points
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.algorithms.parameters import Parameters, Setting

ENTRY_POINTS = "datamine.algorithms"

#: Rarer categories than these many are not told apart. Boosting sorts codes into at
#: most 255 bins, one of them for what is missing.
CATEGORY_LIMITS = {"onehot": 100, "native": 254}


class Task(StrEnum):
    """What is learned about the target."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"


class UnknownAlgorithmError(LookupError):
    """A name that the catalogue does not have."""

    def __init__(self, name: str) -> None:
        known = ", ".join(entry.name for entry in algorithms())
        super().__init__(f"There is no algorithm “{name}”; there are {known}.")
        self.name = name


@dataclass(frozen=True)
class Preset:
    """Hyperparameters that belong together; those not named keep their default."""

    name: str
    title: str
    values: Mapping[str, Any]


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
    scales : bool
        Whether features are brought to one scale inside.
    presets : tuple of Preset
    """

    name: str
    title: str
    task: Task
    summary: str
    parameters: str
    factory: str
    categories: Literal["native", "onehot"] = "onehot"
    missing: Literal["native", "refused"] = "refused"
    scales: bool = False
    presets: tuple[Preset, ...] = field(default=())

    def parameters_model(self) -> type[Parameters]:
        """Return the pydantic model of the hyperparameters."""
        model: type[Parameters] = resolve_name(self.parameters)
        return model

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
    "refused": "Missing values have to be filled first, with the step “Fill missing”.",
}
_SCALES = "Features are brought to one scale inside the model, unless switched off."

_HERE = "experiments.algorithms"
_STEADY_FOREST = Preset("thorough", "Thorough", {"n_estimators": 500})
_QUICK_FOREST = Preset("quick", "Quick", {"n_estimators": 50, "max_depth": 10})
_BOOSTING = (
    Preset("quick", "Quick", {"max_iter": 50, "max_leaf_nodes": 15}),
    Preset(
        "thorough",
        "Thorough",
        {"max_iter": 500, "learning_rate": 0.03, "l2_regularization": 1.0},
    ),
)

_ENTRIES = (
    Algorithm(
        name="knn",
        title="k-nearest neighbours",
        task=Task.CLASSIFICATION,
        summary="Takes the class most of the closest training rows have.",
        parameters=f"{_HERE}.knn:KnnParameters",
        factory=f"{_HERE}.knn:build",
        scales=True,
        presets=(
            Preset("closest", "Closest row", {"n_neighbors": 1}),
            Preset("smooth", "Smooth", {"n_neighbors": 15, "weights": "distance"}),
        ),
    ),
    Algorithm(
        name="naive_bayes_gaussian",
        title="Naive Bayes (Gaussian)",
        task=Task.CLASSIFICATION,
        summary="Describes each class by a mean and a deviation per feature.",
        parameters=f"{_HERE}.naive_bayes_gaussian:NaiveBayesGaussianParameters",
        factory=f"{_HERE}.naive_bayes_gaussian:build",
    ),
    Algorithm(
        name="decision_tree",
        title="Decision tree (CART)",
        task=Task.CLASSIFICATION,
        summary="Asks one question after another; can be read as rules.",
        parameters=f"{_HERE}.decision_tree:DecisionTreeParameters",
        factory=f"{_HERE}.decision_tree:build",
        presets=(
            Preset("readable", "Readable", {"max_depth": 4, "min_samples_leaf": 5}),
        ),
    ),
    Algorithm(
        name="random_forest",
        title="Random forest",
        task=Task.CLASSIFICATION,
        summary="Lets many trees vote, each grown on drawn rows and features.",
        parameters=f"{_HERE}.random_forest:RandomForestParameters",
        factory=f"{_HERE}.random_forest:build",
        presets=(_QUICK_FOREST, _STEADY_FOREST),
    ),
    Algorithm(
        name="gradient_boosting",
        title="Gradient boosting",
        task=Task.CLASSIFICATION,
        summary="Adds trees that correct those before; often the most accurate.",
        parameters=f"{_HERE}.boosting:BoostingParameters",
        factory=f"{_HERE}.gradient_boosting:build",
        categories="native",
        missing="native",
        presets=_BOOSTING,
    ),
    Algorithm(
        name="linear_regression",
        title="Linear regression",
        task=Task.REGRESSION,
        summary="Adds up the features, each with a weight found by least squares.",
        parameters=f"{_HERE}.linear_regression:LinearRegressionParameters",
        factory=f"{_HERE}.linear_regression:build",
    ),
    Algorithm(
        name="random_forest_regressor",
        title="Random forest (regression)",
        task=Task.REGRESSION,
        summary="Takes the mean of many trees, each grown on drawn rows.",
        parameters=f"{_HERE}.random_forest_regressor:RandomForestRegressorParameters",
        factory=f"{_HERE}.random_forest_regressor:build",
        presets=(_QUICK_FOREST, _STEADY_FOREST),
    ),
    Algorithm(
        name="gradient_boosting_regressor",
        title="Gradient boosting (regression)",
        task=Task.REGRESSION,
        summary="Adds trees that correct those before; often the most accurate.",
        parameters=f"{_HERE}.boosting:BoostingParameters",
        factory=f"{_HERE}.gradient_boosting_regressor:build",
        categories="native",
        missing="native",
        presets=_BOOSTING,
    ),
)


@cache
def algorithms() -> tuple[Algorithm, ...]:
    """Return all entries: ours in their order, then those of other packages."""
    return (*_ENTRIES, *(point.load() for point in entry_points(group=ENTRY_POINTS)))


def title_of(name: str) -> str:
    """Return how people call an algorithm; its name, if its package is gone."""
    return next((entry.title for entry in algorithms() if entry.name == name), name)


def algorithm(name: str) -> Algorithm:
    """Return the entry called `name`, or raise `UnknownAlgorithmError`."""
    for entry in algorithms():
        if entry.name == name:
            return entry
    raise UnknownAlgorithmError(name)
