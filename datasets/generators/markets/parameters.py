"""What can be set about synthetic prices."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from datasets.generators.base import Parameters


class PricesParameters(Parameters):
    """Which days there are, and of which symbols."""

    n_days: int = Field(
        1500,
        title="Days",
        description="Of each symbol, without a gap.",
        ge=30,
        le=10_000,
        json_schema_extra={"unit": "days", "recommended": [500, 1500, 3000]},
    )
    symbols: list[str] = Field(
        ["BTC", "ETH", "SOL"],
        title="Symbols",
        description="What the price paths are called; each goes its own way.",
        min_length=1,
        max_length=50,
    )
    start: date = Field(
        date(2020, 1, 1),
        title="First day",
        description="The day the paths begin.",
        ge=date(1900, 1, 1),
        le=date(2100, 1, 1),
    )
