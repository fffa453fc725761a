"""Charts of what networks saw of single samples: transit curves, and stars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasets.charts.drawing import HEIGHT, PALETTE, axis, plain, short
from datasets.words import word
from experiments.results.chart import Chart, story_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datasets.charts.drawing import Row, Spec

#: A curve takes so many pixels where one stands above the other, and this share of it.
STRIP, SHARE = 36, 0.78
#: Hours and ppm below which the axes of a transit are linear.
HOURS, PPM = 0.1, 50
#: Values that may stand at such an axis.
TICKS = [0, *(sign * 10**power for power in range(7) for sign in (-1, 1))]


def labels_of(details: dict[str, Any]) -> list[str]:
    found = (details.get("confusion_matrix") or {}).get("labels") or []
    return [str(label) for label in found]


def colours_of(rows: list[Row]) -> Spec:
    """Give each class of rows the colour it has on every chart of the page."""
    places = {row["class"]: row["place"] for row in rows}
    colours = [PALETTE[place % len(PALETTE)] for place in places.values()]
    return {
        "field": "class",
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(places), "range": colours},
    }


def transit_rows(details: dict[str, Any]) -> list[Row]:
    """Return the points of each curve, both sides of its middle."""
    labels = labels_of(details)
    return [
        {
            "class": labels[told["true"]],
            "place": told["true"],
            "row": told["row"],
            "hours": side * hours,
            "flux": -lost,
        }
        for told in story_of(details, "transits") or ()
        for side, points in (
            (-1, list(zip(told["hours"], told["lost"], strict=True))[:0:-1]),
            (1, list(zip(told["hours"], told["lost"], strict=True))),
        )
        for hours, lost in points
    ]


def transit_marks(rows: list[Row]) -> Spec:
    """Draw a line for each object, as the network sees it: on logarithmic axes."""

    def wide(field: str, title: str, constant: float) -> Spec:
        found = [row[field] for row in rows]
        ticks = sorted(t for t in TICKS if min(found) <= t <= max(found))
        return axis(
            field,
            title,
            scale={"type": "symlog", "constant": constant},
            axis={"values": [t for t in ticks if abs(t) > constant or not t]},
        )

    colour = colours_of(rows)
    return {
        "mark": {"type": "line", "strokeWidth": 1.5},
        "encoding": {
            "x": wide("hours", "Hours from mid-transit", HOURS),
            "y": wide("flux", "Change of light (ppm)", PPM),
            "color": {**colour, "legend": {"orient": "bottom", "columns": 2}},
        },
    }


def say_transits(details: dict[str, Any]) -> str:
    labels = labels_of(details)
    parts = (
        f"{labels[told['true']]}: row {told['row']:,}, every {plain(told['period'])} "
        f"days by {told['depth']:,.0f} ppm, {said_of(told, labels)}"
        for told in story_of(details, "transits")
    )
    return (
        f"The tested object of each verdict the network is surest of. {_listed(parts)}"
    )


def said_of(told: dict[str, Any], labels: Sequence[str]) -> str:
    """Return what was answered, and how surely."""
    answer = (
        word("said so")
        if told["said"] == told["true"]
        else word(f"said {labels[told['said']]}")
    )
    return f"{answer} to {100 * told['sure']:.0f} %"


def star_rows(
    points: Callable[[dict[str, Any], dict[str, Any]], Sequence[tuple[float, float]]],
) -> Callable[[dict[str, Any]], list[Row]]:
    """Return what makes rows of one curve a star, each in a strip of its own."""

    def rows(details: dict[str, Any]) -> list[Row]:
        found = story_of(details, "stars") or []
        labels = labels_of(details)
        return [
            {
                "class": labels[told["true"]],
                "place": told["true"],
                "star": told["star"],
                "strip": len(found) - 1 - number,
                "x": x,
                "value": value,
            }
            for number, told in enumerate(found)
            for x, value in points(told, details)
        ]

    return rows


def light_points(
    told: dict[str, Any], details: dict[str, Any]
) -> Sequence[tuple[float, float]]:
    return list(zip(told["days"], told["flux"], strict=True))


def power_points(
    told: dict[str, Any], details: dict[str, Any]
) -> Sequence[tuple[float, float]]:
    return list(zip(story_of(details, "periods"), told["power"], strict=True))


def cycle_points(
    told: dict[str, Any], details: dict[str, Any]
) -> Sequence[tuple[float, float]]:
    size = len(told["cycle"])
    return [((place + 0.5) / size, value) for place, value in enumerate(told["cycle"])]


def strips(mark: str, x: Spec) -> Callable[[list[Row]], Spec]:
    """Return what draws the curves of stars one above the other, each by its name."""

    def marks(rows: list[Row]) -> Spec:
        drawn = [{**row, "y": y} for row, y in zip(rows, heights(rows), strict=True)]
        first = {row["strip"]: row for row in reversed(drawn)}
        left = min(row["x"] for row in drawn)
        names = [
            {"class": row["class"], "x": left, "y": strip + (1 + SHARE) / 2}
            for strip, row in first.items()
        ]
        colour = colours_of(drawn)
        spot = {
            "x": {**x, "field": "x", "type": "quantitative"},
            "y": {
                "field": "y",
                "type": "quantitative",
                "title": None,
                "axis": None,
                "scale": {"domain": [-0.05, len(first) + 0.1]},
            },
            "color": {**colour, "legend": None},
        }
        words: Spec = {
            "data": {"values": [{**n, "name": short(n["class"])} for n in names]},
            "mark": {"type": "text", "align": "left", "dx": 2, "fontSize": 11},
            "encoding": {**spot, "text": {"field": "name", "type": "nominal"}},
        }
        look = {
            "type": mark,
            **({"size": 6} if mark == "circle" else {"strokeWidth": 1}),
        }
        return {
            "height": max(HEIGHT, STRIP * len(first) + 60),
            "data": {"values": drawn},
            "layer": [words, {"mark": look, "encoding": spot}],
        }

    return marks


def heights(rows: list[Row]) -> list[float]:
    """Return where each value stands within its strip, which it fills."""
    ends: dict[int, tuple[float, float]] = {}
    for row in rows:
        low, high = ends.get(row["strip"], (row["value"], row["value"]))
        ends[row["strip"]] = min(low, row["value"]), max(high, row["value"])
    return [
        row["strip"] + SHARE * (row["value"] - low) / ((high - low) or 1)
        for row in rows
        for low, high in [ends[row["strip"]]]
    ]


def say_stars(details: dict[str, Any]) -> str:
    labels = labels_of(details)
    parts = (
        f"{labels[told['true']]}: {told['star']}, {said_of(told, labels)}"
        for told in story_of(details, "stars")
    )
    return f"The tested star of each class the network is surest of. {_listed(parts)}"


def say_cycles(details: dict[str, Any]) -> str:
    labels = labels_of(details)
    parts = (
        f"{labels[told['true']]}: {plain(told['period'])} days"
        + (f" (known: {plain(told['known'])})" if told["known"] else "")
        for told in story_of(details, "stars")
    )
    return f"The same stars, folded at the period that was chosen. {_listed(parts)}"


def say_powers(details: dict[str, Any]) -> str:
    return (
        "The same stars: which share of the variance waves of each period explain, "
        "drawn as high as its own greatest."
    )


def _listed(parts: Any) -> str:
    return "; ".join(parts) + "."


#: What the other families show of tested samples.
SAMPLE_CHARTS = (
    Chart(
        "transits",
        "Transit curves of tested objects",
        transit_rows,
        transit_marks,
        say_transits,
    ),
    Chart(
        "light_curves",
        "Light curves of tested stars",
        star_rows(light_points),
        strips("circle", {"title": "Days from the first measurement"}),
        say_stars,
    ),
    Chart(
        "periodograms",
        "Periodograms of tested stars",
        star_rows(power_points),
        strips("line", {"title": "Period (days)", "scale": {"type": "log"}}),
        say_powers,
    ),
    Chart(
        "folded",
        "Light curves of tested stars, folded",
        star_rows(cycle_points),
        strips("line", {"title": "Share of the cycle"}),
        say_cycles,
    ),
)
