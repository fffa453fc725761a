"""Hyperparameters, declared once: the form, the API and the tests read them here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from datasets.declarations import plain, validate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.learning.watching import Watch


@dataclass(frozen=True)
class Setting:
    """What an estimator needs to be built besides its hyperparameters.

    Parameters
    ----------
    seed : int
        Where every random choice of the estimator starts.
    threads : int
        How many threads it may use.
    categorical : tuple of int
        Positions of the columns that hold codes of categories, for algorithms
        that take these natively.
    watch : Watch, optional
        What a fit of many epochs reports to, and where it goes on if it was lost.
    """

    seed: int = 42
    threads: int = 1
    categorical: tuple[int, ...] = ()
    watch: Watch | None = None


def parameter(
    default: Any,
    title: str,
    help_text: str,
    *,
    unit: str | None = None,
    recommended: Sequence[Any] | Mapping[Any, str] = (),
    words: Mapping[str, str] | None = None,
    **bounds: float,
) -> Any:
    """Declare one hyperparameter.

    Parameters
    ----------
    default : any
        What holds where nothing is said.
    title, help_text : str
        The label, and what the value changes.
    unit : str, optional
        What is counted.
    recommended : sequence or mapping
        The choices forms offer first, a mapping with the words for each; the bounds
        hold for everything else.
    words : mapping, optional
        How people read each choice, where the values are names for programs.
    **bounds : float
        `ge` and `le`, both included.

    Returns
    -------
    any
        A pydantic field; its JSON Schema carries `unit` and `recommended`.
    """
    extra: dict[str, Any] = {}
    if unit:
        extra["unit"] = unit
    if recommended:
        extra["recommended"] = list(recommended)
    if isinstance(recommended, dict):
        extra["words"] = {plain(value): text for value, text in recommended.items()}
    if words:
        extra["words"] = dict(words)
    limits: dict[str, Any] = bounds
    return Field(
        default,
        title=title,
        description=help_text,
        json_schema_extra=extra,
        **limits,
    )


class Parameters(BaseModel):
    """The hyperparameters of one algorithm: unknown names and values are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Return the values checked and completed with the defaults.

        Raises
        ------
        ParameterError
            Naming each parameter that cannot be taken, with its bounds.
        """
        return validate(cls, values)

    @classmethod
    def size_of(cls, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return what of stored values says how large a model is."""
        return (values.get("config"),)

    def reason_unfit(self, n_samples: int, n_columns: int) -> str | None:
        """Return why these values do not suit training rows of this shape, or None."""
        return None
