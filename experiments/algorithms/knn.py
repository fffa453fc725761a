"""k-nearest neighbours: the class most of the closest training rows have."""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import override

from experiments.algorithms.parameters import Parameters, Setting, parameter


class KnnParameters(Parameters):
    """Hyperparameters of k-nearest neighbours."""

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
    )
    metric: Literal["euclidean", "manhattan"] = parameter(
        "euclidean",
        "Distance",
        "How far apart two rows are: along a straight line, or feature by feature.",
    )
    standardize: bool = parameter(
        True,
        "Standardise features",
        "Brings every feature to mean 0 and deviation 1, learned on the training rows, "
        "so that a feature with large numbers does not outweigh the others.",
    )

    @override
    def reason_unfit(self, n_samples: int) -> str | None:
        if n_samples >= self.n_neighbors:
            return None
        return (
            f"{self.n_neighbors} neighbours cannot be found among {n_samples} training "
            "rows: lower “n_neighbors”."
        )


def build(parameters: KnnParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.neighbors import KNeighborsClassifier  # noqa: PLC0415 -- heavy import
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415 -- heavy import
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415 -- heavy import

    neighbours = KNeighborsClassifier(
        n_neighbors=parameters.n_neighbors,
        weights=parameters.weights,
        metric=parameters.metric,
        n_jobs=setting.threads,
    )
    if not parameters.standardize:
        return neighbours
    return make_pipeline(StandardScaler(), neighbours)
