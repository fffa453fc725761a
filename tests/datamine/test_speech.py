"""Sentences of pure packages are said in the reader's language where they are shown."""

from __future__ import annotations

import pytest
from django.utils import translation

from datamine.speech import spoken, spoken_chart


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("There is no column “rows”.", "Il n’y a pas de colonne « rows »."),
        (
            "1,234 of 12,345 values of “age” are missing (10.0 %).",
            "1\u202f234 valeurs de « age » sur 12\u202f345 manquent (10,0 %).",
        ),
        (
            "There is no column “a”. Add at least one step.",
            "Il n’y a pas de colonne « a ». Ajoutez au moins une étape.",
        ),
        (
            "2 bad records were left out.",
            "On a laissé de côté 2 enregistrements incorrects.",
        ),
        ("Nobody has translated this.", "Nobody has translated this."),
        ("", ""),
        (None, ""),
    ],
)
def test_spoken_in_french(english, french):
    with translation.override("fr"):
        assert spoken(english) == french


def test_spoken_in_english_is_what_was_said():
    assert spoken("There is no column “rows”.") == "There is no column “rows”."


def test_names_are_left_as_they_are():
    with translation.override("es"):
        assert spoken("There is no column “missing”.") == (
            "No hay ninguna columna «missing»."
        )


def test_chart_speaks_but_for_its_data():
    spec = {"title": "Loss", "layer": [{"title": "Epoch"}], "data": {"title": "Loss"}}

    with translation.override("fr"):
        said = spoken_chart(spec)

    assert said == {
        "title": "Perte",
        "layer": [{"title": "Époque"}],
        "data": {"title": "Loss"},
    }
