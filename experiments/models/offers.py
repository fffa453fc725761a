"""What staff set about algorithms: presets, defaults, limits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from datasets.declarations import ParameterError
from experiments.algorithms.catalogue import (
    Algorithm,
    UnknownAlgorithmError,
    algorithm,
    title_of,
)
from experiments.algorithms.narrowing import limit_problems, narrowed
from experiments.querysets import PresetQuerySet


class Preset(models.Model):
    """Hyperparameters that belong together, as staff keep them for an algorithm.

    An algorithm without a row has the presets of the catalogue.
    """

    algorithm = models.CharField(
        max_length=60, help_text="Its name, as the API's list of algorithms has it."
    )
    name = models.SlugField(max_length=40, help_text="What programs call it.")
    title = models.CharField(max_length=60)
    values = models.JSONField(
        default=dict,
        help_text="Hyperparameters by name; those not named keep their default.",
    )
    expected = models.CharField(
        max_length=100, blank=True, help_text="How long it takes, for people."
    )
    remark = models.CharField(
        max_length=200, blank=True, help_text="What it is for, for people."
    )
    place = models.PositiveSmallIntegerField(
        default=0, help_text="Presets are shown in this order."
    )

    objects = PresetQuerySet.as_manager()

    class Meta:
        ordering = ["algorithm", "place", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["algorithm", "name"], name="experiments_preset_name"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} of {title_of(self.algorithm)}"

    def clean(self) -> None:
        """Refuse an unknown algorithm, and values that it does not take."""
        refuse_values("values", self.values, known_algorithm(self.algorithm))


def known_algorithm(name: str) -> Algorithm:
    """Return the entry that staff named; a form is told where there is none."""
    try:
        return algorithm(name)
    except UnknownAlgorithmError as error:
        raise ValidationError({"algorithm": str(error)}) from error


def refuse_values(field: str, values: Any, entry: Algorithm) -> None:
    """Tell a form what of some hyperparameters cannot be."""
    if not isinstance(values, dict):
        raise ValidationError({field: "Name hyperparameters: {“epochs”: 50}."})
    try:
        entry.parameters_model().parse(values)
    except ParameterError as error:
        raise ValidationError({field: str(error)}) from error


class AlgorithmSetting(models.Model):
    """What staff set about an algorithm; without a row it is as declared."""

    algorithm = models.CharField(max_length=60, unique=True)
    is_enabled = models.BooleanField(
        "offered", default=True, help_text="Otherwise nothing new is trained with it."
    )
    defaults = models.JSONField(
        default=dict,
        blank=True,
        help_text="Hyperparameters by name, where other than declared: {“epochs”: 50}.",
    )
    limits = models.JSONField(
        default=dict,
        blank=True,
        help_text="Narrower bounds by name: {“epochs”: {“max”: 200}}.",
    )
    max_rows = models.PositiveBigIntegerField(
        "rows",
        null=True,
        blank=True,
        help_text="The most to train on; empty: no limit.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return title_of(self.algorithm)

    def clean(self) -> None:
        """Refuse an unknown algorithm, and defaults and limits that cannot be."""
        entry = known_algorithm(self.algorithm)
        if problems := limit_problems(entry.parameters_model(), self.limits):
            raise ValidationError({"limits": problems})
        refuse_values("defaults", self.defaults, entry)
        model = narrowed(entry.parameters_model(), self.defaults, self.limits)
        refuse_values("defaults", model().model_dump(), replace(entry, declared=model))
