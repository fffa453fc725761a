"""Charts of how a network learned: its loss, and that of each head, by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasets.charts.drawing import PALETTE, axis, tips

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datasets.charts.drawing import Row, Spec

#: What the losses of heads are told as, by the part of the rows.
PARTS = {"valid_head_": "validation", "train_head_": "training"}
#: Colours of training rows are as light as this, in hexadecimal.
LIGHT = "80"


def epoch_rows(details: dict[str, Any]) -> list[Row]:
    """Return a line for each epoch and loss that a network told of."""
    history = details.get("history") or []
    names = [name for name in (history[0] if history else ()) if "loss" in name]
    return [
        {
            "class": name.replace("_", " "),
            "order": place,
            "epoch": entry.get("epoch", place + 1),
            "loss": entry[name],
        }
        for name in names
        for place, entry in enumerate(history)
        if entry.get(name) is not None
    ]


def say_epochs(details: dict[str, Any]) -> str:
    last = {row["class"]: row["loss"] for row in epoch_rows(details)}
    parts = (f"{name} {loss:.4g}" for name, loss in last.items())
    return f"At the end: {', '.join(parts)}."


def head_rows(details: dict[str, Any]) -> list[Row]:
    """Return a line for each epoch, head and part of the rows.

    A head that no row has something to learn for is left out.
    """
    history = details.get("history") or []
    known = {name for entry in history for name, value in entry.items() if value}
    return [
        {
            "class": f"{head}, {part}",
            "part": part,
            "epoch": entry["epoch"],
            "loss": entry[f"{prefix}{head}"],
        }
        for prefix, part in PARTS.items()
        for head in heads_in(known, prefix)
        for entry in history
    ]


def heads_in(names: Iterable[str], prefix: str) -> list[str]:
    """Return the heads that are told of, 7 days before 30.

    PostgreSQL keeps no order of theirs.
    """
    heads = (n.removeprefix(prefix) for n in names if n.startswith(prefix))
    return sorted(heads, key=lambda head: (len(head), head))


def head_marks(rows: list[Row]) -> Spec:
    """Draw a line for each head, a light dashed one for the rows it learned from."""
    names = list(dict.fromkeys(row["class"] for row in rows))
    heads = list(dict.fromkeys(name.rpartition(", ")[0] for name in names))
    colours = [
        PALETTE[heads.index(head) % len(PALETTE)]
        + (LIGHT if part == "training" else "")
        for head, _, part in (name.rpartition(", ") for name in names)
    ]
    return {
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {
            "x": axis("epoch", "Epoch", axis={"tickMinStep": 1}),
            "y": axis("loss", "Loss", scale={"zero": False}),
            "color": {
                "field": "class",
                "type": "nominal",
                "scale": {"domain": names, "range": colours},
                "legend": {"orient": "bottom", "columns": 2, "title": None},
            },
            "strokeDash": {
                "field": "part",
                "type": "nominal",
                "scale": {
                    "domain": list(PARTS.values()),
                    "range": [[1, 0], [4, 3]],
                },
                "legend": None,
            },
            "tooltip": tips(
                **{"class": "nominal"}, epoch="quantitative", loss="quantitative"
            ),
        },
    }


def say_heads(details: dict[str, Any]) -> str:
    last = {row["class"]: row["loss"] for row in head_rows(details)}
    parts = (f"{name} {loss:.4g}" for name, loss in last.items())
    return f"At the end: {', '.join(parts)}."
