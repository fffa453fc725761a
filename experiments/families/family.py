"""What makes an algorithm a family: it knows its domain, its columns and its rivals."""

from __future__ import annotations

from dataclasses import dataclass, field
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import numpy as np

    from experiments.algorithms.parameters import Parameters, Setting
    from experiments.families.assembling import Assembler
    from experiments.families.contracts import Contract
    from experiments.learning.preparation import Frame
    from experiments.learning.problems import Problem

    Matrix = np.ndarray[Any, np.dtype[np.float64]]
    Array = Matrix
    Measure = Callable[[Any, Matrix, np.ndarray[Any, Any]], dict[str, float | None]]


@dataclass(frozen=True)
class Rival:
    """A plain model the family has to beat, on the same rows of the same split.

    Parameters
    ----------
    name, title : str
    factory : str
        `build(setting)` as "module:attribute"; an estimator for the same matrix.
    metric : str
        What the two are compared by, as `experiments.metrics` names it.
    higher : bool
        Whether more of it is better.
    test : str
        `test(y, ours, theirs)` as "module:attribute": the probability that the model is
        no better. The rival is then beaten only where that is improbable.
    """

    name: str
    title: str
    factory: str
    metric: str
    higher: bool = True
    test: str = ""

    def build(self, setting: Setting) -> Any:
        """Return the unfitted estimator."""
        return resolve_name(self.factory)(setting)

    def is_beaten(self, model: float | None, rival: float | None) -> bool:
        """Whether the model's figure is the better one."""
        if model is None or rival is None:
            return False
        return model > rival if self.higher else model < rival

    def probability(self, y: Array, ours: Array, theirs: Array) -> float | None:
        """Return how probable such answers are if the model is no better."""
        if not self.test:
            return None
        found: float = resolve_name(self.test)(y, ours, theirs)
        return found


@dataclass(frozen=True)
class Family:
    """All that a family says beside its parameters and its estimator.

    Parameters
    ----------
    contract : Contract
    rivals : tuple of Rival
    split : dict
        What of the split settings is other than usual where nothing is said.
    notice : str
        What whoever reads a result or an answer has to know.
    fewest_rows : int
        With fewer the table is refused.
    fewest_of_class : int
        With fewer rows of a class there is a warning.
    assembler : str
        `build(parameters, columns)` as "module:attribute", where samples are made of
        several rows; empty where a row is a sample.
    computed_target : str
        The target that the assembler computes, where the contract has none.
    measures : str
        `measure(estimator, X, Y)` as "module:attribute": figures of further outputs.
    scores : str
        `scores(y, predicted)` as "module:attribute": further figures of predictions,
        the model's and its rivals'.
    story : str
        `story(estimator, X, y, frame, parameters)` as "module:attribute": what charts
        of tested samples need, kept among a result's details under names of its own.
    gates : str
        `gates(parameters, metrics)` as "module:attribute": what a version does not
        reach that was asked for.
    sections : dict of str to tuple of str
        Parameters that forms show apart, by the heading of their section.
    reach : str
        `reach(parameters)` as "module:attribute": how many moments after a sample its
        target looks at. Rows are then split by time, with at least this gap.
    doubt : str
        `doubt(parameters)` as "module:attribute": a sentence on what may come of these
        settings, None where there is nothing to say.
    paces : dict of str to pair of float
        By the name of a size, "" where there is one only: the fewest and the most
        seconds that a row of the table took in an epoch, on one core of a server. It
        is what is said of times until sessions were timed where one trains.
    """

    contract: Contract
    rivals: tuple[Rival, ...] = ()
    split: Mapping[str, Any] = field(default_factory=dict)
    notice: str = ""
    fewest_rows: int = 0
    fewest_of_class: int = 0
    assembler: str = ""
    computed_target: str = ""
    measures: str = ""
    sections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scores: str = ""
    story: str = ""
    gates: str = ""
    reach: str = ""
    doubt: str = ""
    paces: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def features(self, names: Iterable[str]) -> list[str]:
        """Return which columns of a table are the features, in order."""
        return self.contract.features(names)

    def target(self, names: Iterable[str]) -> str:
        """Return which column of a table is learned, by its name there."""
        column = self.contract.target
        if column is None:
            return self.computed_target
        return self.contract.find(names).get(column.name, column.name)

    def score(
        self, y: np.ndarray[Any, Any], predicted: Array
    ) -> dict[str, float | None]:
        """Return the family's own figures of predictions, whoever made them."""
        return resolve_name(self.scores)(y, predicted) if self.scores else {}

    def tell(
        self,
        estimator: Any,
        X: Matrix,
        y: np.ndarray[Any, Any],
        frame: Frame,
        parameters: Parameters,
    ) -> dict[str, Any]:
        """Return what charts of tested samples need, by a name of the family's own."""
        if not self.story:
            return {}
        found: dict[str, Any] = resolve_name(self.story)(
            estimator, X, y, frame, parameters
        )
        return found

    def not_reached(
        self, parameters: Parameters, metrics: Mapping[str, float | None]
    ) -> Iterator[Problem]:
        """Yield what was asked for and is not reached."""
        if self.gates:
            yield from resolve_name(self.gates)(parameters, metrics)

    def reach_of(self, parameters: Parameters) -> int:
        """Return how many moments after a sample its target looks at."""
        found: int = resolve_name(self.reach)(parameters) if self.reach else 0
        return found

    def doubt_about(self, parameters: Parameters) -> str | None:
        """Return what may come of these settings, None without a doubt."""
        found: str | None = resolve_name(self.doubt)(parameters) if self.doubt else None
        return found

    def usual_split(
        self, parameters: Parameters, names: Iterable[str]
    ) -> dict[str, Any]:
        """Return what of the split is not as usual, with the names of columns there."""
        found = self.contract.find(names)
        usual = {
            name: found.get(value, value) if name.endswith("_column") else value
            for name, value in self.split.items()
        }
        if self.reach:
            usual["gap"] = self.reach_of(parameters)
        return usual

    def make_assembler(
        self, parameters: Parameters, columns: Mapping[str, str]
    ) -> Assembler | None:
        """Return what makes samples of rows; `columns` names the table's by ours."""
        if not self.assembler:
            return None
        made: Assembler = resolve_name(self.assembler)(parameters, columns)
        return made

    def measure(
        self, estimator: Any, X: Matrix, Y: np.ndarray[Any, Any]
    ) -> dict[str, float | None]:
        """Return the family's own figures of rows and all their targets."""
        if not self.measures:
            return {}
        found: Measure = resolve_name(self.measures)
        return found(estimator, X, Y)
