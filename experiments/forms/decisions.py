"""What a person says of errors: which class, what they cost, or a threshold at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from experiments.decisions import weigh
from experiments.evaluation.thresholds import Costs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.decisions import Weighing
    from experiments.models import Result


class CostsForm(forms.Form):
    """Errors of one class and what each costs; classes are sent by their place."""

    field_order = ("label",)
    false_alarm = forms.FloatField(
        label="A false alarm costs",
        min_value=0,
        max_value=1e12,
        initial=1,
        help_text="In any unit: money, minutes, or simply how much worse it is.",
    )
    miss = forms.FloatField(
        label="A miss costs",
        min_value=0,
        max_value=1e12,
        initial=1,
        help_text="In the same unit.",
    )
    threshold = forms.FloatField(
        label="Threshold",
        min_value=0,
        max_value=1,
        required=False,
        help_text="Empty takes the one that costs least.",
        widget=forms.NumberInput(attrs={"step": "any"}),
    )

    def __init__(self, said: Mapping[str, Any] | None, classes: Sequence[str]) -> None:
        super().__init__(said)
        self.classes = classes
        # As with the metrics of two classes, the second is the one to find.
        self.usual = str(len(classes) - 1)
        self.fields["label"] = forms.ChoiceField(
            label="Class to find",
            choices=[(str(place), name) for place, name in enumerate(classes)],
            initial=self.usual,
            required=False,
        )
        self.order_fields(self.field_order)
        for name in ("false_alarm", "miss"):
            self.fields[name].widget.attrs["step"] = "any"

    def weighed(self, result: Result) -> Weighing | None:
        """Return the thresholds as they are weighed; None where a value is wrong."""
        if self.is_bound and not self.is_valid():
            return None
        said = self.cleaned_data if self.is_bound else {}
        place = said.get("label") or self.usual
        costs = Costs(said.get("false_alarm", 1.0), said.get("miss", 1.0))
        return weigh(result, self.classes[int(place)], costs, said.get("threshold"))
