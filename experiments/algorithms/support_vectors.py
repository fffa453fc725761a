"""Support vectors for classes: the widest gap between them, with honest shares.

The distance from the gap is no probability. It is turned into one by a curve that is
learned on rows the distances were not: each row's distance comes from a model that was
fitted without it.
"""

from __future__ import annotations

from typing import Any

from experiments.algorithms.class_weights import (
    ClassWeight,
    class_weight_parameter,
    class_weights,
)
from experiments.algorithms.kernels import KernelParameters
from experiments.algorithms.parameters import Setting
from experiments.algorithms.scaling import scaled


class SupportVectorsParameters(KernelParameters):
    """Hyperparameters of support vectors for classes."""

    class_weight: ClassWeight = class_weight_parameter()


def build(parameters: SupportVectorsParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.svm import SVC  # noqa: PLC0415 -- heavy import

    from experiments.algorithms.calibrated import Calibrated  # noqa: PLC0415 -- heavy import

    vectors = SVC(
        class_weight=class_weights(parameters.class_weight), **parameters.arguments()
    )
    gap = scaled(vectors, standardize=parameters.standardize)
    return Calibrated(estimator=gap, random_state=setting.seed)
