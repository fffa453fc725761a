"""What can be set about synthetic stars."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from datasets.generators.base import Parameters
from datasets.words import word


class StarsParameters(Parameters):
    """How many stars there are, how they are observed, and how hard they are to tell.

    Amplitudes and noise are relative to the mean flux of a star.
    """

    n_per_class: int = Field(
        200,
        title="Stars of each class",
        description="Of each of the 14 classes. A star has 750 rows on average.",
        ge=1,
        le=1000,
        json_schema_extra={"unit": "stars", "recommended": [50, 100, 200, 500]},
    )
    difficulty: Literal["easy", "medium", "hard"] = Field(
        "medium",
        title="Difficulty",
        description="Amplitudes and noise: easy 5–30 % and 0.1–0.5 %, medium 2–15 % "
        "and 0.2–2 %, hard 0.5–5 % and 1–5 %. Easy stars are seen for 4 cycles and "
        "more, medium ones for 2, hard ones for 1.",
        json_schema_extra={
            "words": {
                "easy": word("easy"),
                "medium": word("medium"),
                "hard": word("hard"),
            }
        },
    )
    sampling: Literal["space", "ground", "mixed"] = Field(
        "space",
        title="Observed from",
        description="Space: 2 to 4 sessions without a break. Ground: clear nights "
        "only. Mixed: half of the stars each.",
        json_schema_extra={
            "words": {
                "space": word("space"),
                "ground": word("the ground"),
                "mixed": word("both, mixed"),
            }
        },
    )
    longest_span: float = Field(
        30.0,
        title="Longest span",
        description="Between the first and the last measurement of a star; the "
        "shortest span is 5 days.",
        ge=6,
        le=400,
        json_schema_extra={"unit": "days", "recommended": [30, 90]},
    )
    points_per_day: int = Field(
        75,
        title="Measurements a day",
        description="While a star is observed; at most 1,500 of one star.",
        ge=4,
        le=300,
    )
    augment: bool = Field(
        True,
        title="Flaws of instruments",
        description="Adds outliers, offsets between sessions and a slow drift, drawn "
        "for each star.",
    )
