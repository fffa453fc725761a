"""Algorithms that tell numbers of any table."""

from __future__ import annotations

from experiments.algorithms.catalogue.presets import (
    BOOSTING,
    CHAID,
    KERNELS,
    NEIGHBOURS,
    NETWORKS,
    QUICK_FOREST,
    READABLE_TREE,
    STEADY_FOREST,
)
from experiments.algorithms.entry import Algorithm, Preset, Task

_HERE = "experiments.algorithms"

REGRESSORS = (
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
            Preset(
                "products",
                "Products only",
                {"interaction_only": True},
                remark="Products of columns without their powers.",
            ),
            Preset(
                "cautious",
                "Cubic, cautious",
                {"degree": 3, "alpha": 1.0},
                remark="Cubes, held back so that they do not swing.",
            ),
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
        presets=NEIGHBOURS,
    ),
    Algorithm(
        name="decision_tree_regressor",
        title="Decision tree (CART, regression)",
        task=Task.REGRESSION,
        summary="Asks one question after another; can be read as rules.",
        parameters=f"{_HERE}.decision_tree_regressor:DecisionTreeRegressorParameters",
        factory=f"{_HERE}.decision_tree_regressor:build",
        missing="native",
        presets=READABLE_TREE,
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
        presets=CHAID,
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
        presets=KERNELS,
    ),
    Algorithm(
        name="random_forest_regressor",
        title="Random forest (regression)",
        task=Task.REGRESSION,
        summary="Takes the mean of many trees, each grown on drawn rows.",
        parameters=f"{_HERE}.random_forest_regressor:RandomForestRegressorParameters",
        factory=f"{_HERE}.random_forest_regressor:build",
        missing="native",
        presets=(QUICK_FOREST, STEADY_FOREST),
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
        presets=BOOSTING,
    ),
    Algorithm(
        name="neural_network_regressor",
        title="Neural network (MLP, regression)",
        task=Task.REGRESSION,
        summary="Layers of simple units, taught in epochs one can watch.",
        parameters=f"{_HERE}.neural_networks:NeuralNetworkParameters",
        factory=f"{_HERE}.neural_network_regressor:build",
        scales=True,
        presets=NETWORKS,
    ),
    Algorithm(
        name="dummy_regressor",
        title="Baseline (regression, reads no feature)",
        task=Task.REGRESSION,
        summary="Answers one number for every row: what a model has to beat.",
        parameters=f"{_HERE}.dummy_regressor:DummyRegressorParameters",
        factory=f"{_HERE}.dummy_regressor:build",
        categories="native",
        missing="native",
    ),
)
