"""What a request carries with it belongs to its thread, and costs no waiting."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import translation

from datamine.threads import CARRIED


def test_nothing_a_page_asks_for_is_behind_a_lock():
    assert {type(getattr(module, name)) for module, name in CARRIED} == {
        threading.local
    }


def test_threads_speak_their_own_languages_and_know_their_own_place():
    meet = threading.Barrier(3, timeout=10)

    def said(language, prefix):
        with translation.override(language):
            set_script_prefix(prefix)
            meet.wait()
            return translation.gettext("Datasets"), reverse("home"), get_script_prefix()

    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(said, ("en", "fr", "es"), ("/", "/fr/", "/es/")))

    assert told == [
        ("Datasets", "/", "/"),
        ("Jeux de données", "/fr/", "/fr/"),
        ("Conjuntos de datos", "/es/", "/es/"),
    ]
    assert get_script_prefix() == "/"
