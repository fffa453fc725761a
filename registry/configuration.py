"""What is chosen under Configure & Train: preset, rows, hyperparameters, how long.

The page, or the dialog, is one form that is rendered again whenever a choice changes.
A preset fills in what it names and leaves the rest; a value changed by hand makes the
configuration a custom one.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from datamine.parameters import form_for
from experiments.drafts import check_draft
from experiments.estimates import estimate_seconds
from experiments.exceptions import InvalidDraftError, SwitchedOffError
from experiments.filling import fill_url, gathered
from experiments.learning.plans import SplitSettings
from experiments.models import Preset
from experiments.offers import offered
from experiments.outlooks import outlook_for, preset_within
from experiments.results.labels import changes_of
from experiments.suggestions import families, family_draft, rows_for_family
from registry.choices import RetrainingSource
from registry.forms import NewModelForm, RetrainForm
from registry.one_click import (
    CURRENT,
    CUSTOM,
    DEFAULTS,
    Choice,
    defaults_of,
    is_part,
)
from registry.services import (
    pattern_of,
    retrain_from_records,
    retrain_from_version,
    retrained_draft,
    train_as,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.forms import Form
    from django.http import QueryDict

    from datamine.parameters import ParametersForm
    from datasets.models import DatasetVersion
    from experiments.algorithms.catalogue import Algorithm
    from experiments.drafts import Draft
    from projects.models import Project, User
    from registry.models import RegisteredModel, Retraining

#: The headings of what a family does not show apart, and of the rows before it.
HYPERPARAMETERS, DATA = gettext_noop("Hyperparameters"), gettext_noop("Data")


class Configuration:
    """The choices as far as they were made; `said` is what was sent, by GET or POST."""

    entry: Algorithm
    form: Form

    def __init__(self, project: Project, said: QueryDict, *, is_sent: bool) -> None:
        self.project = project
        self.said = said
        self.is_sent = is_sent

    @property
    def address(self) -> str:
        """Where the form is sent."""
        raise NotImplementedError

    @property
    def wanted(self) -> str:
        """The columns a family needs, in words."""
        columns = self.entry.family.contract.columns if self.entry.family else ()
        return ", ".join(column.name for column in columns if column.required)

    # What differs between a model that is there and one to be made

    @property
    def usual(self) -> Choice:
        """What the form is filled with until something is chosen."""
        raise NotImplementedError

    @property
    def rows(self) -> DatasetVersion | None:
        """The rows to learn from, None while there are none."""
        raise NotImplementedError

    @property
    def split(self) -> SplitSettings:
        raise NotImplementedError

    def draft(self, rows: DatasetVersion, values: Mapping[str, Any]) -> Draft:
        """Return what is going to be trained."""
        raise NotImplementedError

    def start(self, actor: User) -> Retraining:
        """Begin what was chosen; the forms have to be valid."""
        raise NotImplementedError

    # Presets

    @cached_property
    def choices(self) -> list[Choice]:
        """All that can be chosen by one click, the usual first."""
        presets = [
            Choice(p.name, p.title, p.remark, p.values, p.expected)
            for p in Preset.objects.of(self.entry)
        ]
        found = [] if self.usual.name == DEFAULTS else [self.usual]
        if not any(is_part(preset.values, self.entry.defaults) for preset in presets):
            found.append(defaults_of(self.entry))
        return [*found, *presets]

    @cached_property
    def asked(self) -> Choice | None:
        """What the form is to be filled with anew, None while values stay as typed."""
        if self.minutes and self.said.get("minutes_before") != self.said["minutes"]:
            return self.within_minutes
        name = self.said.get("preset", "")
        if self.is_sent and self.said.get("filled", name) == name:
            return None
        return next((c for c in self.choices if c.name == name), None)

    @cached_property
    def within_minutes(self) -> Choice | None:
        """The longest preset that is likely to end in the time that was given."""
        rows = self.rows.rows_count if self.rows else 0
        found = preset_within(self.entry, self.minutes, rows=rows, split=self.split)
        if found is None:
            return None
        return next((c for c in self.choices if c.name == found.name), None)

    @cached_property
    def minutes(self) -> float:
        try:
            return max(0.0, float(self.said.get("minutes") or 0))
        except ValueError:
            return 0.0

    @property
    def nothing_fits(self) -> bool:
        return bool(self.minutes) and self.within_minutes is None

    @cached_property
    def preset(self) -> str:
        """The name of the choice that says what the values are, else `CUSTOM`."""
        if self.values is None:
            return CUSTOM
        named = self.asked.name if self.asked else self.said.get("preset", "")
        found = [c for c in self.choices if is_part(c.values, self.values)]
        found.sort(key=lambda choice: choice.name != named)
        return found[0].name if found else CUSTOM

    # Hyperparameters

    @cached_property
    def is_typed(self) -> bool:
        """Whether the values are those of the form, and not to be filled in anew."""
        of_another = self.said.get("algorithm_before", self.entry.name)
        return self.is_sent and self.asked is None and of_another == self.entry.name

    @cached_property
    def parameters(self) -> ParametersForm:
        model = self.entry.parameters_model()
        if self.is_typed:
            return form_for(model, self.said, prefix="p")
        typed = None
        if self.is_sent and self.asked:  # a preset leaves what it does not name
            typed = given(form_for(model, self.said, prefix="p"))
        chosen = self.asked.values if self.asked else {}
        values = {**(typed or self.usual.values), **chosen}
        return form_for(model, prefix="p", initial=values)

    @cached_property
    def values(self) -> dict[str, Any] | None:
        """Every hyperparameter as it is going to be, None while one is wrong."""
        if self.parameters.is_bound:
            return given(self.parameters)
        return {**self.entry.defaults, **self.parameters.initial}

    @property
    def sections(self) -> list[dict[str, Any]]:
        """The fields under their headings: data, hyperparameters, then the family's."""
        named = dict(self.entry.family.sections) if self.entry.family else {}
        apart = {name for names in named.values() for name in names}
        rest = tuple(f.name for f in self.parameters if f.name not in apart)
        first = {DATA: named.pop(DATA, ())}  # the rows are chosen there in any case
        return [
            {"title": _(title), "fields": [self.parameters[name] for name in names]}
            for title, names in {**first, HYPERPARAMETERS: rest, **named}.items()
        ]

    # All together

    @property
    def is_right(self) -> bool:
        """Whether every field that was sent can be taken."""
        return self.form.is_valid() and self.values is not None

    @cached_property
    def preview(self) -> dict[str, Any]:
        """What would be trained: problems, warnings, and how long it takes."""
        if self.values is None or (self.form.is_bound and not self.form.is_valid()):
            return {"is_wrong": True}
        if self.rows is None:
            return {"lacks_rows": True}
        try:
            plan, problems = check_draft(self.draft(self.rows, self.values))
        except InvalidDraftError as error:
            return {
                "problems": gathered(error.problems),
                "fill_url": fill_url(self.rows, error.problems),
            }
        rows = self.rows.rows_count
        return {
            "warnings": problems.warnings,
            "outlook": outlook_for(
                self.entry, plan.hyperparameters, rows=rows, split=plan.split
            ),
            "estimate": estimate_seconds(
                plan.algorithm, rows=rows, features=len(plan.features), split=plan.split
            ),
        }


