"""The form of a split: shares by name, and only the fields that matter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms

from datamine.parameters import form_for
from datasets.tables import ColumnType
from experiments.algorithms.catalogue import Task
from experiments.learning.plans import SplitSettings

if TYPE_CHECKING:
    from django.http import QueryDict

    from datamine.parameters import ParametersForm
    from experiments.models import Experiment
    from experiments.suggestions import Candidate

#: What the split of an algorithm without wishes of its own belongs to.
USUAL = "1"
#: What is added to that while the split of another experiment is taken.
SHARED = ":shared"
#: Ways to share out rows that are offered by name, with the share to test on.
SHARES = {"60/40": 0.4, "70/30": 0.3, "80/20": 0.2}
OWN_SHARES = "own"
#: Fields that only one way to split needs.
ONLY_BY = {
    "group": frozenset({"group_column"}),
    "time": frozenset({"time_column", "gap"}),
}
#: Fields that name a column.
COLUMNS = frozenset({"group_column", "time_column"})
#: What does not go with rows in the order of time.
NOT_BY_TIME = frozenset({"stratified", "cv_repeats", "keep_duplicates_together"})
#: What is still chosen where the split of another experiment is taken.
NOT_SHARED = frozenset({"same_as", "learning_curve"})
DATED = frozenset({ColumnType.DATE, ColumnType.DATETIME, ColumnType.INTEGER})


@dataclass(frozen=True)
class SplitChoice:
    """What was said of a split, `of` naming what its fields were shown for.

    `usual` is what a family wants other than usual, `sources` are the experiments
    whose split may be taken again, `things` is the id of a column to group by.
    """

    said: QueryDict
    columns: list[Candidate]
    usual: dict[str, Any]
    of: str
    task: Task | None
    sources: list[Experiment]
    things: str = ""

    @cached_property
    def form(self) -> ParametersForm:
        """The form; columns and experiments are chosen, not typed."""
        said = self._shared_out() if self.is_kept else None
        ids = {column.name: column.id for column in self.columns}
        usual = {
            name: ids.get(value, value) if name in COLUMNS else value
            for name, value in self.usual.items()
        }
        form = form_for(SplitSettings, said, "split", initial=usual)
        times = [c for c in self.columns if c.type in DATED]
        for name, choices in (("group_column", self.columns), ("time_column", times)):
            names = {column.id: column.name for column in choices}
            form.fields[name] = choice_field(form.fields[name], names, names)
        titles = {str(source.pk): source.name for source in self.sources}
        numbers = {str(source.pk): source.pk for source in self.sources}
        shared = choice_field(form.fields["same_as"], titles, numbers)
        # Bounds of a number mean nothing where names are chosen.
        shared.help_text = SplitSettings.model_fields["same_as"].description or ""
        form.fields["same_as"] = shared
        return form

    @property
    def is_kept(self) -> bool:
        """Whether what was said is about the fields that are shown."""
        shown = self.said.get("split_shown")
        if self.said.get("split-same_as"):
            return shown in {self.of, self.of + SHARED}
        return shown == self.of

    @property
    def shown(self) -> str:
        """What the page says it shows, so that other fields are filled anew."""
        return self.of + SHARED if self.is_shared else self.of

    @property
    def is_right(self) -> bool:
        return self.form.is_valid() if self.form.is_bound else True

    @property
    def is_shared(self) -> bool:
        """Whether the split of another experiment is taken."""
        return bool(self.form["same_as"].value())

    @property
    def shares(self) -> str:
        """The name of the way rows are shared out, one of `all_shares`."""
        if self.is_kept:
            said = self.said.get("shares", OWN_SHARES)
            return said if said in SHARES else OWN_SHARES
        usual = SplitSettings(**self.usual).test_ratio
        named = (name for name, share in SHARES.items() if share == usual)
        return next(named, OWN_SHARES)

    @property
    def all_shares(self) -> list[str]:
        return [*SHARES, OWN_SHARES]

    @property
    def fields(self) -> list[forms.BoundField]:
        """The fields that matter for what was chosen so far."""
        if self.is_shared:
            return [field for field in self.form if field.name in NOT_SHARED]
        method = self.form["method"].value() or "random"
        hidden = {name for names in ONLY_BY.values() for name in names}
        hidden -= ONLY_BY.get(method, frozenset())
        if method == "time":
            hidden |= NOT_BY_TIME
        if self.task != Task.CLASSIFICATION:
            hidden.add("stratified")
        if self.shares in SHARES:
            hidden.add("train_ratio")
        if not self.sources:
            hidden.add("same_as")
        shown = [field for field in self.form if field.name not in hidden]
        return sorted(shown, key=_after_the_method)

    @property
    def settings(self) -> dict[str, Any]:
        if self.form.parameters is None:
            return SplitSettings(**self.usual).model_dump(mode="json")
        return self.form.parameters.model_dump(mode="json")

    def _shared_out(self) -> QueryDict:
        """Return what was said, with the training share that the named one leaves."""
        said = self.said.copy()
        if self.shares in SHARES:
            left = 1 - SHARES[self.shares] - number(said.get("split-validation_ratio"))
            # Where nothing is left to learn from, the declaration refuses the sum.
            said["split-train_ratio"] = str(round(left, 9) if left > 0.05 else 1)
        if said.get("split-method") == "group":  # asked for before it was shown
            said.setdefault("split-group_column", self.things)
        return said


def _after_the_method(field: forms.BoundField) -> int:
    """Put what one way to split asks for where that way was chosen."""
    if field.name == "method":
        return 0
    return 1 if any(field.name in names for names in ONLY_BY.values()) else 2


def number(text: str | None) -> float:
    """Return what was typed as a number; 0 where it is none, which the form says."""
    try:
        found = float(text or 0)
    except ValueError:
        return 0.0
    return found if math.isfinite(found) else 0.0


def choice_field(
    field: forms.Field, titles: dict[str, str], values: dict[str, Any]
) -> forms.Field:
    """Return a choice that shows titles and gives values, both by what is sent."""
    return forms.TypedChoiceField(
        choices=[("", "none"), *titles.items()],
        coerce=values.__getitem__,
        empty_value=None,
        required=False,
        label=field.label,
        help_text=field.help_text,
    )
