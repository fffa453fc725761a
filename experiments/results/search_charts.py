"""The trials of a search drawn: a heat map of two parameters, and lines over all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasets.words import Name, word
from experiments.metrics import METRICS, noun_of

if TYPE_CHECKING:
    from collections.abc import Sequence

Row = dict[str, Any]
Spec = dict[str, Any]

#: From few to much, told apart by people who see colours differently.
SCHEME = "viridis"
NO_VALUE = word("not set")
#: Pixels of a value beside its place on a line, and of lines with the names below them.
ROOM, HEIGHT = 80, 380


def scored(details: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the trials that have a figure and learned from all rows."""
    found = (details.get("search") or {}).get("trials") or []
    return [t for t in found if t.get("score") is not None and t.get("rows") == 1]


def varied(details: dict[str, Any]) -> list[str]:
    """Return the parameters that differ between trials, those of most values first."""
    names = (details.get("search") or {}).get("names") or []
    counts = {n: len({told(t, n) for t in scored(details)}) for n in names}
    return sorted((n for n in names if counts[n] > 1), key=lambda n: -counts[n])


def called(details: dict[str, Any], name: str) -> str:
    """Return the label of a parameter, its name where the trials are not in words."""
    labels: dict[str, str] = details["search"].get("labels") or {}
    return labels.get(name, name)


def told(trial: dict[str, Any], name: str) -> str:
    """Return a value of a trial in words, as it was sent where there are none."""
    words: dict[str, str] = trial.get("told") or {}
    return words[name] if name in words else written(trial["values"][name])


def written(value: Any) -> str:
    """Write a value as axes show it."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:g}"
    return NO_VALUE if value is None else str(value)


def in_words(trial: dict[str, Any], details: dict[str, Any]) -> str:
    """Write the values of a trial, parameter by parameter."""
    names = details["search"]["names"]
    return ", ".join(f"{called(details, name)} {told(trial, name)}" for name in names)


def in_order(trials: Sequence[dict[str, Any]], name: str) -> list[str]:
    """Return the different values as axes show them: numbers by size, then words."""
    numbers = [t for t in trials if type(t["values"][name]) in {int, float}]
    numbers.sort(key=lambda trial: float(trial["values"][name]))
    return list(dict.fromkeys(told(trial, name) for trial in [*numbers, *trials]))


def heat_rows(details: dict[str, Any]) -> list[Row]:
    """Return the best figure for each pair of values of the two most varied."""
    search, names = details.get("search") or {}, varied(details)[:2]
    if len(names) < 2:
        return []
    higher = METRICS[search["metric"]].higher
    best: dict[tuple[str, str], Row] = {}
    order = [in_order(scored(details), name) for name in names]
    for trial in scored(details):
        x, y = (told(trial, name) for name in names)
        known = best.get((x, y))
        if known is None or (trial["score"] > known["score"]) == higher:
            best[x, y] = {
                "x": x,
                "y": y,
                "score": trial["score"],
                "x_name": called(details, names[0]),
                "y_name": called(details, names[1]),
            }
    return sorted(
        best.values(), key=lambda r: (order[0].index(r["x"]), order[1].index(r["y"]))
    )


def heat_marks(rows: list[Row]) -> Spec:
    """Draw a square for each pair, coloured by its figure."""
    x, y = Name(rows[0]["x_name"]), Name(rows[0]["y_name"])
    return {
        "mark": {"type": "rect"},
        "encoding": {
            "x": ordinal("x", x, [row["x"] for row in rows]),
            "y": ordinal("y", y, sorted_by_rows(rows)),
            "color": score_colour(),
            "tooltip": [
                {"field": "x", "type": "nominal", "title": x},
                {"field": "y", "type": "nominal", "title": y},
                {
                    "field": "score",
                    "type": "quantitative",
                    "title": word("Score"),
                    "format": ".4f",
                },
            ],
        },
    }


def sorted_by_rows(rows: list[Row]) -> list[str]:
    """Return the values of the second parameter: in order within each of the first."""
    columns: dict[str, list[str]] = {}
    for row in rows:
        columns.setdefault(row["x"], []).append(row["y"])
    longest = max(columns.values(), key=len)
    return [*longest, *(row["y"] for row in rows)]


def ordinal(field: str, title: str, values: Sequence[str]) -> Spec:
    return {
        "field": field,
        "type": "ordinal",
        "title": title,
        "sort": list(dict.fromkeys(values)),
    }


def score_colour() -> Spec:
    return {
        "field": "score",
        "type": "quantitative",
        "title": word("Score"),
        "scale": {"scheme": SCHEME, "zero": False},
        "legend": {"orient": "bottom"},
    }


def parallel_rows(details: dict[str, Any]) -> list[Row]:
    """Return a point for each trial and parameter, its place between 0 and 1."""
    names, trials = varied(details), scored(details)
    if len(names) < 2:
        return []
    orders = {name: in_order(trials, name) for name in names}
    return [
        {
            "trial": trial["number"],
            "parameter": called(details, name),
            "value": told(trial, name),
            "place": orders[name].index(told(trial, name))
            / max(1, len(orders[name]) - 1),
            "score": trial["score"],
        }
        for trial in trials
        for name in names
    ]


def parallel_marks(rows: list[Row]) -> Spec:
    """Draw a line for each trial across all parameters, coloured by its figure."""
    names = list(dict.fromkeys(row["parameter"] for row in rows))
    x = {**ordinal("parameter", "", names), "scale": {"type": "point"}}
    y = {"field": "place", "type": "quantitative", "axis": None}
    return {
        "height": HEIGHT,
        "layer": [
            {
                "mark": {"type": "line", "opacity": 0.7, "strokeWidth": 2},
                "encoding": {
                    "x": x,
                    "y": y,
                    "detail": {"field": "trial", "type": "nominal"},
                    "color": score_colour(),
                },
            },
            {
                "mark": {
                    "type": "text",
                    "dx": 6,
                    "align": "left",
                    "fontSize": 10,
                    "limit": ROOM,
                },
                "encoding": {
                    "x": x,
                    "y": {**y, "aggregate": "mean"},
                    "text": {"field": "value", "type": "nominal"},
                },
            },
        ],
    }


def say_search(details: dict[str, Any]) -> str:
    """Return how many trials there were, and what the best gave."""
    search = details.get("search") or {}
    trials = scored(details)
    best = next((t for t in trials if t["number"] == search["best"]), None)
    if best is None:
        return ""
    values = in_words(best, details)
    metric = noun_of(search["metric"])
    return (
        f"{len(trials)} trials. The best has {best['score']:.4f} in {metric}: {values}."
    )
