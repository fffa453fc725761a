"""A family whose samples are made of several rows: boxes and the marbles in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.naive_bayes import GaussianNB

from experiments.algorithms.catalogue import Algorithm, Task
from experiments.algorithms.parameters import Parameters
from experiments.families.assembling import Assembled, Block
from experiments.families.contracts import Contract, ContractColumn
from experiments.families.family import Family, Rival
from experiments.learning.problems import TrainingError

HERE = "tests.experiments.families.toy"
CONTRACT = Contract(
    (
        ContractColumn("box", "the box", "category"),
        ContractColumn("weight", "the weight of a marble", unit="g"),
        ContractColumn("kind", "the kind of box", "category", role="target"),
        ContractColumn("price", "the price", role="extra", required=False),
    )
)


@dataclass(frozen=True)
class Boxes:
    """One sample a box: the mean and the number of its marbles."""

    box: str
    weight: str
    blocks = (Block("mean", 1), Block("counts", 2))

    def assemble(self, frame, *, learning):
        boxes = frame.column(self.box).to_numpy()
        names, first, places = np.unique(boxes, return_index=True, return_inverse=True)
        weights = frame.column(self.weight).to_numpy().astype(float)
        counts = np.bincount(places)
        if learning and counts.min() < 2:
            raise TrainingError("A box has one marble only. Leave it out.")
        stops = np.cumsum(counts)
        means = np.bincount(places, weights) / counts
        return Assembled(
            frame.take(first),
            np.column_stack([means, counts, counts**2]),
            np.argsort(places, kind="stable"),
            stops - counts,
            stops,
            (f"{len(names)} boxes.",),
        )


class Guesser(GaussianNB):
    """Learns the classes, and remembers what else it was taught."""

    def fit(self, X, y):
        self.taught_ = y
        return super().fit(X, y if y.ndim == 1 else y[:, 0])


def build(parameters, setting):
    return Guesser()


def build_rival(setting):
    return GaussianNB()


def build_assembler(parameters, columns):
    return Boxes(columns["box"], columns["weight"])


def measure(estimator, X, Y):
    return {"mae": float(np.nanmean(Y[:, 1]))}


FAMILY = Family(
    CONTRACT,
    rivals=(Rival("plain", "Plain", f"{HERE}:build_rival", "accuracy"),),
    assembler=f"{HERE}:build_assembler",
    measures=f"{HERE}:measure",
)
ENTRY = Algorithm(
    name="boxes",
    title="Boxes",
    task=Task.CLASSIFICATION,
    summary="Tells boxes apart.",
    parameters=f"{Parameters.__module__}:Parameters",
    factory=f"{HERE}:build",
    domain=f"{HERE}:FAMILY",
)
