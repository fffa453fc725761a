"""An order of a synthetic table: what is kept where others keep an uploaded file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from datasets.declarations import validate
from datasets.generators.catalogue import generator

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from datasets.generators.catalogue import Generator


class Order(BaseModel):
    """Which generator is to make rows, and all of its settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    generator: str
    parameters: dict[str, Any]

    @property
    def entry(self) -> Generator:
        """The generator's entry in the catalogue."""
        return generator(self.generator)

    @property
    def notice(self) -> str:
        """What every reader of such a table has to know."""
        return (
            f"This table is synthetic: made by the generator “{self.entry.title}” with "
            f"the seed {self.parameters['seed']}. What is learned from it, and how "
            "well, says little about real data."
        )


def order(name: str, parameters: dict[str, Any]) -> Order:
    """Return an order with all settings checked and completed.

    Raises
    ------
    UnknownGeneratorError
        For a name that is not in the catalogue.
    ParameterError
        Naming each setting that cannot be taken, with its bounds.
    """
    complete = validate(generator(name).parameters_model(), parameters)
    return Order(generator=name, parameters=complete.model_dump(mode="json"))


def carry_out(wanted: Order, target: Path, check: Callable[[], None]) -> None:
    """Write the rows of an order to `target`, a Parquet file.

    Parameters
    ----------
    wanted : Order
    target : pathlib.Path
        Written part by part, so that no table has to fit into memory.
    check : callable
        Called for every part; may raise to stop.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 -- heavy import

    parameters = validate(wanted.entry.parameters_model(), wanted.parameters)
    writer = None
    try:
        for part in wanted.entry.generate()(parameters):
            check()
            rows = part.to_arrow()
            writer = writer or pq.ParquetWriter(target, rows.schema)
            writer.write_table(rows)
    finally:
        if writer is not None:
            writer.close()
