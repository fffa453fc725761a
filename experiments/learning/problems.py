"""What stands in the way of training, said about the column it concerns."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from datasets.words import word

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Trees compute in single precision; a larger number would become infinite there.
LARGEST = 3.4028234663852886e38
#: The code of what `missing_problem` says.
MISSING = "missing_values"
#: Codes of warnings that ask for a reason before a model serves: a plain one is as
#: good, or a figure that was asked for is not reached.
GATES = frozenset({"not_better", "below_gate"})


@dataclass(frozen=True)
class Problem:
    """One finding: `column` is None where it concerns the plan as a whole."""

    column: str | None
    code: str
    detail: str

    def to_json(self) -> dict[str, str | None]:
        return asdict(self)


@dataclass(frozen=True)
class Problems:
    """What forbids training, what one should know before it, and what is seen to."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    @property
    def valid(self) -> bool:
        return not self.problems

    def to_json(self) -> dict[str, object]:
        """Return the answer of the live validation, as the API gives it."""
        return {
            "valid": self.valid,
            "problems": [problem.to_json() for problem in self.problems],
            "warnings": [warning.to_json() for warning in self.warnings],
            "notes": [note.to_json() for note in self.notes],
        }


#: A problem, and whether it forbids training or is only to be known.
Finding = tuple[bool, Problem]


def problem(column: str | None, code: str, detail: str) -> Finding:
    """Return what forbids training."""
    return True, Problem(column, code, detail)


def warning(column: str | None, code: str, detail: str) -> Finding:
    """Return what one should know before it."""
    return False, Problem(column, code, detail)


class TrainingError(Exception):
    """Training cannot go on; the message is a sentence for whoever started it.

    `problems` names the columns concerned, where there are any.
    """

    def __init__(self, sentence: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.problems = tuple(problems)

    @classmethod
    def from_problems(cls, problems: Iterable[Problem]) -> TrainingError:
        """Return the error that says all of them, one sentence after another."""
        found = tuple(problems)
        return cls(" ".join(problem.detail for problem in found), found)


def missing_problem(
    column: str, count: int | None, rows: tuple[int, ...] = ()
) -> Problem:
    """Return what is said where missing values have to be filled first.

    `rows` are the first ones concerned, where they are known.
    """
    if count is None:
        amount = word("missing values")
    elif count == 1:
        amount = word("one missing value")
    else:
        amount = word(f"{count} missing values")
    detail = (
        f"“{column}” has {amount}; use the step “Fill missing values” (fill_missing), "
        "or an algorithm that takes missing values."
    )
    if rows and count:
        more = ", …" if count > len(rows) else ""
        named = ", ".join(str(row + 1) for row in rows)
        if count == 1:
            detail += f" It is in row {named}."
        else:
            detail += f" They are in the rows {named}{more}."
    return Problem(column, MISSING, detail)


def negative_problem(column: str, least: float) -> Problem:
    """Return what is said where an algorithm takes counts and other amounts alone."""
    return Problem(
        column,
        "negative_values",
        f"“{column}” goes down to {least:g}, and counts cannot be negative; leave it "
        "out, scale it with the method “minmax”, or choose Gaussian naive Bayes.",
    )
