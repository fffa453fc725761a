"""Forms of the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from datamine.templatetags.display import pointed
from datasets.models import DatasetVersion
from experiments.suggestions import families
from registry.choices import RetrainingSource
from registry.models import NAME_LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projects.models import Project
    from registry.models import RegisteredModel


class RegisterForm(forms.Form):
    """The name a session's artefact is kept under."""

    name = forms.SlugField(
        label=_("Name"),
        max_length=NAME_LENGTH,
        help_text=_(
            "Letters, digits, - and _. The name of a model that exists adds a "
            "version to it."
        ),
    )
    notes = forms.CharField(
        label=_("Notes"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NotesForm(forms.Form):
    """What people note of a version."""

    notes = forms.CharField(
        label=_("Notes"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    tags = forms.CharField(
        label=_("Tags"),
        max_length=500,
        required=False,
        help_text=_("Words, separated by commas."),
    )


class MomentForm(forms.Form):
    """A moment the ledger is asked about."""

    at = forms.DateTimeField(
        label=_("Which served at"),
        help_text="UTC",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}),
    )


class ReasonForm(forms.Form):
    """Why a version comes into service; kept in the ledger."""

    reason = forms.CharField(
        max_length=500,
        required=False,
        label=_("Reason"),
        help_text=_("Kept in the ledger."),
    )


class RequestForm(forms.Form):
    """Why somebody asks that a version comes into service."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        help_text=_("Whoever approves reads it; kept in the ledger."),
    )


class DecisionForm(forms.Form):
    """What an owner says to a request."""

    decision = forms.ChoiceField(
        choices=[("approve", _("Approve")), ("decline", _("Decline"))]
    )
    remark = forms.CharField(max_length=400, required=False)


class RowsFileForm(forms.Form):
    """A file of rows to predict."""

    file = forms.FileField(
        label=_("CSV file"), help_text=_("One row each, the columns of the form above.")
    )


class OutcomesFileForm(forms.Form):
    """A file of true outcomes."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("With the columns record and actual, as in the download."),
    )


class OutcomeForm(forms.Form):
    """What was true of one record; services judge it."""

    actual = forms.CharField(max_length=1000)


class RetrainForm(forms.Form):
    """What a model is learned anew from; its parameters are a form of their own."""

    source = forms.ChoiceField(
        label=_("Learn from"),
        choices=RetrainingSource,
        initial=RetrainingSource.DATASET,
        widget=forms.RadioSelect,
    )
    rows = forms.ModelChoiceField(
        label=_("Dataset version"),
        queryset=DatasetVersion.objects.none(),
        required=False,
        empty_label=None,
    )
    with_training_rows = forms.BooleanField(
        label=_("Records together with the rows the model learned from"),
        required=False,
        initial=True,
    )

    def __init__(self, model: RegisteredModel, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rows"].queryset = DatasetVersion.objects.ready_in(model.project)

    def clean(self) -> dict[str, object]:
        values = super().clean() or {}
        is_dataset = values.get("source") == RetrainingSource.DATASET
        if is_dataset and not values.get("rows") and "rows" not in self.errors:
            self.add_error("rows", _("Choose the dataset version to learn from."))
        return values


class NewModelForm(forms.Form):
    """A model of a family that is made by training it."""

    name = forms.SlugField(
        label=_("Name"),
        max_length=NAME_LENGTH,
        help_text=_(
            "Letters, digits, - and _. The name of a model that exists adds a "
            "version to it."
        ),
    )
    algorithm = forms.ChoiceField(label=_("Family"))
    rows = forms.ModelChoiceField(
        label=_("Dataset version"),
        queryset=DatasetVersion.objects.none(),
        empty_label=_("choose"),
    )

    def __init__(self, project: Project, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["algorithm"].choices = [(f.name, f.title) for f in families()]
        self.fields["rows"].queryset = DatasetVersion.objects.ready_in(project)


class RowForm(forms.Form):
    """One row, with a field for each column of a model's signature.

    Fields are called `f0` … `fN`: a column's name is only its label.
    """

    def __init__(self, signature: list[dict], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.signature = signature
        for index, column in enumerate(signature):
            self.fields[f"f{index}"] = _field(column)

    @property
    def row(self) -> dict[str, object]:
        """The values by column name; an empty field is a missing value."""
        return dict(self._values())

    def _values(self) -> Iterator[tuple[str, object]]:
        for index, column in enumerate(self.signature):
            value = self.cleaned_data.get(f"f{index}")
            yield column["name"], None if value in ("", None) else value


def _field(column: dict) -> forms.Field:
    """Return the field that fits a column of the signature."""
    unit = f" ({column['unit']})" if column.get("unit") else ""
    shared = {
        "label": f"{column['name']}{unit}",
        "required": False,
        "initial": column.get("example"),
    }
    if column.get("categories"):
        choices = [
            ("", _("missing")),
            *((str(c), str(c)) for c in column["categories"]),
        ]
        return forms.ChoiceField(choices=choices, **shared)
    if column["type"] in ("integer", "number"):
        help_text = _range_in_words(column)
        widget = forms.NumberInput(attrs=_slider_of(column))
        return forms.FloatField(widget=widget, help_text=help_text, **shared)
    if column["type"] == "boolean":
        choices = [("", _("missing")), ("true", _("true")), ("false", _("false"))]
        return forms.ChoiceField(choices=choices, **shared)
    return forms.CharField(max_length=1000, **shared)


def _slider_of(column: dict) -> dict[str, str]:
    """Return how far a slider goes; the field itself takes values beyond."""
    attributes = {"step": "1" if column["type"] == "integer" else "any"}
    if column.get("minimum") is None:
        return attributes
    low, high = str(column["minimum"]), str(column["maximum"])
    return {**attributes, "data-low": low, "data-high": high}


def _range_in_words(column: dict) -> str:
    low, high = column.get("minimum"), column.get("maximum")
    if low is None or high is None:
        return ""
    return gettext("%(low)s to %(high)s in training") % {
        "low": pointed(f"{low:g}"),
        "high": pointed(f"{high:g}"),
    }
