"""Every algorithm there is: what it is called, what it needs, where it lives.

The list is light: parameters and factories are dotted names, imported on use, so pages
and the API list algorithms without loading scikit-learn. Other packages add entries
through the entry-point group `datamine.algorithms`, each an `Algorithm`.
"""

from experiments.algorithms.catalogue.categories import CATEGORY_LIMITS
from experiments.algorithms.catalogue.lookup import (
    ENTRY_POINTS,
    UnknownAlgorithmError,
    algorithm,
    algorithms,
    makes_samples,
    title_of,
)
from experiments.algorithms.entry import Algorithm, Preset, Task

__all__ = [
    "CATEGORY_LIMITS",
    "ENTRY_POINTS",
    "Algorithm",
    "Preset",
    "Task",
    "UnknownAlgorithmError",
    "algorithm",
    "algorithms",
    "makes_samples",
    "title_of",
]
