"""The promotion gate: should a version come into service instead of the one that is?

Both answer the candidate's test rows, without rows equal to one the version in service
learned from. Where such a comparison cannot be made, the gate says why instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datamine import files
from datamine.room import StorageAwayError
from datamine.templatetags.display import fixed, number, percent
from experiments.algorithms.catalogue import algorithm
from registry.exceptions import DamagedArtifactError, ReasonNeededError
from registry.paired import (
    ERROR_RATE,
    LEAST_ROWS,
    Verdict,
    compare_classes,
    compare_numbers,
)
from registry.serving import loaded_models

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from experiments.models import Result
    from registry.models import ModelVersion
    from registry.paired import Paired

    Row = dict[str, Any]

#: More test rows are not needed to tell two models apart.
MOST_ROWS = 10_000
#: The metric whose gain over the baseline is looked at, the first that is known.
GAINS = ("balanced_accuracy", "rmse")

#: What is compared, as people read it.
METRICS = {
    "accuracy": gettext_lazy("Accuracy"),
    "mean absolute error": gettext_lazy("Mean absolute error"),
}


class NotComparableError(Exception):
    """Why two versions cannot be compared on rows that neither learned from."""


@dataclass(frozen=True)
class Suggestion:
    """What the gate says of a version: a verdict, and why in words."""

    verdict: Verdict
    sentence: str
    paired: Paired | None = None

    @property
    def needs_reason(self) -> bool:
        return self.verdict != Verdict.BETTER

    def to_json(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict.value,
            "suggestion": self.sentence,
            "needs_reason": self.needs_reason,
            "rows": self.paired.rows if self.paired else 0,
        }


def suggestion_for(version: ModelVersion) -> Suggestion:
    """Compare a version with its baseline, and with the version in service."""
    result = version.session.result
    doubts = [*below_baseline(result), *result.marks]
    active = version.model.active_version
    if doubts:
        return Suggestion(Verdict.WORSE, " ".join(doubts))
    if active is None:
        return Suggestion(
            Verdict.BETTER, _("Nothing serves yet, and it is better than its baseline.")
        )
    try:
        paired = compared(version, active)
    except (NotComparableError, DamagedArtifactError) as reason:
        return Suggestion(
            Verdict.UNKNOWN, _("It cannot be compared: %(reason)s") % {"reason": reason}
        )
    return Suggestion(paired.verdict, in_words(paired, active), paired)


def require_reason(version: ModelVersion, reason: str) -> None:
    """Raise `ReasonNeededError` unless the gate is open or a reason is given."""
    if reason.strip() or version.is_active:
        return
    suggestion = suggestion_for(version)
    if suggestion.needs_reason:
        raise ReasonNeededError(
            _("%(sentence)s Give a reason to put it in service all the same.")
            % {"sentence": suggestion.sentence}
        )


def below_baseline(result: Result) -> list[str]:
    """Say that a result is not surely better than its baseline, if it is not."""
    gains = result.baseline.get("gain") or {}
    gain = next((gains[name] for name in GAINS if name in gains), None)
    if gain is None or gain["low"] is None or gain["low"] > 0:
        return []
    return [_("It is not surely better than its baseline, which looks at no column.")]


def in_words(paired: Paired, active: ModelVersion) -> str:
    """Say what was found, with both figures and the rows they are of."""
    what = {
        Verdict.BETTER: _("It is better than %(version)s."),
        Verdict.WORSE: _("It is worse than %(version)s."),
    }.get(paired.verdict, _("It cannot be told apart from %(version)s."))
    figures = _(
        "%(metric)s %(candidate)s against %(other)s on %(rows)s rows that neither "
        "learned from (%(rate)s error rate)."
    ) % {
        "metric": METRICS.get(paired.metric, paired.metric),
        "candidate": fixed(paired.candidate),
        "other": fixed(paired.other),
        "rows": number(paired.rows),
        "rate": percent(ERROR_RATE, 0),
    }
    return f"{what % {'version': active.version}} {figures}"


def compared(candidate: ModelVersion, active: ModelVersion) -> Paired:
    """Let both answer the same rows, and judge; raise `NotComparableError`."""
    first, second = candidate.session.result, active.session.result
    refuse_unlike(candidate, active)
    frame = held_out(candidate, active)
    if len(frame) < LEAST_ROWS:
        raise NotComparableError(
            _(
                "%(count)s rows are left that neither learned from; %(least_rows)s "
                "are needed."
            )
            % {"count": len(frame), "least_rows": LEAST_ROWS}
        )
    target = first.signature["target"]["name"]
    rows: list[Row] = frame.to_dicts()
    truth = [row.pop(target) for row in rows]
    ours, theirs = answers_of(first, rows), answers_of(second, rows)
    both = [place for place in ours if place in theirs]
    if len(both) < LEAST_ROWS:
        raise NotComparableError(
            _("Both answer only %(count)s of the rows.") % {"count": len(both)}
        )
    return judged(
        first.signature["target"]["labels"] is not None,
        [truth[place] for place in both],
        [ours[place] for place in both],
        [theirs[place] for place in both],
    )


def judged(
    is_class: bool, y: Sequence[Any], ours: Sequence[Any], theirs: Sequence[Any]
) -> Paired:
    import numpy as np  # noqa: PLC0415 -- heavy import

    if is_class:
        texts = [[str(value) for value in values] for values in (y, ours, theirs)]
        return compare_classes(*texts)
    numbers = [np.array(values, dtype=np.float64) for values in (y, ours, theirs)]
    return compare_numbers(*numbers)


def refuse_unlike(candidate: ModelVersion, active: ModelVersion) -> None:
    """Refuse versions that answer something else, or from rows prepared otherwise."""
    first, second = candidate.session, active.session
    wanted = second.result.signature
    family = algorithm(first.experiment.algorithm).family
    if family is not None and family.assembler:
        raise NotComparableError(
            _(
                "its answers are about several rows together, which are not held "
                "back one by one."
            )
        )
    if first.result.signature["target"]["name"] != wanted["target"]["name"]:
        raise NotComparableError(
            _("it predicts another column than %(version)s does.")
            % {"version": active.version}
        )
    ours, theirs = first.base_version, second.base_version
    if ours != theirs and ours.dataset_id == theirs.dataset_id:
        raise NotComparableError(
            _(
                "%(version)s takes rows of another version of “%(dataset)s”, "
                "prepared otherwise."
            )
            % {"version": active.version, "dataset": theirs.dataset}
        )
    known = set(ours.schema.names)
    lacking = [c["name"] for c in wanted["columns"] if c["name"] not in known]
    if lacking:
        raise NotComparableError(
            _("%(version)s asks for “%(lacking)s”, which the newer rows lack.")
            % {"version": active.version, "lacking": lacking[0]}
        )


def held_out(candidate: ModelVersion, active: ModelVersion) -> pl.DataFrame:
    """Return the candidate's test rows that equal none the other learned from."""
    import polars as pl  # noqa: PLC0415 -- heavy import

    names = column_names(candidate, active)
    tested = rows_of(candidate, names, ["test"])
    shared = column_names(active, active)
    learned = rows_of(active, shared, ["train", "validation"])
    as_text = [pl.col(name).cast(pl.String) for name in shared]
    keys = tested.with_row_index("at").select("at", *as_text)
    unseen = keys.join(learned.select(as_text), on=shared, how="anti", nulls_equal=True)
    return tested[sorted(unseen["at"].to_list())[:MOST_ROWS]]


