"""Hyperparameters, declared once: the form, the API and the tests read them here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class ParameterProblem:
    """One value that cannot be taken; `parameter` is its name in the declaration."""

    parameter: str
    detail: str


class ParameterError(ValueError):
    """Values outside what is declared; the message names each and its bounds."""

    def __init__(self, problems: Sequence[ParameterProblem]) -> None:
        super().__init__(" ".join(problem.detail for problem in problems))
        self.problems = tuple(problems)


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
    """

    seed: int = 42
    threads: int = 1
    categorical: tuple[int, ...] = ()


def parameter(
    default: Any,
    title: str,
    help_text: str,
    *,
    unit: str | None = None,
    recommended: Sequence[Any] = (),
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
    recommended : sequence
        The choices forms offer first; the bounds hold for everything else.
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
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            raise ParameterError(_explain(cls, error)) from None

    def reason_unfit(self, n_samples: int) -> str | None:
        """Return why these values do not suit so many training rows, or None."""
        return None


def bounds_in_words(schema: Mapping[str, Any]) -> str:
    """Return what a parameter may be, from its JSON Schema, in words."""
    variants = schema.get("anyOf", [schema])
    return " or ".join(_variant_in_words(variant) for variant in variants)


def _variant_in_words(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(str(choice) for choice in schema["enum"])
    kind = schema.get("type")
    if kind == "null":
        return "empty (no limit)"
    if kind == "boolean":
        return "true or false"
    noun = "a whole number" if kind == "integer" else "a number"
    return f"{noun} from {schema['minimum']:g} to {schema['maximum']:g}"


def _explain(
    model: type[BaseModel], error: ValidationError
) -> tuple[ParameterProblem, ...]:
    properties = model.model_json_schema()["properties"]
    found: dict[str, ParameterProblem] = {}
    for item in error.errors():
        name = str(item["loc"][0])
        found.setdefault(name, _problem(name, item["input"], properties))
    return tuple(found.values())


def _problem(
    name: str, value: Any, properties: Mapping[str, Mapping[str, Any]]
) -> ParameterProblem:
    if name not in properties:
        known = ", ".join(properties)
        return ParameterProblem(
            name, f"There is no parameter “{name}”; there are {known}."
        )
    allowed = bounds_in_words(properties[name])
    shown = repr(value)[:60]
    return ParameterProblem(name, f"“{name}” must be {allowed}, not {shown}.")
