"""What people fill in: how a file is read, a dataset's labels, steps to apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from datamine.templatetags.display import WORDS
from datasets.declarations import ParameterError, validate
from datasets.exceptions import BadTagError
from datasets.models import Dataset
from datasets.readers.catalogue import reader
from datasets.readers.dialect import Dialect
from datasets.tables import ColumnType
from datasets.tags import tags_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from datasets.readers.report import Sniff

#: So many columns can be given a type on the page; the API takes any number.
TYPED_COLUMNS = 50
DELIMITERS = {
    ",": _("Comma  ,"),
    ";": _("Semicolon  ;"),
    "\t": _("Tab"),
    "|": _("Bar  |"),
    " ": _("Blank"),
}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": _("Windows-1252 (Western)"),
    "iso8859-1": _("ISO-8859-1 (Latin 1)"),
    "iso8859-15": _("ISO-8859-15 (Latin 9)"),
    "cp1250": _("Windows-1250 (Central European)"),
    "cp1251": _("Windows-1251 (Cyrillic)"),
    "mac-roman": "Mac Roman",
    "shift_jis": _("Shift JIS (Japanese)"),
    "gb18030": _("GB 18030 (Chinese)"),
    "euc_kr": _("EUC-KR (Korean)"),
}
QUOTES = {'"': _('Double  "'), "'": _("Single  '"), "": _("None")}
DECIMALS = {".": _("Point  1.5"), ",": _("Comma  1,5")}
THOUSANDS = {
    "": _("None"),
    ",": _("Comma  1,000"),
    ".": _("Point  1.000"),
    " ": _("Blank  1 000"),
    "'": _("Apostrophe  1'000"),
}
BAD_RECORDS = {
    "stop": _("Stop and list them"),
    "fill_ends": _("Fill where only empty last cells are left out, else stop"),
    "drop": _("Leave them out and count them"),
    "fill": _("Fill short ones, leave out others"),
}
DAY_FIRST = {
    "": _("As all rows agree"),
    "yes": _("Day first  31/1"),
    "no": _("Month first  1/31"),
}
TYPES = {"": _("decide on all rows"), **{t.value: WORDS[t.value] for t in ColumnType}}


class DialectForm(forms.Form):
    """How a file is to be read; after `is_valid()` see `dialect`.

    It has the settings of the file's format only, and a type for each column.
    """

    part = forms.ChoiceField(label="Table in the file", required=False)
    encoding = forms.ChoiceField(label="Encoding")
    delimiter = forms.ChoiceField(label="Delimiter")
    decimal = forms.ChoiceField(label="Decimal sign", choices=DECIMALS.items())
    thousands = forms.ChoiceField(
        label="Thousands", choices=THOUSANDS.items(), required=False
    )
    quote = forms.ChoiceField(label="Quote", choices=QUOTES.items(), required=False)
    comment = forms.CharField(
        label="Comment sign", max_length=1, required=False, strip=False
    )
    day_first = forms.ChoiceField(
        label="Dates", choices=DAY_FIRST.items(), required=False
    )
    bad_records = forms.ChoiceField(label="Bad records", choices=BAD_RECORDS.items())
    header = forms.BooleanField(label="The first row holds the names", required=False)
    missing_markers = forms.CharField(
        label="Values that mean “missing”",
        help_text="One per line. An empty cell is always missing.",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=5000,
    )

    dialect: Dialect | None = None

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        guess: Dialect,
        sniff: Sniff,
        columns: Sequence[str] = (),
        **options: Any,
    ) -> None:
        super().__init__(data, initial=initial_of(guess), **options)
        self.guess = guess
        self.columns = list(columns)
        self.fields["part"].choices = with_own(sniff.parts, guess.part)
        self.fields["delimiter"].choices = with_own(DELIMITERS, guess.delimiter)
        self.fields["encoding"].choices = with_own(ENCODINGS, guess.encoding)
        self.fields["quote"].choices = with_own(QUOTES, guess.quote)
        unused = self.fields.keys() - reader(sniff.format).settings
        for name in unused | (set() if sniff.parts else {"part"}):
            self.fields.pop(name, None)
        for name in self.columns[:TYPED_COLUMNS]:
            self.fields[type_field(name)] = forms.ChoiceField(
                label=f"Type of {name}",
                choices=TYPES.items(),
                required=False,
                initial=guess.types.get(name, ""),
            )

    def clean(self) -> dict[str, Any]:
        if self.errors:
            return self.cleaned_data
        given = self.cleaned_data
        values = self.guess.model_dump() | {
            name: value for name, value in given.items() if name in Dialect.model_fields
        }
        if "day_first" in given:
            values["day_first"] = {"yes": True, "no": False}.get(given["day_first"])
        if "missing_markers" in given:
            markers = given["missing_markers"].splitlines()
            values["missing_markers"] = list(dict.fromkeys(["", *markers]))
        values["types"] = self.types()
        try:
            self.dialect = validate(Dialect, values)
        except ParameterError as refusal:
            for problem in refusal.problems:
                attr = problem["attr"] if problem["attr"] in self.fields else None
                self.add_error(attr, problem["detail"])
        return self.cleaned_data

    def types(self) -> dict[str, str]:
        """Return the chosen types, with those of columns the page does not show."""
        hidden = set(self.columns[TYPED_COLUMNS:])
        kept = {n: t.value for n, t in self.guess.types.items() if n in hidden}
        chosen = {n: self.cleaned_data.get(type_field(n)) for n in self.columns}
        return kept | {name: type for name, type in chosen.items() if type}

    def settings_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name in Dialect.model_fields]

    def type_fields(self) -> list[forms.BoundField]:
        return [self[type_field(name)] for name in self.columns[:TYPED_COLUMNS]]


def type_field(column: str) -> str:
    """Return the name of the field for a column's type.

    By the column's name, not its place: another table in the file has others there.
    """
    return f"type-{column}"


def initial_of(dialect: Dialect) -> dict[str, Any]:
    """Return the dialect as the form shows it."""
    shown = {True: "yes", False: "no", None: ""}[dialect.day_first]
    markers = "\n".join(marker for marker in dialect.missing_markers if marker)
    return dialect.model_dump() | {"day_first": shown, "missing_markers": markers}


def with_own(choices: Mapping[str, str], own: str) -> list[tuple[str, str]]:
    """Return the choices, and the file's own one if it is not among them."""
    return list({**choices, own: choices.get(own, own)}.items())


class TagsField(forms.CharField):
    """Tags with commas between."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            max_length=2000,
            help_text="Words to find it by, with commas between: “raw, 2024”.",
        )

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: str) -> list[str]:
        try:
            return tags_in(super().clean(value))
        except BadTagError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class DatasetForm(forms.ModelForm):
    """The labels of a dataset."""

    class Meta:
        model = Dataset
        fields = ["name", "description"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        others = Dataset.objects.filter(project_id=self.instance.project_id, name=name)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(
                f"This project has a dataset “{name}” already.", code="name_taken"
            )
        return name


class LabelsForm(DatasetForm):
    """The labels of a dataset that is there, with its tags."""

    tags = TagsField()

    def __init__(self, *args: Any, instance: Dataset, **options: Any) -> None:
        tags = [tag.name for tag in instance.tags.all()] if instance.pk else []
        initial = {"tags": tags, **(options.pop("initial", None) or {})}
        super().__init__(*args, instance=instance, initial=initial, **options)
