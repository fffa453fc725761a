"""Whether training again gave the same figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.metrics import title_of
from experiments.models import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Figures nearer than this are equal: they were written and read as text.
TOLERANCE = 1e-12
SHOWN = 20


class Difference(NamedTuple):
    """A figure that came out differently."""

    part: str
    title: str
    before: float | None
    now: float | None


@dataclass(frozen=True)
class Repetition:
    """A result beside an earlier one of the same experiment."""

    number: int
    same_plan: bool
    same_split: bool
    differences: tuple[Difference, ...]

    @property
    def is_equal(self) -> bool:
        return self.same_split and not self.differences

    @property
    def shown(self) -> tuple[Difference, ...]:
        return self.differences[:SHOWN]


def repetition_of(result: Result) -> Repetition | None:
    """Return how a result compares with the one before it; None for the first."""
    session = result.session
    before = (
        Result.objects.filter(
            session__experiment=session.experiment_id,
            session__number__lt=session.number,
        )
        .select_related("session")
        .defer("details", "session__log")
        .order_by("-session__number")
        .first()
    )
    if before is None:
        return None
    return Repetition(
        before.session.number,
        before.session.plan == session.plan,
        before.split_digest == result.split_digest,
        tuple(differences(before.metrics, result.metrics)),
    )


def differences(before: dict[str, Any], now: dict[str, Any]) -> Iterator[Difference]:
    """Yield every figure that is not the same, folds one by one."""
    first, second = dict(figures(before)), dict(figures(now))
    for key in dict.fromkeys([*first, *second]):
        old, new = first.get(key), second.get(key)
        if old != new and (old is None or new is None or abs(old - new) > TOLERANCE):
            part, name, fold = key
            title = title_of(name) + (f", fold {fold}" if fold else "")
            yield Difference(part.replace("_", " "), title, old, new)


def figures(
    metrics: dict[str, Any],
) -> Iterator[tuple[tuple[str, str, int], float | None]]:
    for part, values in metrics.items():
        for name, value in (values or {}).items():
            if not isinstance(value, dict):
                yield (part, name, 0), value
                continue
            for fold, one in enumerate(value.get("folds") or [], start=1):
                yield (part, name, fold), one
