"""What can be set about synthetic transits."""

from __future__ import annotations

from pydantic import Field

from datasets.generators.base import Parameters


class TransitsParameters(Parameters):
    """How many objects of interest there are, and how often a verdict misleads."""

    n_per_class: int = Field(
        500,
        title="Objects of each verdict",
        description="Of CANDIDATE, CONFIRMED and FALSE POSITIVE each.",
        ge=1,
        le=100_000,
        json_schema_extra={"unit": "objects", "recommended": [100, 500, 2000]},
    )
    undecided: float = Field(
        0.4,
        title="Candidates that are no planets",
        description="A candidate is what nobody has decided yet; this share of them "
        "would turn out to be false positives.",
        ge=0,
        le=1,
        json_schema_extra={"recommended": [0.2, 0.4]},
    )
    binaries: float = Field(
        0.6,
        title="False positives that are binaries",
        description="Deep and grazing; the others are shallow and of odd duration.",
        ge=0,
        le=1,
    )
