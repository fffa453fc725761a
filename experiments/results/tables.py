"""A result as tables and JSON for programs, figure for figure as the page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments.metrics import in_order
from experiments.results.charts import CHARTS
from experiments.results.searches import trials_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.models import Result

Table = list[list[Any]]
PARTS = ("train", "validation", "test")
REPORT = ("label", "precision", "recall", "f1", "support")
IMPORTANCES = ("feature", "permutation", "permutation_std", "native")


def metrics_table(result: Result) -> Table:
    """Return every metric of every part, one a line."""
    rows: Table = [["part", "metric", "value", "std"]]
    for part in PARTS:
        found = in_order(result.metrics.get(part) or {})
        rows += [[part, name, value, ""] for name, value in found.items()]
    for name, values in in_order(result.metrics.get("cross_validation") or {}).items():
        rows.append(["cross_validation", name, values.get("mean"), values.get("std")])
    baseline = in_order((result.baseline or {}).get("metrics") or {})
    rows += [["baseline", name, value, ""] for name, value in baseline.items()]
    question = (result.baseline or {}).get("question") or {}
    asked = in_order(question.get("metrics") or {})
    rows += [["one_question", name, value, ""] for name, value in asked.items()]
    for rival in result.details.get("rivals") or ():
        theirs = in_order(rival.get("metrics") or {})
        rows += [[f"rival_{rival['name']}", n, v, ""] for n, v in theirs.items()]
    return rows


def metrics_json_of(result: Result) -> dict[str, Any]:
    """Return the result without the table of its curves, to be compared by programs."""
    details = result.details
    return {
        "experiment": result.session.experiment_id,
        "session": result.session.pk,
        "plan": result.session.plan,
        "metrics": result.metrics,
        "intervals": details.get("intervals"),
        "baseline": result.baseline,
        "confusion_matrix": details.get("confusion_matrix"),
        "classification_report": details.get("classification_report"),
        "feature_importance": details.get("feature_importance"),
        "warnings": result.warnings,
        "split_digest": result.split_digest,
        "artifact_sha256": result.artifact_sha256,
    }


def table_of(result: Result, name: str) -> Table | None:
    """Return the data behind a chart or table of the page, None if there is none."""
    if name in CHARTS:
        return from_rows(CHARTS[name].rows(result.details))
    maker = TABLES.get(name)
    return maker(result) if maker else None


def from_rows(rows: list[dict[str, Any]], names: Sequence[str] = ()) -> Table | None:
    """Return rows as a table; rows out of the database need `names`.

    PostgreSQL keeps the keys of JSON in an order of its own.
    """
    if not rows:
        return None
    names = list(names or rows[0])
    return [names, *([row[name] for name in names] for row in rows)]


def confusion_table(result: Result) -> Table | None:
    """Return the matrix with true classes in rows, predicted ones in columns."""
    found = result.details.get("confusion_matrix")
    if not found:
        return None
    pairs = zip(found["labels"], found["matrix"], strict=True)
    return [["", *found["labels"]], *([label, *counts] for label, counts in pairs)]


def report_table(result: Result) -> Table | None:
    found = result.details.get("classification_report")
    return from_rows(found["classes"], REPORT) if found else None


def importance_table(result: Result) -> Table | None:
    return from_rows(result.details.get("feature_importance") or [], IMPORTANCES)


def folds_table(result: Result) -> Table | None:
    found = in_order(result.metrics.get("cross_validation") or {})
    if not found:
        return None
    columns = [values.get("folds") or [] for values in found.values()]
    lines = enumerate(zip(*columns, strict=True), start=1)
    return [["fold", *found], *([number, *values] for number, values in lines)]


TABLES = {
    "confusion": confusion_table,
    "report": report_table,
    "importances": importance_table,
    "folds": folds_table,
    "trials": trials_table,
}
