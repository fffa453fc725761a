"""The tested rows of a result out of the storage, and as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasets.stored import DamagedFileError, verified
from experiments.exceptions import NoTestedRowsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from experiments.evaluation.tested import RowAnswers
    from experiments.models import Result


def tested_rows(result: Result) -> RowAnswers:
    """Return what was predicted for each tested row.

    Raises `NoTestedRowsError` where that was not kept, or is not what was stored.
    """
    from experiments.evaluation.tested import (  # noqa: PLC0415 -- heavy import
        RowAnswers,
    )

    if not result.tested:
        raise NoTestedRowsError(
            f"Session {result.session.number} was trained before predictions of single "
            "rows were kept; train it again to see them."
        )
    try:
        with verified(result.tested, result.tested_sha256) as path:
            return RowAnswers.read(path)
    except DamagedFileError as error:
        raise NoTestedRowsError(f"{error} Or train the experiment again.") from error


def labels_of_result(result: Result) -> list[Any]:
    """Return what the classes are called, by code; nothing where numbers are."""
    return (result.details.get("confusion_matrix") or {}).get("labels") or []


def tested_table(found: RowAnswers, labels: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield a head and a line for every tested row; rows are counted from 1."""
    if not found.is_classification:
        yield ("row", "fold", "actual", "predicted", "residual")
        for row, fold, actual, said in zip(
            *(a.tolist() for a in (found.rows, found.folds, found.y, found.predicted)),
            strict=True,
        ):
            yield (row + 1, fold or "test", actual, said, actual - said)
        return
    yield ("row", "fold", "actual", "predicted", *(f"p({label})" for label in labels))
    for place, row in enumerate(found.rows.tolist()):
        yield (
            row + 1,
            int(found.folds[place]) or "test",
            labels[found.y[place]],
            labels[found.predicted[place]],
            *found.answers[place].tolist(),
        )
