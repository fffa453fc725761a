"""A fitted pipeline as one ONNX graph, handed out only where it answers the same.

The graph takes the columns of a row as they are imported, one tensor of shape (n, 1)
each, and answers `probabilities`, a column for every class, or `prediction`. Steps and
samples of several rows have no counterpart in ONNX, and some estimators have no
converter: then a sentence says so.

It runs as a process of its own, told as JSON where an artefact lies, its receipt and
where the graph goes: no server keeps converter and runtime in its memory.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from datasets.tables import NUMERIC, ColumnType
from experiments.learning.artifacts import ArtifactError, load_artifact
from experiments.learning.onnx_graphs import (
    NotExportableError,
    first_line,
    graphs_of,
)
from experiments.learning.tensors import HoldsTensors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import onnx

    from experiments.learning.pipelines import FittedPipeline

    Row = Mapping[str, Any]
    Answers = np.ndarray[Any, np.dtype[np.float64]]

#: The exit code of the process where there is no such graph; it prints why.
REFUSED = 3
#: The same where it may be otherwise the next time.
UNSURE = 4
#: How far answers of the graph may lie from ours, of one or of the larger of the two.
TOLERANCE = 1e-5
#: Rows the graph is asked, besides those an artefact carries: their values mixed anew.
MIXED_ROWS = 200
NUMBERS = NUMERIC | {ColumnType.BOOLEAN}


class NotRunError(Exception):
    """A graph that could not be asked; the message is a sentence."""


def to_onnx(pipeline: FittedPipeline, rows: Sequence[Row]) -> bytes:
    """Return the pipeline as ONNX, after it answered some rows as we do.

    Parameters
    ----------
    pipeline : FittedPipeline
    rows : sequence of dict
        Rows that are answered; they and mixtures of their values are compared.

    Raises
    ------
    NotExportableError
        Where there is no such graph, or it answers something else.
    NotRunError
        Where the runtime did not take it, of which there may be no room or thread left.
    """
    if reason := reason_against(pipeline):
        raise NotExportableError(reason)
    asked = [*rows, *_mixed(rows)]
    doubts: list[Exception] = []
    for graph in graphs_of(pipeline):
        try:
            doubt = _doubt(graph, pipeline, asked)
        except NotRunError as refusal:
            doubts.append(refusal)
            continue
        if not doubt:
            written: bytes = graph.SerializeToString()
            return written
        doubts.append(NotExportableError(doubt))
    unsure = (doubt for doubt in doubts if isinstance(doubt, NotRunError))
    raise next(unsure, doubts[-1])


def ask_onnx(content: bytes, rows: Sequence[Row], pipeline: FittedPipeline) -> Answers:
    """Return what a graph answers to rows that the pipeline takes."""
    import onnxruntime  # noqa: PLC0415 -- heavy import

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    given = {
        node.name: _tensor([row[node.name] for row in rows], node.type)
        for node in session.get_inputs()
    }
    (found,) = session.run(None, given)
    answers: Answers = found.astype(np.float64)
    return answers if pipeline.signature.labels else answers[:, 0]


def reason_against(pipeline: FittedPipeline) -> str:
    """Return why there is surely no graph of a pipeline; nothing where one is tried."""
    if pipeline.assembler is not None:
        return "The model makes a sample of several rows, which ONNX has no words for."
    if pipeline.recipe.steps:
        return (
            "The model prepares its rows by steps, which ONNX has no words for; train "
            "one on a version without steps that learn or change columns."
        )
    for feature in pipeline.encoder.features:
        if feature.type not in NUMBERS | {ColumnType.CATEGORY}:
            return (
                f"“{feature.name}” is a {feature.type.value}, which ONNX does not know."
            )
        if feature.is_empty:
            return f"“{feature.name}” had no value in training; leave it out."
    estimator = pipeline.estimator
    if _lacking(pipeline) and _leaves_out_missing(estimator):
        return (
            "The model learned where missing values go, which ONNX is not told of its "
            "trees; train one on rows without them."
        )
    if _groups_categories(estimator):
        return (
            "The model's trees ask for several categories at once, which the "
            "converter takes for numbers; leave categories out, or train a forest."
        )
    if _knows_its_inputs_alone(estimator):
        return (
            "What the network is given is made by code of its family, which ONNX has "
            "no words for."
        )
    return ""


def _knows_its_inputs_alone(estimator: Any) -> bool:
    """Whether a network has no module that begins with the columns of a row.

    Its class tells, before the network is built.
    """
    own = type(estimator)
    return issubclass(own, HoldsTensors) and own.from_matrix is HoldsTensors.from_matrix


def _leaves_out_missing(estimator: Any) -> bool:
    """Whether the converter sends every missing value of its trees to the right.

    In double precision it never ends, where a question is whether a value is missing.
    """
    from sklearn.tree import BaseDecisionTree  # noqa: PLC0415 -- heavy import

    trees = getattr(estimator, "estimators_", [estimator])
    return isinstance(trees[0], BaseDecisionTree)


def _groups_categories(estimator: Any) -> bool:
    """Whether trees were boosted on categories as they are.

    The converter asks whether their codes are small: the graph is made, in a quarter of
    a minute for three classes and a hundred rounds, and then answers otherwise.
    """
    grouped = getattr(estimator, "is_categorical_", None)
    return grouped is not None and bool(grouped.any())


def _lacking(pipeline: FittedPipeline) -> set[str]:
    """Return the features whose missing values the model learned to take."""
    if not pipeline.missing_allowed:
        return set()
    return {f.name for f in pipeline.encoder.features if not f.is_complete}


def _mixed(rows: Sequence[Row]) -> list[Row]:
    """Return rows with each value drawn from those of its column, always the same."""
    draw = np.random.default_rng(7).integers
    size = len(rows)
    return [
        {name: rows[int(draw(size))][name] for name in rows[0]}
        for _ in range(MIXED_ROWS)
    ]


def _doubt(
    graph: onnx.ModelProto, pipeline: FittedPipeline, rows: Sequence[Row]
) -> str:
    """Return what is wrong with a graph's answers; nothing where they are ours."""
    ours = pipeline.predict(rows)
    answered = [rows[place] for place in ours.rows]
    if not answered:
        return "The model answers none of the rows it could be compared on."
    expected = np.array(ours.values if ours.shares is None else ours.shares, float)
    try:
        found = ask_onnx(graph.SerializeToString(), answered, pipeline)
    except MemoryError:
        raise
    except Exception as problem:  # whatever the runtime refuses
        raise NotRunError(
            f"The ONNX runtime does not take the graph: {first_line(problem)}"
        ) from problem
    if found.shape != expected.shape:
        return "The graph knows other classes than the model."
    if np.allclose(found, expected, rtol=TOLERANCE, atol=TOLERANCE):
        return ""
    apart = np.abs(found - expected).max()
    return (
        f"The graph answers otherwise: up to {apart:.2g} apart on {len(answered)} rows."
    )


def _tensor(values: Sequence[Any], kind: str) -> np.ndarray[Any, Any]:
    if kind == "tensor(string)":
        return np.array(values, dtype=object)[:, None]
    dtype = np.float64 if kind == "tensor(double)" else np.float32
    return np.array(values, dtype=dtype)[:, None]


def main() -> None:
    """Write the graph of the artefact that standard input tells of."""
    asked = json.load(sys.stdin)
    receipt = asked["sha256"], asked["hmac"], asked["key"].encode()
    try:
        loaded = load_artifact(Path(asked["artifact"]), *receipt)
        rows = loaded.metadata["self_check"]["rows"]
        Path(asked["target"]).write_bytes(to_onnx(loaded.pipeline, rows))
    except (ArtifactError, NotExportableError, NotRunError) as refusal:
        sys.stdout.write(str(refusal))
        sys.exit(REFUSED if isinstance(refusal, NotExportableError) else UNSURE)


if __name__ == "__main__":
    main()
