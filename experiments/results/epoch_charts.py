"""Charts of how a network learned, by epoch: its loss, its accuracy, its heads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datamine.speech import spoken
from datamine.templatetags.display import fixed, pointed
from datasets.charts.drawing import PALETTE, axis, tips
from datasets.words import word
from experiments.evaluation.performance_advice import BY_HEART

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from datasets.charts.drawing import Row, Spec

#: What lines over epochs are called.
LINES = {
    "train loss": word("training loss"),
    "valid loss": word("validation loss"),
    "train accuracy": word("training accuracy"),
    "valid accuracy": word("validation accuracy"),
}

#: What the losses of heads are told as, by the part of the rows.
PARTS = {"valid_head_": "validation", "train_head_": "training"}
ADVICE = (
    "It knows the rows it learned from much better than others: it learns by heart. "
    "More rows, fewer epochs, more dropout or a smaller network help."
)
#: Colours of training rows are as light as this, in hexadecimal.
LIGHT = "80"


def told_by_epoch(figure: str) -> Callable[[dict[str, Any]], list[Row]]:
    """Return what makes a row of each epoch and figure of a kind that was told of."""

    def rows(details: dict[str, Any]) -> list[Row]:
        history = details.get("history") or []
        names = [name for name in (history[0] if history else ()) if figure in name]
        return [
            {
                "class": name.replace("_", " "),
                "order": place,
                "epoch": entry.get("epoch", place + 1),
                figure: entry[name],
            }
            for name in names
            for place, entry in enumerate(history)
            if entry.get(name) is not None
        ]

    return rows


epoch_rows, accuracy_rows = told_by_epoch("loss"), told_by_epoch("accuracy")


def called(draw: Callable[[list[Row]], Spec]) -> Callable[[list[Row]], Spec]:
    """Return what draws these rows with their lines called as people do."""

    def marks(rows: list[Row]) -> Spec:
        said = [{**row, "class": spoken(title_of(row["class"]))} for row in rows]
        return {"data": {"values": said}, **draw(said)}

    return marks


def title_of(line: str) -> str:
    return LINES.get(line, line)


def say_epochs(details: dict[str, Any]) -> str:
    last = {row["class"]: row["loss"] for row in epoch_rows(details)}
    parts = (
        f"{spoken(title_of(name))} {pointed(f'{loss:.4g}')}"
        for name, loss in last.items()
    )
    return f"At the end: {', '.join(parts)}."


def say_accuracies(details: dict[str, Any]) -> str:
    """Tell both accuracies, and what it means where they are far apart."""
    last = {row["class"]: row["accuracy"] for row in accuracy_rows(details)}
    parts = (f"{spoken(title_of(name))} {fixed(share)}" for name, share in last.items())
    said = f"At the end: {', '.join(parts)}."
    train, valid = last.get("train accuracy"), last.get("valid accuracy")
    if train is None or valid is None or train - valid <= BY_HEART:
        return said
    return f"{said} {ADVICE}"


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
    parts = (f"{name} {pointed(f'{loss:.4g}')}" for name, loss in last.items())
    return f"At the end: {', '.join(parts)}."
