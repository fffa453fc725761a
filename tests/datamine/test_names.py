"""What models and fields are called, in every language and never in a row."""

import ast
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import translation

from datamine import names
from datamine.templatetags import display
from projects.activities import record_activity
from projects.models import Activity
from tests.factories.projects import ProjectFactory

ROOT = Path(names.__file__).resolve().parents[2]


def names_shown() -> set[str]:
    """Return every name and help text of the site's models, as marked."""
    with translation.override(None):
        return {
            str(text)
            for model in names.models()
            for part in (model._meta, *model._meta.local_fields)
            for text in (
                part.verbose_name,
                getattr(part, "verbose_name_plural", ""),
                getattr(part, "help_text", ""),
            )
            if text
        }


@pytest.mark.parametrize("language", ["fr", "es"])
def test_every_name_is_translated(language):
    known = translation.trans_real.translation(language)._catalog
    missing = [name for name in names_shown() if known.get(name) is None]

    assert sorted(missing) == []


def deeds_written() -> set[str]:
    """Return what the services write into the activity log, where it is plain."""
    return {
        call.args[2].value
        for app in ("datamine", "projects", "datasets", "experiments", "registry")
        for path in (ROOT / app).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in {"record_activity", "note"}
        and isinstance(call.args[2], ast.Constant)
    }


def test_every_deed_has_a_word():
    assert sorted(deeds_written() - set(display.DEEDS)) == []


@pytest.mark.django_db
def test_activity_log_keeps_english_whoever_acts(owner):
    with translation.override("fr"):
        record_activity(owner, ProjectFactory(), "updated")

    assert Activity.objects.get().resource_type == "project"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ["Sessions en attente", "Jeux de données", "File d’attente"]),
        ("es", ["Sesiones en espera", "Conjuntos de datos", "Cola"]),
    ],
)
def test_administration_speaks_as_the_person_does(admin_client, language, words):
    page = admin_client.get(
        reverse("admin:index"), headers={"accept-language": language}
    ).content.decode()

    assert [word for word in words if word not in page] == []
