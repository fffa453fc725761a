"""What models and fields are called, in every language and never in a row."""

import pytest
from django.urls import reverse
from django.utils import translation

from datamine import names
from projects.activities import record_activity
from projects.models import Activity
from tests.factories.projects import ProjectFactory


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
