"""What libraries warn of and refuse, told as sentences to whoever trains.

The parts of scikit-learn that factories import on use are imported here already, so
that a child that waits for work has them ready.
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sklearn
import sklearn.compose
import sklearn.dummy
import sklearn.ensemble
import sklearn.linear_model
import sklearn.model_selection
import sklearn.naive_bayes
import sklearn.neighbors
import sklearn.neural_network
import sklearn.svm

from experiments.learning.problems import TrainingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from experiments.algorithms.catalogue import Algorithm

#: Warnings about these data; what is about versions of libraries is left out.
TOLD = (UserWarning, RuntimeWarning)


@contextmanager
def estimator_warnings() -> Iterator[Callable[[], list[str]]]:
    """Collect what libraries warn of, each sentence once."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")

        def heard() -> list[str]:
            told = (w for w in caught if issubclass(w.category, TOLD))
            return list(dict.fromkeys(str(w.message).split("\n")[0] for w in told))

        yield heard


@contextmanager
def refusals_explained(entry: Algorithm) -> Iterator[None]:
    """Say in a sentence what an estimator does not take; rows were checked before."""
    try:
        with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
            yield
    except ValueError as error:
        reason = str(error).split("\n")[0].rstrip(".")
        raise TrainingError(
            f"{entry.title} cannot work on these rows: {reason}."
        ) from error
