"""What a pipeline says of rows: answers as columns, and as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import repeat
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.learning.signature import Reason

    Json = dict[str, Any]
    Shares = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Prediction:
    """The answer to one row; `row` is its place among those asked, from 0."""

    row: int
    prediction: Any
    probabilities: dict[str, float] | None = None
    warnings: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Quarantined:
    """A row that was not answered, and why."""

    row: int
    reasons: tuple[Reason, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the refusal as the API gives it."""
        return {"row": self.row, "reasons": [r.to_json() for r in self.reasons]}


@dataclass(frozen=True, eq=False)
class Predictions:
    """Every row asked is answered or quarantined.

    Answers are kept as columns: making an object for each of ten thousand rows takes
    longer than predicting them.

    Parameters
    ----------
    rows : sequence of int
        The places of the rows that were answered.
    values : sequence
        What was predicted for each of them.
    shares : array, shape (n_rows, n_classes), or None
        The probability of every class for each of them, from which the value follows;
        None for numbers.
    classes : tuple of str
        What the classes are called.
    warnings : dict of int to list of Reason
        What is unusual about a row, by its place.
    outputs : dict of str to sequence
        What is answered beside the prediction, by name, for each of `rows`.
    quarantined : list of Quarantined
        In the order of their places.
    notices : list of str
    """

    rows: Sequence[int] = ()
    values: Sequence[Any] = ()
    shares: Shares | None = None
    classes: tuple[str, ...] = ()
    warnings: Mapping[int, list[Reason]] = field(default_factory=dict)
    quarantined: list[Quarantined] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    outputs: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    @property
    def predictions(self) -> list[Prediction]:
        """The answers one by one."""
        return [
            Prediction(
                answer["row"],
                answer["prediction"],
                answer.get("probabilities"),
                tuple(self.warnings.get(answer["row"], ())),
            )
            for answer in self.answers()
        ]

    def to_json(self) -> dict[str, Any]:
        """Return all answers as the API gives them."""
        return {
            "predictions": self.answers(),
            "quarantined": [item.to_json() for item in self.quarantined],
            "notices": self.notices,
        }

    def answers(self) -> list[Json]:
        """Return the rows that were answered, each as the API gives it."""
        pairs = zip(self.rows, self.values, strict=True)
        found: list[Json]
        if self.shares is None:
            found = [{"row": row, "prediction": value} for row, value in pairs]
        else:
            # The fastest way to ten thousand dictionaries: no line of Python for each.
            shares = map(dict, map(zip, repeat(self.classes), self.shares.tolist()))
            found = [
                {"row": row, "prediction": value, "probabilities": share}
                for (row, value), share in zip(pairs, shares, strict=True)
            ]
        for place, more in self._extras().items():
            found[place].update(more)
        return found

    def written_answers(self) -> bytes:
        """Return the same as JSON, without making an object for any row."""
        if not self.rows:
            return b"[]"
        lines = list(map(add, _written(list(self.rows)), self._tails()))
        for place, more in self._extras().items():
            lines[place] += b"," + orjson.dumps(more)[1:-1]
        return b'[{"row":' + b'},{"row":'.join(lines) + b"}]"

    def _tails(self) -> list[bytes]:
        """Return what is written of each row behind its number.

        What follows from equal shares is written once: a tree has as many as leaves.
        """
        if self.shares is None:
            return [b',"prediction":' + value for value in _written_each(self.values)]
        shares = np.ascontiguousarray(self.shares, dtype=np.float64)
        rows = _rows_as_bytes(shares)
        places = dict(zip(rows, range(len(rows)), strict=True))
        chosen = list(places.values())
        predictions = _written_each([self.values[place] for place in chosen])
        numbers = _written(shares[chosen].ravel())
        columns = (numbers[n :: len(self.classes)] for n in range(len(self.classes)))
        tail = self._tail()
        written = [tail % line for line in zip(predictions, *columns, strict=True)]
        tails = dict(zip(places, written, strict=True))
        return list(map(tails.__getitem__, rows))

    def _tail(self) -> bytes:
        """Return the tail of a row with places for its prediction and its shares."""
        names = (orjson.dumps(name).replace(b"%", b"%%") for name in self.classes)
        shares = b",".join(name + b":%b" for name in names)
        return b',"prediction":%b,"probabilities":{' + shares + b"}"

    def _extras(self) -> dict[int, Json]:
        """Return what is said of a row beside its prediction, by place in `rows`."""
        found: dict[int, Json] = {}
        for name, values in self.outputs.items():
            for place, value in enumerate(values):
                found.setdefault(place, {}).setdefault("outputs", {})[name] = value
        if self.warnings:
            warned = [
                (p, row) for p, row in enumerate(self.rows) if row in self.warnings
            ]
            for place, row in warned:
                told = [warning.to_json() for warning in self.warnings[row]]
                found.setdefault(place, {})["warnings"] = told
        return found


def _written(numbers: list[int] | list[float] | Shares) -> list[bytes]:
    """Return numbers as JSON, which has a comma between them and in none."""
    return orjson.dumps(numbers, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")


def _written_each(values: Sequence[Any]) -> list[bytes]:
    """Return predictions as JSON: few different classes, or numbers."""
    if isinstance(values[0], float):
        return _written(list(values))
    known = {value: orjson.dumps(value) for value in set(values)}
    return [known[value] for value in values]


def _rows_as_bytes(shares: Shares) -> list[bytes]:
    """Return the rows of an array as they lie in memory."""
    row = np.dtype((np.void, shares.itemsize * shares.shape[1]))
    found: list[Any] = shares.view(row).ravel().tolist()
    return found
