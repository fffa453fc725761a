"""Every word that is marked for translation is translated, and pages speak it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import polib
import pytest
from django.template import Context, Template
from django.urls import reverse
from django.utils import translation
from django.utils.translation.template import templatize
from pydantic import BaseModel

from datamine import catalogues
from datamine.phrases import is_searched, phrases_of
from datamine.templatetags import display
from datasets.charts.catalogue import CHARTS
from datasets.declarations import properties
from datasets.generators.catalogue import GENERATORS
from datasets.outliers import OutlierRule
from datasets.steps.catalogue import steps
from experiments.algorithms.catalogue import algorithms
from experiments.learning.plans import SplitSettings
from experiments.searching.settings import SearchSettings

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("fr", "es")
PACKAGES = ("datamine", "projects", "datasets", "experiments", "registry")
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
PLACES = re.compile(r"%\(\w+\)[a-z]|\{[a-z_]\w*\}", re.IGNORECASE)
#: Where every word of a template is marked, or written by a filter that says it.
WHOLE = ("datasets", "experiments", "components", "projects", "account", "mfa")
#: Attributes that people read or hear.
HEARD = re.compile(r"""\b(?:aria-label|title|placeholder|alt)="([^"]*)\"""")
#: What is called the same everywhere.
NAMES = {"DataMine", "CSV", "JSON", "PDF", "ONNX", "SHA", "AUC", "UTC", "OK"}


def words_of(program: str) -> set[str]:
    """Return what a program hands to gettext."""
    return {
        call.args[0].value
        for call in ast.walk(ast.parse(program))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in CALLS
        and isinstance(call.args[0], ast.Constant)
    }


def marked() -> set[str]:
    """Return every word that templates and programs mark."""
    found: set[str] = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            found |= words_of(path.read_text())
            if is_searched(path.relative_to(ROOT).as_posix()):
                found |= set(phrases_of(path.read_text()))
    for path in (ROOT / "templates").rglob("*.*"):
        program = templatize(path.read_text())
        calls = re.findall(
            r"\b(?:n?gettext|_)\((?:u?\"(?:[^\"\\]|\\.)*\"|u?'(?:[^'\\]|\\.)*')",
            program,
        )
        for call in calls:
            found |= words_of(f"{call})")
    return found


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(ROOT / f"locale/{language}/LC_MESSAGES/django.po"))


def unmarked(template: str) -> list[str]:
    """Return the words of a template that no tag and no filter translates."""
    text = re.sub(
        r"\{% blocktranslate.*?endblocktranslate %\}", "", template, flags=re.S
    )
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", text, flags=re.S)
    seen = re.sub(r"<(script|style|pre|code)\b.*?</\1>", "", text, flags=re.S)
    seen = re.sub(r"\b[\w-]+\.\w{2,4}\b", "", seen)  # names of files
    said = re.sub(r"<[^>]*>", "\n", seen).splitlines() + HEARD.findall(text)
    words = (re.findall(r"[^\W\d_]{2,}", re.sub(r"&\w+;", "", line)) for line in said)
    return [" ".join(found) for found in words if set(found) - NAMES]


@pytest.mark.parametrize("app", WHOLE)
def test_no_word_of_a_template_is_unmarked(app):
    found = {
        path.name: unmarked(path.read_text())
        for path in sorted((ROOT / "templates" / app).glob("*.html"))
    }

    assert {name: words for name, words in found.items() if words} == {}


def test_unmarked_words_are_seen():
    page = '<b title="New">Old</b> {% translate "Said" %} <p>{{ name }} rows'

    assert unmarked(page) == ["Old", "rows", "New"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_marked_word_is_in_the_catalogue(language):
    known = {entry.msgid for entry in catalogue(language)}

    assert sorted(marked() - known) == [], "run `make messages`, then translate"


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_is_whole(language):
    entries = catalogue(language)

    assert [entry.msgid for entry in entries if not entry.translated()] == []
    assert [entry.msgid for entry in entries if entry.obsolete] == []


def declared() -> list[type[BaseModel]]:
    """Return all that people set in forms that are made of a declaration."""
    catalogues = (*steps().values(), *GENERATORS.values(), *CHARTS.values())
    models = [entry.parameters_model() for entry in (*catalogues, *algorithms())]
    return [*models, OutlierRule, SplitSettings, SearchSettings]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_is_said_in_words(language):
    known = {entry.msgid for entry in catalogue(language)}
    choices = [
        (schema.get("words", {}), value)
        for model in declared()
        for schema in properties(model).values()
        for value in schema.get("enum", [])
    ]

    assert len(choices) > 60
    raw = [value for words, value in choices if words.get(value) not in known]
    assert sorted(set(raw) - set(display.WORDS)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_what_is_filled_in(language):
    wrong = [
        entry.msgid
        for entry in catalogue(language)
        for words in (entry.msgstr_plural or {0: entry.msgstr}).values()
        if set(PLACES.findall(words)) != set(PLACES.findall(entry.msgid))
    ]

    assert wrong == []


def test_catalogues_are_compiled_once():
    catalogues.compile_all()

    assert catalogues.compile_all() == []
    assert len(list(catalogues.LOCALE.glob("*/LC_MESSAGES/django.mo"))) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "spoken", "word"),
    [
        ("fr-CH, fr;q=0.9", "fr", "Mot de passe oublié ?"),
        ("es", "es", "¿Olvidó su contraseña?"),
        ("de", "en", "Forgotten your password?"),
    ],
)
def test_entrance_speaks_as_the_browser_asks(client, asked, spoken, word):
    page = client.get(reverse("account_login"), headers={"accept-language": asked})

    assert word in page.content.decode()
    assert f'<html lang="{spoken}"' in page.content.decode()
    assert page["Content-Language"] == spoken


@pytest.mark.django_db
def test_person_has_the_last_word(client, owner):
    client.force_login(owner)
    client.post(
        reverse("account:profile"),
        {"email": owner.email, "language": "es", "notify_in_pages": "on"},
        headers={"accept-language": "fr"},
    )

    page = client.get("/", headers={"accept-language": "fr"}).content.decode()

    assert "Su perfil se ha guardado." in page
    assert "Inicio" in page


@pytest.mark.django_db
def test_programs_get_english(client):
    answer = client.get("/api/me/", headers={"accept-language": "fr"})

    assert answer.json()["errors"][0]["detail"] == (
        "Authentication credentials were not provided."
    )


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "12 345.5 0.25 3.1"),
        ("fr", "12 345,5 0,25 3,1"),
        ("es", "12 345,5 0,25 3,1"),
    ],
)
def test_numbers_are_written_as_the_language_does(language, expected):
    with translation.override(language):
        told = f"{display.number(12345.5, 6)} {display.number(0.25)} "
        told += display.fixed(3.14, 1)

    assert told.replace(display.THIN, " ") == expected


def test_numbers_in_attributes_stay_as_browsers_read_them():
    with translation.override("fr"):
        drawn = Template('<rect x="{{ x }}"/>').render(Context({"x": 1234.5}))

    assert drawn == '<rect x="1234.5"/>'


@pytest.mark.parametrize(
    ("language", "expected"), [("fr", "il y a 2 jours"), ("es", "hace 2 días")]
)
def test_distances_in_time_are_told_in_words(language, expected):
    with translation.override(language):
        assert display.distance(2 * 86_400 + 5) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", ["Pas encore de table", "Pas encore d’expérience"]),
        ("es", ["Aún no hay tablas", "Aún no hay experimentos"]),
    ],
)
def test_data_and_experiments_speak(client, owner, project, language, expected):
    client.force_login(owner)

    pages = [
        client.get(
            reverse(name, args=[project.key]), headers={"accept-language": language}
        )
        for name in ("datasets:list", "experiments:list")
    ]

    found = [
        word in page.content.decode()
        for word, page in zip(expected, pages, strict=True)
    ]
    assert found == [True, True]
