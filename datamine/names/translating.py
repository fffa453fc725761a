"""Puts names in their places once all models are loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.translation import gettext_lazy

from datamine.names.borrowed import BORROWED

if TYPE_CHECKING:
    from django.db.models import Model

#: Whose models are called in the languages of the site.
APPS = ("site", "projects", "datasets", "experiments", "registry")


def models() -> list[type[Model]]:
    """Return the models of this site."""
    return [model for model in apps.get_models() if model._meta.app_label in APPS]


def translate_names() -> None:
    """Let models and fields be called as the language that is spoken has it.

    Migrations keep what was given by hand: Django reads it from elsewhere.
    """
    for model in models():
        call(model)
        for field in model._meta.local_fields:
            field.verbose_name = gettext_lazy(str(field.verbose_name))
            if field.help_text:
                field.help_text = gettext_lazy(str(field.help_text))
    for model in apps.get_app_config("mfa").get_models():
        for field in model._meta.local_fields:
            field.verbose_name = gettext_lazy(str(field.verbose_name))
    for app in apps.get_app_configs():
        if app.verbose_name in BORROWED:
            app.verbose_name = gettext_lazy(str(app.verbose_name))
    for model in apps.get_models():
        if model._meta.verbose_name in BORROWED:
            call(model)


def call(model: type[Model]) -> None:
    """Let a model be called as the language that is spoken has it."""
    meta = model._meta
    meta.verbose_name = gettext_lazy(str(meta.verbose_name))
    meta.verbose_name_plural = gettext_lazy(str(meta.verbose_name_plural))
