from typing import Literal

import pytest
from django.utils import translation
from pydantic import BaseModel, ConfigDict, Field, model_validator

from datamine.parameters import form_for
from datasets.declarations import ParameterError, validate


class Knobs(BaseModel):
    model_config = ConfigDict(extra="forbid")

    n_neighbors: int = Field(5, ge=1, le=20, description="How many neighbours vote.")
    weights: Literal["uniform", "distance"] = Field(
        "uniform",
        json_schema_extra={
            "words": {"uniform": "all the same (uniform)", "distance": "closer ones"}
        },
    )
    rate: float = Field(
        0.1, gt=0, json_schema_extra={"unit": "per step", "recommended": [0.01, 0.1]}
    )
    depth: int | None = Field(None, ge=1, title="Depth of the tree")
    rounds: int = Field(9, title="Rounds", json_schema_extra={"unit": "rounds"})
    layers: list[int] = Field([64, 32], max_length=4)
    fast: bool = False
    label: str = "none"

    @model_validator(mode="after")
    def not_both(self) -> "Knobs":
        if self.fast and self.depth == 13:
            raise ValueError("fast does not go with a depth of 13")
        return self


class Fine(BaseModel):
    grain: float = Field(1e-9, ge=1e-15, le=1)


class Needed(BaseModel):
    value: float


@pytest.mark.parametrize(
    ("values", "attr", "detail"),
    [
        ({"n_neighbors": 21}, "n_neighbors", "n_neighbors must be between 1 and 20."),
        ({"n_neighbors": "a"}, "n_neighbors", "n_neighbors must be between 1 and 20."),
        ({"weights": "odd"}, "weights", "weights must be one of uniform, distance."),
        ({"rate": 0}, "rate", "rate must be a number above 0."),
        ({"depth": 0}, "depth", "depth must be a whole number at least 1."),
        ({"fast": "perhaps"}, "fast", "fast must be true or false."),
        ({"layers": ["x"]}, "layers", "a list; each entry a whole number."),
        ({"label": 3}, "label", "label must be text."),
        ({"fast": True, "depth": 13}, "", "fast does not go with a depth of 13."),
    ],
)  # fmt: skip
def test_validate_names_the_parameter_and_its_bounds(values, attr, detail):
    with pytest.raises(ParameterError, match=r"must|not") as caught:
        validate(Knobs, values)

    assert [problem["attr"] for problem in caught.value.problems] == [attr]
    assert caught.value.problems[0]["detail"].endswith(detail)


def test_validate_names_all_parameters_where_one_is_unknown():
    with pytest.raises(ParameterError, match="speed is not a parameter here") as caught:
        validate(Knobs, {"speed": 1})

    assert "n_neighbors, weights, rate" in str(caught.value)


def test_validate_tells_every_problem_once():
    with pytest.raises(ParameterError, match="n_neighbors") as caught:
        validate(Knobs, {"n_neighbors": 0, "weights": "odd", "layers": ["x", "y"]})

    attrs = [problem["attr"] for problem in caught.value.problems]
    assert attrs == ["n_neighbors", "weights", "layers"]


def test_bounds_near_zero_are_told_as_they_are():
    with pytest.raises(ParameterError, match="a number between 1e-15 and 1"):
        validate(Fine, {"grain": 0})

    widget = form_for(Fine).fields["grain"].widget
    assert (widget.attrs["min"], widget.attrs["max"]) == ("1e-15", "1")


def test_validate_says_what_is_required():
    with pytest.raises(ParameterError, match="value is required") as caught:
        validate(Needed, {})

    assert caught.value.problems[0]["code"] == "required"


def test_validate_returns_the_instance_with_defaults():
    knobs = validate(Knobs, {"n_neighbors": 3})

    assert (knobs.n_neighbors, knobs.weights, knobs.depth) == (3, "uniform", None)


def test_form_knows_titles_bounds_and_units():
    form = form_for(Knobs)

    assert form.fields["n_neighbors"].label == "N neighbors"
    assert form.fields["depth"].label == "Depth of the tree"
    assert form.fields["rate"].label == "Rate (per step)"
    assert form.fields["rounds"].label == "Rounds"
    assert form.fields["n_neighbors"].help_text == (
        "How many neighbours vote. Between 1 and 20."
    )
    assert form.fields["rate"].help_text == "Above 0."
    assert [
        (chip["title"], chip["is_default"], chip["is_chosen"])
        for chip in form["rate"].chips
    ] == [("0.01", False, False), ("0.1", True, True)]
    assert form.fields["n_neighbors"].widget.attrs == {
        "step": "1", "min": "1", "max": "20",
    }  # fmt: skip
    assert 'value="64, 32"' in str(form["layers"])


class Split(BaseModel):
    way: Literal["random", "mine"] = "random"


def test_form_shows_choices_as_people_say_them():
    with translation.override("fr"):
        declared, known = form_for(Knobs), form_for(Split)

    assert declared.fields["weights"].choices == [
        ("uniform", "tous pareils (uniform)"),
        ("distance", "closer ones"),
    ]
    assert known.fields["way"].choices == [("random", "aléatoire"), ("mine", "mine")]


def test_form_gives_the_parameters():
    form = form_for(
        Knobs, {"n_neighbors": "7", "layers": "8, 4", "fast": "on", "depth": ""}
    )

    assert form.is_valid()
    assert form.parameters.model_dump() == {
        "n_neighbors": 7, "weights": "uniform", "rate": 0.1, "depth": None,
            "rounds": 9,
        "layers": [8, 4], "fast": True, "label": "none",
    }  # fmt: skip


def test_form_with_a_prefix_reads_its_own_fields():
    form = form_for(Knobs, {"knn-n_neighbors": "7"}, prefix="knn")

    assert form.is_valid()
    assert form.parameters.n_neighbors == 7


def test_form_says_the_same_as_the_check():
    form = form_for(Knobs, {"n_neighbors": "21", "depth": "13", "fast": "on"})

    assert form.errors["n_neighbors"] == ["n_neighbors must be between 1 and 20."]


def test_form_shows_a_problem_of_the_whole():
    form = form_for(Knobs, {"depth": "13", "fast": "on"})

    assert form.non_field_errors() == ["fast does not go with a depth of 13."]


class Names(BaseModel):
    names: dict[str, str] = Field(default_factory=dict)
    column: str = Field("", json_schema_extra={"format": "column"})


def test_form_asks_for_the_columns_that_are_offered():
    form = form_for(Names, {"names_c1": " b ", "names_c0": "", "column": "c0"})
    for field in form.fields.values():
        field.offer({"c0": "<a>", "c1": "ä"})

    assert form.is_valid()
    assert form.parameters == Names(names={"ä": "b"}, column="<a>")
    assert 'aria-label="&lt;a&gt;"' in str(form["names"])


def test_form_takes_a_column_by_name_where_none_is_offered():
    form = form_for(Names, {"column": "size"})

    assert form.is_valid()
    assert form.parameters == Names(column="size")