def column_names(*versions: ModelVersion) -> list[str]:
    """Return the columns that versions ask for, and what they predict, each once."""
    signatures = [version.session.result.signature for version in versions]
    names = [c["name"] for found in signatures for c in found["columns"]]
    return list(dict.fromkeys([*names, signatures[0]["target"]["name"]]))


def rows_of(
    version: ModelVersion, names: list[str], parts: Sequence[str]
) -> pl.DataFrame:
    """Return the rows of a session that fell into these parts of its split."""
    import polars as pl  # noqa: PLC0415 -- heavy import

    from datasets.stored import DamagedFileError, verified  # noqa: PLC0415 -- heavy import
    from datasets.tables import ROW  # noqa: PLC0415 -- heavy import

    data = version.session.base_version
    split = split_of(version.session.result)
    wanted = [row for part in parts for row in split.get(part, ())]
    columns = [pl.col(data.schema.column(n).id).alias(n) for n in names]
    try:
        with verified(data.data, data.sha256) as path:
            rows = pl.scan_parquet(path).filter(pl.col(ROW).is_in(wanted))
            return rows.select(columns).collect()
    except DamagedFileError as error:
        raise NotComparableError(str(error)) from error


def split_of(result: Result) -> dict[str, list[int]]:
    """Return the rows of every part of a result's split, out of its artefact."""
    from experiments.learning.artifacts import (  # noqa: PLC0415 -- heavy import
        ArtifactError,
        load_split,
    )

    key = settings.ARTIFACT_KEY.encode()
    try:
        with files.local_copy(result.artifact) as path:
            found = load_split(path, result.artifact_sha256, result.artifact_hmac, key)
    except StorageAwayError:
        raise
    except (ArtifactError, OSError) as error:
        raise NotComparableError(_("the file of a model cannot be read.")) from error
    return {name: rows.tolist() for name, rows in found.items()}


def answers_of(result: Result, rows: list[Row]) -> dict[int, Any]:
    """Return what a result predicts for each row that it answers, by place."""
    from datasets.values import to_json  # noqa: PLC0415 -- heavy import

    safe = [
        {name: None if v is None else to_json(v) for name, v in row.items()}
        for row in rows
    ]
    found = loaded_models.get(result).pipeline.predict(safe)
    return dict(zip(found.rows, found.values, strict=True))
