"""k-nearest neighbours: the class most of the closest training rows have."""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import override

from datasets.words import word
from experiments.algorithms.parameters import Parameters, Setting, parameter
from experiments.algorithms.scaling import scaled, standardize_parameter


class KnnParameters(Parameters):
    """Hyperparameters of k-nearest neighbours, for classes and for numbers."""

    n_neighbors: int = parameter(
        5,
        "Neighbours",
        "How many of the closest training rows decide. Few follow the data closely, "
        "many smooth it.",
        unit="rows",
        recommended=(1, 3, 5, 7, 11),
        ge=1,
        le=20,
    )
    weights: Literal["uniform", "distance"] = parameter(
        "uniform",
        "Weights",
        "Whether all neighbours count the same, or closer ones more.",
        words={
            "uniform": word("all the same (uniform)"),
            "distance": word("closer ones more (distance)"),
        },
    )
    metric: Literal["euclidean", "manhattan"] = parameter(
        "euclidean",
        "Distance",
        "How far apart two rows are: along a straight line, or feature by feature.",
        words={
            "euclidean": word("along a straight line (euclidean)"),
            "manhattan": word("feature by feature (manhattan)"),
        },
    )
    standardize: bool = standardize_parameter(True)

    @override
    def reason_unfit(self, n_samples: int, n_columns: int) -> str | None:
        if n_samples >= self.n_neighbors:
            return None
        return (
            f"{self.n_neighbors} neighbours cannot be found among {n_samples} training "
            "rows: lower “n_neighbors”."
        )

    def arguments(self, setting: Setting) -> dict[str, Any]:
        """Return what both estimators of scikit-learn are given."""
        return {
            "n_neighbors": self.n_neighbors,
            "weights": self.weights,
            "metric": self.metric,
            "n_jobs": setting.threads,
        }


def build(parameters: KnnParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.neighbors import KNeighborsClassifier  # noqa: PLC0415 -- heavy import

    neighbours = KNeighborsClassifier(**parameters.arguments(setting))
    return scaled(neighbours, standardize=parameters.standardize)