class ModelConfiguration(Configuration):
    """A model that is there, learned anew; raises as `pattern_of` and `offered` do."""

    def __init__(
        self, model: RegisteredModel, said: QueryDict, *, is_sent: bool
    ) -> None:
        super().__init__(model.project, said, is_sent=is_sent)
        self.model = model
        self.experiment = pattern_of(model).experiment
        self.entry = offered(self.experiment.algorithm)
        initial: dict[str, Any] = {"rows": self.experiment.version}
        if said.get("source") in RetrainingSource.values:
            initial["source"] = said["source"]
        self.form = RetrainForm(model, said if is_sent else None, initial=initial)

    @property
    def address(self) -> str:
        return reverse("registry:retrain", args=[self.model.pk])

    @cached_property
    def usual(self) -> Choice:
        values = {**self.entry.defaults, **self.experiment.hyperparameters}
        return Choice(CURRENT, _("As now"), _("as the model was learned"), values)

    @cached_property
    def rows(self) -> DatasetVersion:
        chosen = self.form.cleaned_data.get("rows") if self.form.is_valid() else None
        return chosen or self.experiment.version

    @property
    def sources(self) -> dict[str, bool]:
        """Whether it learns from records, and whether from rows of a dataset."""
        said = self.form.cleaned_data if self.form.is_valid() else self.form.initial
        records = said.get("source") == RetrainingSource.RECORDS
        return {
            "records": records,
            "rows": not records or said.get("with_training_rows", True),
        }

    @property
    def split(self) -> SplitSettings:
        return SplitSettings(**self.experiment.split)

    @property
    def changed(self) -> list[dict[str, Any]]:
        """The settings that are not as they were."""
        before = self.experiment.hyperparameters
        return changes_of(self.experiment.algorithm, before, self.values or {})

    def draft(self, rows: DatasetVersion, values: Mapping[str, Any]) -> Draft:
        return retrained_draft(self.model, rows, values)

    def start(self, actor: User) -> Retraining:
        values, said = self.values or {}, self.form.cleaned_data
        if said["source"] == RetrainingSource.RECORDS:
            return retrain_from_records(
                self.model,
                parameters=values,
                with_training_rows=said["with_training_rows"],
                actor=actor,
            )
        return retrain_from_version(
            self.model, said["rows"], parameters=values, actor=actor
        )


