"""What can go wrong with experiments, each with a sentence for the person it meets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from projects.exceptions import DomainError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable


class ExperimentError(DomainError):
    """A change an experiment does not allow as things are."""


class ExperimentInUseError(ExperimentError):
    """Something registered stands on a session of this experiment."""

    code = "experiment_in_use"


class SessionRunningError(ExperimentError):
    """The experiment is being trained already."""

    code = "session_running"


class SessionStateError(ExperimentError):
    """The session's state does not allow what was asked."""

    code = "session_state"


class VersionNotReadyError(ExperimentError):
    """The version's rows are not there (yet)."""

    code = "version_not_ready"


class SwitchedOffError(ExperimentError):
    """Staff decided that this site does not offer the algorithm."""

    code = "switched_off"


class NoResultError(ExperimentError):
    """What was asked for needs a completed session."""

    code = "no_result"


class DamagedModelError(ExperimentError):
    """The stored model is gone, or not the one that was stored."""

    code = "damaged"


class NoTestedRowsError(ExperimentError):
    """The predictions of the tested rows were not kept, or are damaged."""

    code = "no_tested_rows"


class ReportError(ExperimentError):
    """A report could not be typeset."""

    code = "no_report"


class ComparisonNameError(ExperimentError):
    """A comparison cannot be kept under this name."""

    code = "invalid"
    status_code = 400
    attr = "name"


class DecisionError(ExperimentError):
    """A threshold that cannot be decided on."""

    code = "invalid"
    status_code = 400


class NotEvaluableError(ExperimentError):
    """The model cannot be tried on these rows."""

    code = "invalid"
    status_code = 400

    def __init__(self, sentence: str, attr: str = "version") -> None:
        super().__init__(sentence)
        self.attr = attr


class NotReproducibleError(ExperimentError):
    """A session that no script can train once more."""

    code = "not_reproducible"


class NotTrustedError(ExperimentError):
    """A model that came from elsewhere cannot be signed for this place."""


@dataclass(frozen=True)
class DraftProblem:
    """One thing that stands in the way: the field, a code, a sentence, a column."""

    attr: str
    code: str
    detail: str
    column: str | None = None


class InvalidDraftError(ExperimentError):
    """An experiment that cannot be trained as described; `problems` says why."""

    code = "invalid"
    status_code = 400

    def __init__(self, problems: Iterable[DraftProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(problem.detail for problem in self.problems))

    def named(self) -> list[Problem]:
        return [
            {"attr": problem.attr, "code": problem.code, "detail": problem.detail}
            for problem in self.problems
        ]
