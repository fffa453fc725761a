"""What a person may see of experiments, their sessions and results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db.models import F, FloatField, Func, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from datasets.declarations import ParameterError
from experiments.algorithms import catalogue
from experiments.exceptions import NoResultError
from experiments.metrics import METRICS, is_metric
from projects.querysets import VisibleQuerySet

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

    from experiments.models import Experiment, Result

#: What lists may be ordered by besides a metric, and the field behind the name.
ORDERS = {
    "name": "name",
    "algorithm": "algorithm",
    "dataset": "dataset__name",
    "status": "latest_session__status",
    "time": "training_seconds",
    "created": "created_at",
}
#: What not every experiment has: then it comes last, in either direction.
LACKED = {"status", "time"}
NEWEST = "-created"


class Figure(Func):
    """One metric of the headline, as a number to sort by.

    Django's own way to a JSON key looks three times into each row on SQLite, which a
    list of thousands would feel. The name comes from the catalogue of metrics, and
    stands in the statement itself: an index on a figure is not found by a parameter.
    """

    template = "%(expressions)s"
    output_field = FloatField()

    def __init__(self, name: str) -> None:
        if not is_metric(name):
            message = f"There is no metric “{name}”."
            raise ValueError(message)
        super().__init__(Cast(KeyTextTransform(name, "headline"), FloatField()))
        self.name = name

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> Any:
        cast: Any = self.source_expressions[0]
        column, _ = compiler.compile(cast.source_expressions[0].lhs)
        return f"JSON_EXTRACT({column}, '$.{self.name}')", []


class ExperimentQuerySet(VisibleQuerySet):
    def for_list(self) -> QuerySet[Any, dict[str, Any]]:
        """Bring what one line of a list shows, and nothing else, in one query.

        Plain values: fifty lines of four models each would take twice the time.
        """
        return self.values(
            "pk",
            "name",
            "algorithm",
            "task",
            "headline",
            "created_at",
            dataset_name=F("dataset__name"),
            version_number=F("version__number"),
            status=F("latest_session__status"),
            seconds=F("training_seconds"),
        )

    def in_order(self, order: str) -> Self:
        """Sort by a column of the list or a metric, "-" first for descending.

        Experiments without the value come last; unknown names give the newest first.
        """
        name = order.removeprefix("-")
        value: F | Figure = F(ORDERS.get(name, "created_at"))
        if name not in ORDERS and is_metric(name):
            value = Figure(name)
        elif name not in ORDERS:
            order = NEWEST
        # Not said of what is never null: PostgreSQL would not find the index of it.
        last = True if name in LACKED or isinstance(value, Figure) else None
        if order.startswith("-"):
            return self.order_by(value.desc(nulls_last=last), "-pk")
        return self.order_by(value.asc(nulls_last=last), "pk")

    def of_own_metrics(self) -> set[str]:
        """Return the algorithms among these that alone measure something."""
        names = {metric.only for metric in METRICS.values() if metric.only}
        found = self.filter(algorithm__in=names).order_by()
        return set(found.values_list("algorithm", flat=True).distinct())


class TrainingSessionQuerySet(VisibleQuerySet):
    project_path = "experiment__project"


class SavedComparisonQuerySet(VisibleQuerySet):
    """Comparisons kept under a name, of the projects a person may see."""


class DecisionQuerySet(VisibleQuerySet):
    """Decisions about the results of the projects a person may see."""

    project_path = "result__session__experiment__project"


class EvaluationQuerySet(VisibleQuerySet):
    """Evaluations on other versions, of the projects a person may see."""

    project_path = "result__session__experiment__project"


class ResultQuerySet(VisibleQuerySet):
    project_path = "session__experiment__project"

    def for_report(self) -> Self:
        """Bring all that a report names in one query."""
        heavy = ("profile", "problems", "notices", "dialect")
        versions = ("session__base_version", "session__experiment__version")
        return self.select_related(
            "session__experiment__project", "session__experiment__dataset", *versions
        ).defer(*(f"{path}__{name}" for path in versions for name in heavy))

    def latest_of(self, experiment: Experiment) -> Result:
        """Return what its latest completed session found, or raise `NoResultError`."""
        own = self.filter(session__experiment=experiment)
        latest = own.select_related("session").order_by("-pk").first()
        if latest is None:
            raise NoResultError(
                "Model not found: no session of this experiment has saved one yet; "
                "train it first."
            )
        return latest


def is_allowed(preset: catalogue.Preset, entry: catalogue.Algorithm) -> bool:
    """Whether a preset lies within the limits of this site."""
    try:
        entry.parameters_model().parse(preset.values)
    except ParameterError:
        return False
    return True


class PresetQuerySet(QuerySet[Any]):
    """The presets that staff keep; they belong to no project."""

    def of(self, entry: catalogue.Algorithm) -> list[catalogue.Preset]:
        """Return the presets of an algorithm: staff's, else those of the catalogue."""
        kept = self.filter(algorithm=entry.name)
        found = [
            catalogue.Preset(row.name, row.title, row.values, row.expected, row.remark)
            for row in kept
        ] or list(entry.presets)
        return [preset for preset in found if is_allowed(preset, entry)]
