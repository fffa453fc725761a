"""The synthetic tables there are. Light: a generator's file is loaded on use."""

from __future__ import annotations

from dataclasses import dataclass
from pkgutil import resolve_name
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasets.generators.base import Generate, Parameters

_HERE = "datasets.generators"


@dataclass(frozen=True)
class Generator:
    """What is known of a generator without loading it.

    Parameters
    ----------
    name, title, help : str
        Its name in orders and the API; what people read.
    family : str
        The algorithm that learns from such a table; empty for none.
    parameters, function : str
        Where the pydantic model and the function that yields the rows live, as
        "module:attribute".
    """

    name: str
    title: str
    help: str
    family: str
    parameters: str
    function: str

    def parameters_model(self) -> type[Parameters]:
        """Load and return the pydantic model of the parameters."""
        model: type[Parameters] = resolve_name(self.parameters)
        return model

    def generate(self) -> Generate:
        """Load and return the function that yields the rows."""
        function: Generate = resolve_name(self.function)
        return function


GENERATORS = {
    entry.name: entry
    for entry in (
        Generator(
            name="stars",
            title="Variable stars",
            help="Light curves of 14 classes of variable stars, a row for each "
            "measurement.",
            family="stars",
            parameters=f"{_HERE}.stars.parameters:StarsParameters",
            function=f"{_HERE}.stars.generator:generate",
        ),
        Generator(
            name="transits",
            title="Transits",
            help="Objects of interest with transit and star: planets, candidates and "
            "false positives, a row each.",
            family="exoplanet",
            parameters=f"{_HERE}.transits.parameters:TransitsParameters",
            function=f"{_HERE}.transits.generator:generate",
        ),
        Generator(
            name="prices",
            title="Daily prices",
            help="Price paths that rise, fall, crash and recover; a row for each day "
            "and symbol.",
            family="regime",
            parameters=f"{_HERE}.markets.parameters:PricesParameters",
            function=f"{_HERE}.markets.generator:generate",
        ),
    )
}


class UnknownGeneratorError(LookupError):
    """A name that the catalogue does not have."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is no generator “{name[:50]}”; there are {', '.join(GENERATORS)}."
        )


def generator(name: str) -> Generator:
    """Return the entry called `name`, or raise `UnknownGeneratorError`."""
    if name not in GENERATORS:
        raise UnknownGeneratorError(name)
    return GENERATORS[name]
