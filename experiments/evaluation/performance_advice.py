"""What to do about a model, as far as its figures say it, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from datasets.words import word
from experiments.metrics import HEADLINES, noun_of, title_of

if TYPE_CHECKING:
    from experiments.algorithms.catalogue import Task
    from experiments.evaluation.performance import Performance

#: Asking for many is worth a word from so many times as fast on.
FASTER = 1.5
#: Seconds for one answer that a person begins to feel.
SLOW = 0.1
#: So much worse counts as as good, and so much of the size or time as less.
AS_GOOD, LESS = 0.005, 0.7
#: A model this much better on rows it learned from than on others learned by heart.
BY_HEART = 0.1
#: Fewer tested rows of a class than this say little; fewer to learn from teach little.
FEW_OF_CLASS = 20
#: Bytes of a batch that are worth a smaller one.
MUCH_MEMORY = 500_000_000
#: Seconds of training from which on a GPU is worth its price.
LONG_TRAINING = 600
MILLISECONDS = 1000


@dataclass(frozen=True)
class Sibling:
    """Another version of the same model, measured before."""

    name: str
    metrics: Mapping[str, float]
    size_bytes: int
    p50_seconds: float


@dataclass(frozen=True)
class Background:
    """What is known of a model beside its performance.

    Parameters
    ----------
    task : Task
    size_bytes : int
        Of the artefact.
    metrics : dict
        Of the parts `train` and `test`, as a result keeps them.
    support : sequence of int
        Tested rows of each class.
    history : sequence of dict
        What each epoch told; empty where there are none.
    epochs : int
        How many there might have been.
    rivals : sequence of dict
        Plain models on the same rows, as a result keeps them.
    training_seconds : float
    siblings : sequence of Sibling
    """

    task: Task
    size_bytes: int
    metrics: Mapping[str, Any] = field(default_factory=dict)
    support: Sequence[int] = ()
    history: Sequence[Mapping[str, float]] = ()
    epochs: int = 0
    rivals: Sequence[Mapping[str, Any]] = ()
    training_seconds: float = 0
    siblings: Sequence[Sibling] = ()

    @property
    def headline(self) -> str:
        """The metric that models of this task are known by."""
        return HEADLINES[self.task][0]


def advice(found: Performance, known: Background) -> list[str]:
    """Return what to do, the cheapest first; one sentence where nothing stands out."""
    said = [
        *_about_unsteadiness(found),
        *_about_speed(found),
        *_about_siblings(found, known),
        *_about_learning(known),
        *_about_data(known),
        *_about_hardware(found, known),
    ]
    return said or [
        "Nothing stands out. More data helps most models most; then longer training, "
        "another size or algorithm, and augmentation where rows can be varied."
    ]


def _about_unsteadiness(found: Performance) -> Iterator[str]:
    odd = [extreme.given for extreme in found.extremes if not extreme.is_steady]
    if odd:
        yield (
            f"Extreme inputs give no usable answer ({'; '.join(odd)}): scale the "
            "features, or clip outliers by a step of the recipe."
        )


def _about_speed(found: Performance) -> Iterator[str]:
    single, best = found.batches[0], max(found.batches, key=lambda b: b.per_second)
    if best.per_second >= FASTER * single.per_second:
        times = best.per_second / single.per_second
        said = f"{times:.0f}" if times >= 10 else f"{times:.1f}"
        yield f"Ask for {best.size} at a time: {said} times as fast for each."
    if single.model_seconds > SLOW:
        yield (
            f"One answer takes {single.model_seconds * MILLISECONDS:.0f} ms: a smaller "
            "size of the network, fewer trees or fewer kept rows answer faster."
        )
    preparing = found.preparing_seconds
    if preparing is not None and preparing > single.model_seconds:
        yield (
            f"Making a sample of its rows takes {preparing * MILLISECONDS:.1f} ms, "
            f"longer than the model's {single.model_seconds * MILLISECONDS:.1f} ms: "
            "send fewer rows of each, over a shorter time."
        )
    largest = found.batches[-1]
    if (largest.memory_bytes or 0) > MUCH_MEMORY:
        yield (
            f"{largest.size} at a time take {largest.memory_bytes / 1e6:.0f} MB beyond "  # type: ignore[operator]
            "the model: ask for fewer at a time where memory is short."
        )


def _about_siblings(found: Performance, known: Background) -> Iterator[str]:
    name, single = known.headline, found.batches[0].p50_seconds
    own, lower = (known.metrics.get("test") or {}).get(name), noun_of(name)
    for other in known.siblings:
        theirs = other.metrics.get(name)
        if own is None or theirs is None or own - theirs > AS_GOOD:
            continue
        size, time = other.size_bytes / known.size_bytes, other.p50_seconds / single
        if min(size, time) < LESS:
            yield (
                f"“{other.name}” is {_gap(own - theirs)} in {lower}, "
                f"at {size:.0%} of the size and {time:.0%} of the time."
            )


def _gap(difference: float) -> str:
    """Write how far another figure is from one's own."""
    return word(f"within {difference:.1%}") if difference > 0 else word("no worse")


def _about_learning(known: Background) -> Iterator[str]:
    name = known.headline
    parts = ((known.metrics.get(part) or {}).get(name) for part in ("train", "test"))
    train, test = parts
    if train is not None and test is not None and train - test > BY_HEART:
        yield (
            f"{title_of(name)} is {train:.3f} on the rows it learned from and "
            f"{test:.3f} on others: it learns by heart. More data, augmentation, "
            "more dropout or weight decay, or a smaller model help."
        )
    if (
        known.history
        and len(known.history) >= known.epochs > 0
        and _is_best_last(known)
    ):
        yield (
            f"The last of {known.epochs} epochs was the best: longer training helps "
            "(more epochs, with patience to end it)."
        )
    for rival in known.rivals:
        if not rival.get("is_beaten", True):
            lower = noun_of(rival["metric"])
            yield (
                f"“{rival['title']}” is no worse on the same rows, in {lower}: prefer "
                "it, or change the architecture: another size, learning rate or window."
            )


def _is_best_last(known: Background) -> bool:
    """Whether the last epoch was better than all before it."""
    for figure, sign in (("valid_accuracy", 1), ("valid_loss", -1), ("train_loss", -1)):
        values = [epoch[figure] * sign for epoch in known.history if figure in epoch]
        if values:
            return max(values) == values[-1]
    return False


def _about_data(known: Background) -> Iterator[str]:
    if known.support and min(known.support) < FEW_OF_CLASS:
        yield (
            f"A class has {min(known.support)} tested rows: more data of the rare "
            "classes make it better known and better learned."
        )


def _about_hardware(found: Performance, known: Background) -> Iterator[str]:
    if found.learned_kind == "weights" and known.training_seconds > LONG_TRAINING:
        minutes = known.training_seconds / 60
        yield (
            f"Training took {minutes:.0f} min: a GPU (an installation with "
            "DATAMINE_CUDA=1) or larger batches take less."
        )
