"""Charts of tested days in a market: regimes behind the price, volatility to come."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from datasets.charts.drawing import PALETTE, axis
from datasets.words import word
from experiments.families.market.contract import MOST_SYMBOLS
from experiments.results.chart import Chart, story_of

if TYPE_CHECKING:
    from datasets.charts.drawing import Row, Spec

#: Pixels from the top to the strip of true regimes' end, and to where those foretold
#: begin.
STRIP, BANDS = 12, 16
#: What rows say of a day: the regime foretold, and the one that came.
KEYS = ("foretold", "true")
DAY: Spec = {"field": "day", "type": "temporal", "title": None}


def regime_rows(found: dict[str, Any]) -> list[Row]:
    """Return a line for each tested day: price, regime to come, and as foretold."""
    days, labels = found.get("days") or [], found["labels"]
    return [
        {
            "day": day,
            "close": close,
            "foretold": labels[said],
            "true": labels[true],
            "foretold_place": said,
            "true_place": true,
        }
        for day, close, said, true in zip(
            days,
            found.get("close") or [],
            found.get("foretold") or [],
            found.get("true") or [],
            strict=True,
        )
    ]


def regime_marks(rows: list[Row]) -> Spec:
    """Draw the price over bands of what was foretold, under a strip of what came."""
    places = {row[key]: row[f"{key}_place"] for row in rows for key in KEYS}
    names = sorted(places)
    colour = {
        "field": "regime",
        "type": "nominal",
        "title": None,
        "legend": {"orient": "bottom", "columns": 2},
        # As on all charts of the page: a class has the colour of its place.
        "scale": {"domain": names, "range": [PALETTE[places[name]] for name in names]},
    }

    def bands(key: str, top: int, bottom: int | str, opacity: float) -> Spec:
        return {
            "data": {"values": runs(rows, key)},
            "mark": {"type": "rect", "opacity": opacity},
            "encoding": {
                "x": DAY,
                "x2": {"field": "end"},
                "y": {"value": top},
                "y2": {"value": bottom},
                "color": colour,
            },
        }

    price = {
        "field": "close",
        "type": "quantitative",
        "title": word("Price"),
        "scale": {"zero": False},
    }
    return {
        "layer": [
            bands("foretold", BANDS, "height", 0.3),
            bands("true", 0, STRIP, 1.0),
            {
                "mark": {"type": "line", "color": PALETTE[7], "strokeWidth": 1.5},
                "encoding": {"x": DAY, "y": price},
            },
        ]
    }


def regime_paper(rows: list[Row]) -> Spec:
    """Draw a point for each day and price, coloured by what was foretold."""
    places = {row["foretold"]: row["foretold_place"] for row in rows}
    points = [
        {"class": row["foretold"], "day": number, "close": row["close"]}
        for number, row in enumerate(rows)
    ]
    return {
        "data": {"values": points},
        "mark": {"type": "circle"},
        "encoding": {
            "x": axis("day", f"Days from {rows[0]['day']}"),
            "y": axis("close", "Price"),
            "color": named_colours(sorted(places), [places[n] for n in sorted(places)]),
        },
    }


def named_colours(names: list[str], places: list[int]) -> Spec:
    """Give each name the colour of its place, as on all charts of the page."""
    return {
        "field": "class",
        "type": "nominal",
        "title": None,
        "scale": {"domain": names, "range": [PALETTE[place] for place in places]},
    }


def runs(rows: list[Row], key: str) -> list[Row]:
    """Return the days of one regime after the other, as few bands."""
    found: list[Row] = []
    for row in rows:
        if found and found[-1]["regime"] == row[key]:
            found[-1]["end"] = row["day"]
            continue
        if found:
            found[-1]["end"] = row["day"]
        found.append({"day": row["day"], "end": row["day"], "regime": row[key]})
    return found


def say_regimes(found: dict[str, Any]) -> str:
    rows = regime_rows(found)
    right = sum(row["foretold"] == row["true"] for row in rows)
    return (
        f"Foretold as it came on {right} of {len(rows)} tested days. Bands: the regime "
        "foretold that day; the strip above: the one that came."
    )


def volatility_rows(found: dict[str, Any]) -> list[Row]:
    """Return a line for each tested day: volatility that came, foretold, interval."""
    keys = ("true", "foretold", "low", "high")
    columns = [found.get(key) or [] for key in ("days", *keys)]
    return [
        dict(zip(("day", *keys), values, strict=True))
        for values in zip(*columns, strict=True)
    ]


def volatility_marks(rows: list[Row]) -> Spec:
    """Draw the interval as a band, what was foretold and what came as lines."""
    height = {"type": "quantitative", "title": "Volatility a year"}

    def line(field: str, title: str) -> Spec:
        return {
            "mark": {"type": "line", "strokeWidth": 1.5},
            "encoding": {
                "x": DAY,
                "y": {**height, "field": field},
                "color": {
                    "datum": title,
                    "type": "nominal",
                    "title": None,
                    "legend": {"orient": "bottom"},
                    "scale": {
                        "domain": ["foretold", "came"],
                        "range": [PALETTE[0], PALETTE[1]],
                    },
                },
            },
        }

    return {
        "layer": [
            {
                "mark": {"type": "area", "opacity": 0.2, "color": PALETTE[0]},
                "encoding": {
                    "x": DAY,
                    "y": {**height, "field": "low"},
                    "y2": {"field": "high"},
                },
            },
            line("true", "came"),
            line("foretold", "foretold"),
        ]
    }


def volatility_paper(rows: list[Row]) -> Spec:
    """Draw lines: what came, what was foretold, and the ends of the interval."""
    names = {"foretold": 0, "true": 1, "low": 5, "high": 5}
    points = [
        {"class": name, "day": number, "volatility": row[name]}
        for name in names
        for number, row in enumerate(rows)
    ]
    return {
        "data": {"values": points},
        "mark": {"type": "line"},
        "encoding": {
            "x": axis("day", f"Days from {rows[0]['day']}"),
            "y": axis("volatility", "Volatility a year"),
            "color": named_colours(list(names), list(names.values())),
        },
    }


def say_volatilities(found: dict[str, Any]) -> str:
    rows = volatility_rows(found)
    within = sum(row["low"] <= row["true"] <= row["high"] for row in rows)
    qlike = found.get("qlike", 0.0)
    return (
        f"QLIKE {qlike:.3f}. On {within} of {len(rows)} tested days the next 7 days "
        "moved as much as the interval for nine in ten says."
    )


def of_symbol(chart: Chart, place: int) -> Chart:
    """Return the chart of the symbol that `place` others precede."""

    def told(details: dict[str, Any]) -> dict[str, Any]:
        first = story_of(details, chart.name)
        found = [first, *first.get("others", [])][place : place + 1]
        labels = (details.get("confusion_matrix") or {}).get("labels") or []
        return {**(found[0] if found else {}), "labels": labels}

    return replace(
        chart,
        name=f"{chart.name}_{place + 1}" if place else chart.name,
        rows=lambda details: chart.rows(told(details)),
        words=lambda details: chart.words(told(details)),
        subject=lambda details: str(told(details).get("symbol", "")),
    )


#: What the market families show of tested days.
MARKET_CHARTS = tuple(
    of_symbol(chart, place)
    for chart in (
        Chart(
            "regimes",
            "Price and regimes of",
            regime_rows,
            regime_marks,
            say_regimes,
            on_paper=regime_paper,
        ),
        Chart(
            "volatilities",
            "Volatility of the next 7 days of",
            volatility_rows,
            volatility_marks,
            say_volatilities,
            on_paper=volatility_paper,
        ),
    )
    for place in range(MOST_SYMBOLS)
)
