"""Every algorithm there is: what it is called, what it needs, where it lives.

The list is light: parameters and factories are dotted names, imported on use, so pages
and the API list algorithms without loading scikit-learn. Other packages add entries
through the entry-point group `datamine.algorithms`, each an `Algorithm`.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from experiments.algorithms.entry import Algorithm, Preset, Task

__all__ = [
    "CATEGORY_LIMITS",
    "Algorithm",
    "Preset",
    "Task",
    "UnknownAlgorithmError",
    "algorithm",
    "algorithms",
    "title_of",
]

ENTRY_POINTS = "datamine.algorithms"

#: Rarer categories than these many are not told apart. Boosting sorts codes into at
#: most 255 bins, one of them for what is missing.
CATEGORY_LIMITS = {"onehot": 100, "native": 254}


class UnknownAlgorithmError(LookupError):
    """A name that the catalogue does not have."""

    def __init__(self, name: str) -> None:
        known = ", ".join(entry.name for entry in algorithms())
        super().__init__(f"There is no algorithm “{name}”; there are {known}.")
        self.name = name


_HERE = "experiments.algorithms"
_FAMILIES = "experiments.families"
_NEIGHBOURS = (
    Preset("closest", "Closest row", {"n_neighbors": 1}),
    Preset("smooth", "Smooth", {"n_neighbors": 15, "weights": "distance"}),
)
_READABLE_TREE = (
    Preset("readable", "Readable", {"max_depth": 4, "min_samples_leaf": 5}),
)
_KERNELS = (
    Preset("straight", "Straight", {"kernel": "linear"}),
    Preset("close", "Close to the rows", {"C": 10.0}),
)
_NETWORKS = (
    Preset("small", "Small", {"hidden_layer_sizes": (32,), "max_iter": 100}),
    Preset("deep", "Deep", {"hidden_layer_sizes": (128, 64, 32), "max_iter": 500}),
)
_STEADY_FOREST = Preset("thorough", "Thorough", {"n_estimators": 500})
_QUICK_FOREST = Preset("quick", "Quick", {"n_estimators": 50, "max_depth": 10})
_CHAID = (
    Preset("readable", "Readable", {"max_depth": 3, "min_samples_leaf": 50}),
    Preset("exhaustive", "Exhaustive", {"exhaustive": True}),
)
_BOOSTING = (
    Preset("quick", "Quick", {"max_iter": 50, "max_leaf_nodes": 15}),
    Preset(
        "thorough",
        "Thorough",
        {"max_iter": 500, "learning_rate": 0.03, "l2_regularization": 1.0},
    ),
)
_MARKETS = (
    Preset(
        "quick",
        "Quick Test",
        {"days": 90, "epochs": 20, "patience": 10},
        "1–2 min GPU, 2–5 min CPU",
    ),
    Preset(
        "standard",
        "Standard",
        {"days": 365, "epochs": 50, "patience": 12},
        "3–5 min GPU, 6–15 min CPU",
    ),
    Preset(
        "full",
        "Full Training",
        {"days": 730, "epochs": 100, "patience": 15},
        "5–10 min GPU, 10–20 min CPU",
    ),
    Preset(
        "deep",
        "Deep Research",
        {"days": 1095, "epochs": 200, "patience": 20},
        "15–30 min GPU, 30–60 min CPU",
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
        presets=_NEIGHBOURS,
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
        name="naive_bayes_multinomial",
        title="Naive Bayes (multinomial)",
        task=Task.CLASSIFICATION,
        summary="Describes each class by how its counts spread over the features.",
        parameters=f"{_HERE}.naive_bayes_multinomial:NaiveBayesMultinomialParameters",
        factory=f"{_HERE}.naive_bayes_multinomial:build",
        negative="refused",
    ),
    Algorithm(
        name="naive_bayes_bernoulli",
        title="Naive Bayes (Bernoulli)",
        task=Task.CLASSIFICATION,
        summary="Describes each class by how often each feature is present.",
        parameters=f"{_HERE}.naive_bayes_bernoulli:NaiveBayesBernoulliParameters",
        factory=f"{_HERE}.naive_bayes_bernoulli:build",
        scales=True,
    ),
    Algorithm(
        name="logistic_regression",
        title="Logistic regression",
        task=Task.CLASSIFICATION,
        summary="Adds up the features, each with a weight, into probabilities.",
        parameters=f"{_HERE}.logistic_regression:LogisticRegressionParameters",
        factory=f"{_HERE}.logistic_regression:build",
        scales=True,
        presets=(
            Preset("cautious", "Cautious", {"C": 0.1}),
            Preset("sparse", "Few features", {"C": 0.1, "l1_ratio": 1.0}),
        ),
    ),
    Algorithm(
        name="support_vectors",
        title="Support vectors",
        task=Task.CLASSIFICATION,
        summary="Puts the widest gap between classes; slow on many thousand rows.",
        parameters=f"{_HERE}.support_vectors:SupportVectorsParameters",
        factory=f"{_HERE}.support_vectors:build",
        scales=True,
        presets=_KERNELS,
    ),
    Algorithm(
        name="decision_tree",
        title="Decision tree (CART)",
        task=Task.CLASSIFICATION,
        summary="Asks one question after another; can be read as rules.",
        parameters=f"{_HERE}.decision_tree:DecisionTreeParameters",
        factory=f"{_HERE}.decision_tree:build",
        missing="native",
        presets=_READABLE_TREE,
    ),
    Algorithm(
        name="decision_tree_c45",
        title="Decision tree (C4.5)",
        task=Task.CLASSIFICATION,
        summary="Asks for one feature after another, with a branch for each category; "
        "pruned, and readable as rules.",
        parameters=f"{_HERE}.decision_tree_c45:DecisionTreeC45Parameters",
        factory=f"{_HERE}.decision_tree_c45:build",
        categories="native",
        missing="native",
        presets=(Preset("readable", "Readable", {"confidence": 0.05, "max_depth": 5}),),
    ),
    Algorithm(
        name="decision_tree_chaid",
        title="Decision tree (CHAID)",
        task=Task.CLASSIFICATION,
        summary="Puts categories together that do not differ, and asks for the feature "
        "whose groups differ most (χ²).",
        parameters=f"{_HERE}.decision_tree_chaid:DecisionTreeChaidParameters",
        factory=f"{_HERE}.decision_tree_chaid:build",
        categories="native",
        missing="native",
        presets=_CHAID,
    ),
    Algorithm(
        name="random_forest",
        title="Random forest",
        task=Task.CLASSIFICATION,
        summary="Lets many trees vote, each grown on drawn rows and features.",
        parameters=f"{_HERE}.random_forest:RandomForestParameters",
        factory=f"{_HERE}.random_forest:build",
        missing="native",
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
        name="neural_network",
        title="Neural network (MLP)",
        task=Task.CLASSIFICATION,
        summary="Layers of simple units, taught in epochs one can watch.",
        parameters=f"{_HERE}.neural_networks:NeuralNetworkParameters",
        factory=f"{_HERE}.neural_network:build",
        scales=True,
        presets=_NETWORKS,
    ),
    Algorithm(
        name="dummy",
        title="Baseline (reads no feature)",
        task=Task.CLASSIFICATION,
        summary="Answers by how often classes occur: what a model has to beat.",
        parameters=f"{_HERE}.dummy:DummyParameters",
        factory=f"{_HERE}.dummy:build",
        categories="native",
        missing="native",
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
        name="ridge_regression",
        title="Ridge regression",
        task=Task.REGRESSION,
        summary="Linear regression with small weights; steadier on many features.",
        parameters=f"{_HERE}.ridge_regression:RidgeRegressionParameters",
        factory=f"{_HERE}.ridge_regression:build",
        scales=True,
    ),
    Algorithm(
        name="polynomial_regression",
        title="Polynomial regression",
        task=Task.REGRESSION,
        summary="Linear regression on powers and products of the features.",
        parameters=f"{_HERE}.polynomial_regression:PolynomialRegressionParameters",
        factory=f"{_HERE}.polynomial_regression:build",
        scales=True,
        presets=(
            Preset("products", "Products only", {"interaction_only": True}),
            Preset("cautious", "Cubic, cautious", {"degree": 3, "alpha": 1.0}),
        ),
    ),
    Algorithm(
        name="knn_regressor",
        title="k-nearest neighbours (regression)",
        task=Task.REGRESSION,
        summary="Takes the mean of the closest training rows.",
        parameters=f"{_HERE}.knn:KnnParameters",
        factory=f"{_HERE}.knn_regressor:build",
        scales=True,
        presets=_NEIGHBOURS,
    ),
    Algorithm(
        name="decision_tree_regressor",
        title="Decision tree (CART, regression)",
        task=Task.REGRESSION,
        summary="Asks one question after another; can be read as rules.",
        parameters=f"{_HERE}.decision_tree_regressor:DecisionTreeRegressorParameters",
        factory=f"{_HERE}.decision_tree_regressor:build",
        missing="native",
        presets=_READABLE_TREE,
    ),
    Algorithm(
        name="decision_tree_chaid_regressor",
        title="Decision tree (CHAID, regression)",
        task=Task.REGRESSION,
        summary="Puts categories together that do not differ, and asks for the feature "
        "whose groups differ most (F test).",
        parameters=f"{_HERE}.chaid.parameters:ChaidParameters",
        factory=f"{_HERE}.decision_tree_chaid_regressor:build",
        categories="native",
        missing="native",
        presets=_CHAID,
    ),
    Algorithm(
        name="support_vectors_regressor",
        title="Support vectors (regression)",
        task=Task.REGRESSION,
        summary="Lets only far rows bend the curve; slow on many thousand rows.",
        parameters=f"{_HERE}.support_vectors_regressor:"
        "SupportVectorsRegressorParameters",
        factory=f"{_HERE}.support_vectors_regressor:build",
        scales=True,
        presets=_KERNELS,
    ),
    Algorithm(
        name="random_forest_regressor",
        title="Random forest (regression)",
        task=Task.REGRESSION,
        summary="Takes the mean of many trees, each grown on drawn rows.",
        parameters=f"{_HERE}.random_forest_regressor:RandomForestRegressorParameters",
        factory=f"{_HERE}.random_forest_regressor:build",
        missing="native",
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
    Algorithm(
        name="neural_network_regressor",
        title="Neural network (MLP, regression)",
        task=Task.REGRESSION,
        summary="Layers of simple units, taught in epochs one can watch.",
        parameters=f"{_HERE}.neural_networks:NeuralNetworkParameters",
        factory=f"{_HERE}.neural_network_regressor:build",
        scales=True,
        presets=_NETWORKS,
    ),
    Algorithm(
        name="dummy_regressor",
        title="Baseline (reads no feature)",
        task=Task.REGRESSION,
        summary="Answers one number for every row: what a model has to beat.",
        parameters=f"{_HERE}.dummy_regressor:DummyRegressorParameters",
        factory=f"{_HERE}.dummy_regressor:build",
        categories="native",
        missing="native",
    ),
    Algorithm(
        name="diabetes",
        title="Diabetes screening (network)",
        task=Task.CLASSIFICATION,
        summary="Tells none, prediabetes and diabetes by HbA1c, age, BMI and gender.",
        parameters=f"{_FAMILIES}.diabetes.declaration:DiabetesParameters",
        factory=f"{_FAMILIES}.diabetes.declaration:build",
        presets=(
            Preset("quick", "Quick", {"epochs": 60, "patience": 20}),
            Preset("thorough", "Thorough", {"epochs": 300, "learning_rate": 0.0005}),
        ),
        domain=f"{_FAMILIES}.diabetes.declaration:FAMILY",
        by_epochs=True,
    ),
    Algorithm(
        name="exoplanet",
        title="Exoplanet vetting (network)",
        task=Task.CLASSIFICATION,
        summary="Tells planets, candidates and false positives by transit and star.",
        parameters=f"{_FAMILIES}.exoplanet.declaration:ExoplanetParameters",
        factory=f"{_FAMILIES}.exoplanet.declaration:build",
        presets=(
            Preset("quick", "Quick", {"epochs": 15, "batch_size": 64}),
            Preset("thorough", "Thorough", {"epochs": 100, "patience": 20}),
        ),
        domain=f"{_FAMILIES}.exoplanet.declaration:FAMILY",
        by_epochs=True,
    ),
    Algorithm(
        name="regime",
        title="Market regime (network)",
        task=Task.CLASSIFICATION,
        summary="Foretells bear market, correction, bull market or expansion by daily "
        "prices.",
        parameters=f"{_FAMILIES}.regime.declaration:RegimeParameters",
        factory=f"{_FAMILIES}.regime.declaration:build",
        presets=_MARKETS,
        domain=f"{_FAMILIES}.regime.declaration:FAMILY",
        by_epochs=True,
    ),
    Algorithm(
        name="volatility",
        title="Market volatility (network)",
        task=Task.REGRESSION,
        summary="Foretells by daily prices how much they will move, with intervals.",
        parameters=f"{_FAMILIES}.volatility.declaration:VolatilityParameters",
        factory=f"{_FAMILIES}.volatility.declaration:build",
        presets=_MARKETS,
        domain=f"{_FAMILIES}.volatility.declaration:FAMILY",
        by_epochs=True,
    ),
    Algorithm(
        name="stars",
        title="Variable stars (network)",
        task=Task.CLASSIFICATION,
        summary="Tells classes of variable stars by light curves, and finds periods.",
        parameters=f"{_FAMILIES}.stars.declaration:StarsParameters",
        factory=f"{_FAMILIES}.stars.declaration:build",
        presets=(
            Preset("quick", "Quick", {"epochs": 10, "batch_size": 32}),
            Preset("optimal", "Optimal", {"config": "optimal", "epochs": 50}),
            Preset("large", "Large", {"config": "large", "epochs": 50}),
        ),
        domain=f"{_FAMILIES}.stars.declaration:FAMILY",
        by_epochs=True,
    ),
)


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
