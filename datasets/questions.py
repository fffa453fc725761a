"""What an import left open, and how the file is read once its owner has answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from datasets.declarations import validate
from datasets.readers.dialect import Dialect

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from datasets.models import DatasetVersion


@dataclass
class Marker:
    """A value that may stand for no value, and where it was found."""

    place: int
    text: str
    found: list[dict[str, Any]] = field(default_factory=list)

    @property
    def becomes(self) -> str:
        """What all other values of its columns are."""
        return " or ".join(sorted({question["becomes"] for question in self.found}))


@dataclass(frozen=True)
class Asked:
    """All questions of a version: values that may be missing, dates of two readings."""

    markers: list[Marker]
    dates: list[dict[str, Any]]
    notices: set[str]


def asked_of(version: DatasetVersion) -> Asked:
    """Return what a version asks; a marker of several columns is asked once."""
    markers: dict[str, Marker] = {}
    for question in version.questions:
        for text, count in question["markers"]:
            marker = markers.setdefault(text, Marker(len(markers), text))
            marker.found.append({**question, "count": count})
    dates = [question for question in version.questions if question["examples"]]
    notices = {question["notice"] for question in version.questions}
    return Asked(list(markers.values()), dates, notices)


def answered(
    version: DatasetVersion, *, missing: Collection[str], day_first: Mapping[str, bool]
) -> Dialect:
    """Return the version's dialect with answers.

    Parameters
    ----------
    missing
        Places of the markers that stand for no value, as text; others are passed over.
    day_first
        How dates are read, by place of the question, as text; others are passed over.
    """
    asked = asked_of(version)
    marked = [m.text for m in asked.markers if str(m.place) in missing]
    old = Dialect.model_validate(version.dialect)
    values = old.model_dump() | {
        "missing_markers": list(dict.fromkeys([*old.missing_markers, *marked]))
    }
    told = enumerate(asked.dates)
    values["day_first_in"] = old.day_first_in | {
        question["column"]: day_first[str(place)]
        for place, question in told
        if str(place) in day_first
    }
    return validate(Dialect, values)
