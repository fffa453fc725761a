"""Sentences of pure packages are said in the reader's language where they are shown."""

from __future__ import annotations

import time

import polib
import pytest
from django.utils import translation
from django.utils.safestring import SafeData, mark_safe

from datamine import speech
from datamine.speech import spoken, spoken_chart
from datasets.charts.drawing import axis, class_colour, named
from experiments.results.charts import dependence_marks


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
            "2 bad records were left out, the first in line 1,204.",
            "On a laissé de côté 2 enregistrements incorrects, le premier à la ligne "
            "1\u202f204.",
        ),
        (
            "4 trials (grid), each judged on 3 folds by balanced accuracy.",
            "4 essais (grille), chacun jugé sur 3 plis par exactitude équilibrée.",
        ),
        (
            "4 trials (grid), each judged on 3 folds by R². The time budget ended it "
            "early.",
            "4 essais (grille), chacun jugé sur 3 plis par R². Le budget de temps y a "
            "mis fin plus tôt.",
        ),
        (
            "9 trials. The best has 0.6771 in balanced accuracy: Tours 5, Poids égal.",
            "9 essais. Le meilleur a 0,6771 en exactitude équilibrée : Tours 5, Poids "
            "égal.",
        ),
        (
            "2,400 dots, one of 5 rows of 12,000. 3 more lack a value and are left "
            "out.",
            "2\u202f400 points, une ligne sur 5, de 12\u202f000. 3 autres n’ont pas "
            "toutes les valeurs et sont omises.",
        ),
        (
            "“a” has 3 values without end (infinity).",
            "« a » a 3 valeurs sans fin (infini).",
        ),
        (
            "2 merged cells have their value in the first of its cells only.",
            "2 cellules fusionnées ont leur valeur seulement dans la première cellule.",
        ),
        (
            "5 leaves; the first question is about petal.",
            "5 feuilles ; la première question porte sur petal.",
        ),
        (
            "More than 100,000 rows have an answer, and no more are kept as records at "
            "once; send the file in parts, or without keeping.",
            "Plus de 100\u202f000 lignes ont une réponse, et l’on n’en conserve pas "
            "davantage comme enregistrements à la fois ; envoyez le fichier en "
            "plusieurs parties, ou sans conserver.",
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


@pytest.mark.parametrize(
    "text",
    [
        "a. " * 200,
        "a; " * 330,
        "from to ; highest " * 50,
        "Column “a”: " * 80,
        "There is no column “" * 49,
        "2 rows " * 140,
    ],
)
def test_what_people_write_is_looked_through_quickly(text):
    with translation.override("fr"):
        spoken("Loss")
        start = time.process_time()
        spoken(text)

    assert time.process_time() - start < 0.5


def test_long_texts_are_nobodys_sentences():
    text = "There is no column “rows”. " * 40

    with translation.override("fr"):
        assert spoken(text) == text


def test_sentences_are_said_one_after_the_other():
    with translation.override("fr"):
        once = spoken("“a” is saved.")
        assert once != "“a” is saved."
        assert spoken(" ".join(["“a” is saved."] * 30)) == " ".join([once] * 30)


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("ROC of class number", "ROC de la classe number"),
        ("Box plot of removed", "Boîte à moustaches de removed"),
        ("number against data 1.5 final", "number en fonction de data 1.5 final"),
    ],
)
def test_names_in_places_without_quotes_stay(english, french):
    with translation.override("fr"):
        assert spoken(english) == french


def test_columns_that_are_called_like_our_words_keep_their_names_on_charts():
    points = [{"feature": "Price", "class": "a", "value": 1, "mean": 2}]
    spec = {
        "encoding": {
            "x": named("x", "number"),
            "y": axis("value", "Price"),
            "color": class_colour(["a"], "Rows"),
        },
        "layer": [dependence_marks(points)],
    }

    with translation.override("fr"):
        said = spoken_chart(spec)

    assert said["encoding"]["x"]["title"] == "number"
    assert said["encoding"]["y"]["title"] == "Cours"
    assert said["encoding"]["color"]["title"] == "Rows"
    assert said["layer"][0]["encoding"]["x"]["title"] == "Price"


def test_words_with_a_context_are_not_said_elsewhere(monkeypatch, tmp_path):
    words = polib.POFile()
    words.append(polib.POEntry(msgid="open", msgstr="ouvrir"))
    words.append(polib.POEntry(msgid="open", msgstr="ouvert", msgctxt="state"))
    path = tmp_path / "fr" / "LC_MESSAGES"
    path.mkdir(parents=True)
    words.save_as_mofile(str(path / "django.mo"))
    monkeypatch.setattr(speech, "LOCALE", tmp_path)

    assert speech.words_of.__wrapped__("fr") == {"open": "ouvrir"}


def test_what_is_safe_does_not_make_the_same_text_safe():
    with translation.override("fr"):
        safe = spoken(mark_safe("<b>1 < 2</b>"))
        plain = spoken("<b>1 < 2</b>")

    assert isinstance(safe, SafeData)
    assert not isinstance(plain, SafeData)
