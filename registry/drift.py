"""Have the rows a model answers moved away from those it learned from?

The kept answers of the version in service, the newest ones, are held against the
reference that was stored when it was trained; and what turned out to be true against
what its test promised.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from datamine.templatetags.display import fixed, percent
from experiments.metrics import headline_of

if TYPE_CHECKING:
    from experiments.evaluation.drift import Shift
    from registry.models import ModelVersion, Record, RegisteredModel

#: With fewer kept answers nothing is said; older ones than these are not looked at.
LEAST, MOST = 50, 5_000
#: How surely a version must be worse than it promised to be called so.
SURE = 0.01
#: The same for numbers: by so much its mean error has grown.
GROWN = 1.25
#: What is promised, as people read it.
METRICS = {
    "Accuracy": gettext_lazy("Accuracy"),
    "Mean absolute error": gettext_lazy("Mean absolute error"),
}
#: How far something has moved, as people read it.
LEVELS = {
    "steady": gettext_lazy("steady"),
    "moved": gettext_lazy("moved"),
    "far": gettext_lazy("far"),
}
#: Outcomes that must be known before a version is said to fall behind.
LEAST_JUDGED = 20


@dataclass(frozen=True)
class Moved:
    """One input, or the prediction, and how far it has moved: steady, moved or far."""

    name: str
    shift: Shift
    level: str

    @property
    def level_word(self) -> str:
        return str(LEVELS[self.level])

    @property
    def sentence(self) -> str:
        found = self.shift
        said = (
            _("“%(name)s” has moved far (PSI %(psi)s, %(test)s %(statistic)s).")
            if self.level == "far"
            else _("“%(name)s” has moved (PSI %(psi)s, %(test)s %(statistic)s).")
        ) % {
            "name": self.name,
            "psi": fixed(found.psi, 2),
            "test": found.test,
            "statistic": fixed(found.statistic, 2),
        }
        if abs(found.missing - found.missing_before) < 0.05:
            return said
        lacking = _("%(now)s of its values are missing, %(before)s in training.") % {
            "now": percent(found.missing, 0),
            "before": percent(found.missing_before, 0),
        }
        return f"{said} {lacking}"

    def to_json(self) -> dict[str, Any]:
        found = self.shift
        return {
            "name": self.name,
            "level": self.level,
            "psi": found.psi,
            "test": found.test,
            "statistic": found.statistic,
            "p_value": found.p_value,
            "missing": found.missing,
            "missing_before": found.missing_before,
        }


@dataclass(frozen=True)
class Live:
    """What a version promised on its test rows, and what reality says of it."""

    metric: str
    promised: float | None
    seen: float | None
    judged: int
    is_behind: bool

    @property
    def sentence(self) -> str:
        if self.seen is None:
            return _(
                "No outcome is known yet, so nobody can say how often it is right."
            )
        found = {
            "metric": METRICS.get(self.metric, self.metric),
            "seen": fixed(self.seen),
            "promised": fixed(self.promised),
            "judged": self.judged,
        }
        if self.promised is None:
            return _("%(metric)s %(seen)s over %(judged)s known outcomes.") % found
        if self.is_behind:
            return (
                _(
                    "%(metric)s %(seen)s over %(judged)s known outcomes; its test "
                    "promised %(promised)s: it has fallen behind."
                )
                % found
            )
        return (
            _(
                "%(metric)s %(seen)s over %(judged)s known outcomes; its test promised "
                "%(promised)s."
            )
            % found
        )


@dataclass(frozen=True)
class DriftReport:
    """All that is said of a version in service; `why_not` where nothing can be."""

    version: str
    records: int
    live: Live | None = None
    why_not: str = ""
    columns: list[Moved] = field(default_factory=list)
    prediction: Moved | None = None

    @property
    def everything(self) -> list[Moved]:
        """The inputs, then the prediction."""
        return [*self.columns, *([self.prediction] if self.prediction else [])]

    @property
    def warnings(self) -> list[str]:
        """What should be looked at, the farthest first."""
        moved = [item for item in self.everything if item.level != "steady"]
        moved.sort(key=lambda item: -item.shift.psi)
        behind = [self.live.sentence] if self.live and self.live.is_behind else []
        return [*behind, *(item.sentence for item in moved)]

    @property
    def proposes_retraining(self) -> bool:
        """Whether it is worse than promised, or what it is asked has moved far."""
        far = any(item.level == "far" for item in self.everything)
        return far or bool(self.live and self.live.is_behind)

    def to_json(self) -> dict[str, Any]:
        live = self.live
        return {
            "version": self.version,
            "records": self.records,
            "why_not": self.why_not,
            "live": live
            and {
                "metric": live.metric,
                "promised": live.promised,
                "seen": live.seen,
                "judged": live.judged,
                "is_behind": live.is_behind,
            },
            "columns": [item.to_json() for item in self.columns],
            "prediction": self.prediction and self.prediction.to_json(),
            "warnings": self.warnings,
            "retrain": self.proposes_retraining,
        }


def drift_of(model: RegisteredModel) -> DriftReport:
    """Hold the newest kept answers of the version in service against its training."""
    version = model.active_version
    if version is None:
        return DriftReport("", 0, why_not=_("No version is in service."))
    answers = model.records.filter(version=version)
    newest = list(answers.only("inputs", "prediction")[:MOST])
    live = live_of(version, answers)
    result = version.session.result
    reference = result.details.get("reference")
    if reference and version.session.experiment.asks_for_many_rows:
        # A record holds one row of the several that its answer took.
        reference = {**reference, "columns": []}
    if why := nothing_to_say(version, reference, len(newest)):
        return DriftReport(version.version, len(newest), live, why)
    columns, prediction = moved(result.signature, reference, newest)
    return DriftReport(version.version, len(newest), live, "", columns, prediction)


def nothing_to_say(version: ModelVersion, reference: Any, records: int) -> str:
    """Say why nothing can be said of drift, if so."""
    if not reference:
        return _(
            "It was trained before references were kept; retrain it to watch drift."
        )
    if records < LEAST:
        return ngettext(
            "%(records)s answer of %(version)s is kept; %(least)s are needed "
            "to say whether something moved.",
            "%(records)s answers of %(version)s are kept; %(least)s are needed "
            "to say whether something moved.",
            records,
        ) % {"records": records, "version": version.version, "least": LEAST}
    return ""


def moved(
    signature: dict[str, Any], reference: dict[str, Any], records: list[Record]
) -> tuple[list[Moved], Moved | None]:
    """Return how far each input has moved, and the prediction."""
    from experiments.evaluation.drift import shift  # noqa: PLC0415 -- heavy import
    from experiments.learning.reading import (  # noqa: PLC0415 -- heavy import
        RowReader,
        listed,
    )
    from experiments.learning.signature import Signature  # noqa: PLC0415 -- heavy import

    known = Signature.from_json(signature)
    read = RowReader(known)([record.inputs for record in records])
    values_of = listed(read.values)
    asked = [(item, values_of[item["name"]]) for item in reference["columns"]]
    answered = [record.prediction for record in records]
    target = {**reference["prediction"], "name": known.target}
    found = []
    for item, values in [*asked, (target, answered)]:
        change = shift(item, values)
        if change is not None:
            level = change.level(len(asked) + 1)
            found.append(Moved(item["name"], change, level.value))
    if found and found[-1].name == known.target:
        return found[:-1], found[-1]
    return found, None


def live_of(version: ModelVersion, answers: Any) -> Live:
    """Hold what turned out to be true against what the test promised."""
    metrics = headline_of(version.session.result.metrics)
    line = answers.by_version().first() or {}
    if line.get("judged"):
        right, judged = line["right"], line["judged"]
        promised = metrics.get("accuracy")
        behind = judged >= LEAST_JUDGED and is_less(right, judged, promised)
        return Live("Accuracy", promised, right / judged, judged, behind)
    promised, seen = metrics.get("mae"), line.get("mean_error")
    judged = line.get("labelled", 0)
    behind = (
        judged >= LEAST_JUDGED
        and seen is not None
        and promised is not None
        and seen > GROWN * promised
    )
    return Live("Mean absolute error", promised, seen, judged, behind)


def is_less(right: int, judged: int, promised: float | None) -> bool:
    """Whether so few right answers are no chance, if the promise held."""
    from scipy.special import bdtr  # noqa: PLC0415 -- heavy import

    return promised is not None and bool(bdtr(right, judged, promised) < SURE)
