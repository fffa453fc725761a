"""What every generator of synthetic tables has in common: parameters and parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    import polars as pl

    #: Yields the rows of a table, part after part.
    Generate = Callable[[Any], Iterator[pl.DataFrame]]


class Parameters(BaseModel):
    """What a user may set: the source of forms, the API's schema and the docs."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    seed: int = Field(
        42,
        title="Random seed",
        description="The same seed and settings give the same table.",
        ge=0,
        le=2**32 - 1,
    )