class NewConfiguration(Configuration):
    """A model of a family that is not there yet."""

    def __init__(self, project: Project, said: QueryDict, *, is_sent: bool) -> None:
        super().__init__(project, said, is_sent=is_sent)
        known = {entry.name: entry for entry in families()}
        if not known:
            raise SwitchedOffError(_("Every family is switched off on this site."))
        asked = said.get("algorithm", "")
        self.entry = known.get(asked) or known[self.likely_family()]
        initial = {
            "algorithm": self.entry.name,
            "rows": self.newest_rows and self.newest_rows.pk,
            "name": self.suggested_name(self.entry.name),
        }
        self.form = NewModelForm(
            project, self.fitting(initial) if is_sent else None, initial=initial
        )

    @staticmethod
    def suggested_name(algorithm: str) -> str:
        return f"{algorithm}_model"

    def fitting(self, initial: Mapping[str, Any]) -> QueryDict:
        """Return what was sent; with other rows and name if the family has changed."""
        before = self.said.get("algorithm_before", self.entry.name)
        if before == self.entry.name:
            return self.said
        said = self.said.copy()
        said["rows"] = initial["rows"] or ""
        if said.get("name") == self.suggested_name(before):
            said["name"] = initial["name"]
        return said

    def likely_family(self) -> str:
        """Return the first family that the project has rows for, else the first."""
        names = [entry.name for entry in families()]
        return next((n for n in names if newest_rows(self.project, n)), names[0])

    @cached_property
    def newest_rows(self) -> DatasetVersion | None:
        return newest_rows(self.project, self.entry.name)

    @property
    def address(self) -> str:
        return reverse("registry:train", args=[self.project.key])

    @cached_property
    def usual(self) -> Choice:
        return defaults_of(self.entry)

    @cached_property
    def rows(self) -> DatasetVersion | None:
        if not self.form.is_bound:
            return self.newest_rows
        return self.form.cleaned_data.get("rows") if self.form.is_valid() else None

    @property
    def split(self) -> SplitSettings:
        return SplitSettings()

    def draft(self, rows: DatasetVersion, values: Mapping[str, Any]) -> Draft:
        name = self.form.cleaned_data["name"] if self.form.is_bound else ""
        return family_draft(
            rows, self.entry.name, name=name, preset="", hyperparameters=values
        )

    def start(self, actor: User) -> Retraining:
        said = self.form.cleaned_data
        draft = self.draft(said["rows"], self.values or {})
        return train_as(draft, name=said["name"], actor=actor)


def newest_rows(project: Project, name: str) -> DatasetVersion | None:
    try:
        return rows_for_family(project, name)
    except InvalidDraftError:
        return None


def given(form: ParametersForm) -> dict[str, Any] | None:
    """Return the values of a form that was sent, None while one is wrong."""
    if not form.is_valid() or form.parameters is None:
        return None
    return form.parameters.model_dump(mode="json")
