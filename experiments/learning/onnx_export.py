"""A fitted pipeline as one ONNX graph, handed out only where it answers the same.

The graph takes the columns of a row as they are imported, one tensor of shape (n, 1)
each, and answers `probabilities`, a column for every class, or `prediction`. Steps and
samples of several rows have no counterpart in ONNX, and some estimators have no
converter: then a sentence says so.

It runs as a process of its own, told as JSON where an artefact lies, its receipt and
where the graph goes: no server keeps converter and runtime in its memory.
"""

from __future__ import annotations

import copy
import io
import json
import re
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from datasets.tables import NUMERIC, ColumnType
from experiments.learning.artifacts import ArtifactError, load_artifact
from experiments.learning.tensors import HoldsTensors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import onnx

    from experiments.learning.encoding import FeatureCode
    from experiments.learning.pipelines import FittedPipeline

    Row = Mapping[str, Any]
    Answers = np.ndarray[Any, np.dtype[np.float64]]

OPSET = 18
#: The exit code of the process where there is no such graph; it prints why.
REFUSED = 3
#: How far answers of the graph may lie from ours, of one or of the larger of the two.
TOLERANCE = 1e-5
#: Rows the graph is asked, besides those an artefact carries: their values mixed anew.
MIXED_ROWS = 200
MATRIX = "matrix"
PROBABILITIES, PREDICTION = "probabilities", "prediction"
#: How the converter says that it knows no estimator of this class.
UNKNOWN = re.compile(r"shape calculator for type '<class '[\w.]*?(\w+)'>'")
NUMBERS = NUMERIC | {ColumnType.BOOLEAN}


class NotExportableError(Exception):
    """Why there is no ONNX of a model; the message is a sentence."""


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
    """
    _require_plain(pipeline)
    asked = [*rows, *_mixed(rows)]
    doubts = []
    for graph in _graphs(pipeline):
        doubt = _doubt(graph, pipeline, asked)
        if not doubt:
            written: bytes = graph.SerializeToString()
            return written
        doubts.append(doubt)
    raise NotExportableError(doubts[-1])


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


def _require_plain(pipeline: FittedPipeline) -> None:
    if pipeline.assembler is not None:
        raise NotExportableError(
            "The model makes a sample of several rows, which ONNX has no words for."
        )
    if pipeline.recipe.steps:
        raise NotExportableError(
            "The model prepares its rows by steps, which ONNX has no words for; train "
            "one on a version without steps that learn or change columns."
        )
    for feature in pipeline.encoder.features:
        if feature.type not in NUMBERS | {ColumnType.CATEGORY}:
            raise NotExportableError(
                f"“{feature.name}” is a {feature.type.value}, which ONNX does not know."
            )
        if feature.is_empty:
            raise NotExportableError(
                f"“{feature.name}” had no value in training; leave it out."
            )
    estimator = pipeline.estimator
    if _lacking(pipeline) and _leaves_out_missing(estimator):
        raise NotExportableError(
            "The model learned where missing values go, which ONNX is not told of its "
            "trees; train one on rows without them."
        )
    if isinstance(estimator, HoldsTensors) and estimator.from_matrix() is None:
        raise NotExportableError(
            "What the network is given is made by code of its family, which ONNX has "
            "no words for."
        )


def _leaves_out_missing(estimator: Any) -> bool:
    """Whether the converter sends every missing value of its trees to the right.

    In double precision it never ends, where a question is whether a value is missing.
    """
    from sklearn.tree import BaseDecisionTree  # noqa: PLC0415 -- heavy import

    trees = getattr(estimator, "estimators_", [estimator])
    return isinstance(trees[0], BaseDecisionTree)


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
    except Exception as problem:  # noqa: BLE001 -- whatever the runtime refuses
        return f"The ONNX runtime does not take the graph: {_first_line(problem)}"
    if found.shape != expected.shape:
        return "The graph knows other classes than the model."
    if np.allclose(found, expected, rtol=TOLERANCE, atol=TOLERANCE):
        return ""
    apart = np.abs(found - expected).max()
    return (
        f"The graph answers otherwise: up to {apart:.2g} apart on {len(answered)} rows."
    )


def _graphs(pipeline: FittedPipeline) -> Iterator[onnx.ModelProto]:
    """Yield graphs to try: in double precision, then in single."""
    from skl2onnx.common.data_types import (  # noqa: PLC0415 -- heavy import
        DoubleTensorType,
        FloatTensorType,
    )

    kinds = [DoubleTensorType, FloatTensorType]
    if isinstance(pipeline.estimator, HoldsTensors):
        del kinds[1]
    # Trees see single precision: scikit-learn rounds every value before it asks.
    if _is_of_trees(pipeline.estimator):
        kinds.reverse()
    refusals = []
    for kind in kinds:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield _graph(pipeline, kind)
        except NotExportableError:
            raise
        except Exception as problem:  # noqa: BLE001 -- converters raise all sorts
            refusals.append(_refusal(problem))
    if len(refusals) == len(kinds):
        raise NotExportableError(refusals[0])


def _is_of_trees(estimator: Any) -> bool:
    return type(estimator).__module__.split(".")[1:2] in (["tree"], ["ensemble"])


def _graph(pipeline: FittedPipeline, kind: Any) -> onnx.ModelProto:
    """Return encoder and estimator as one graph with the outputs we promise."""
    estimator = pipeline.estimator
    if isinstance(estimator, HoldsTensors):
        graph = _network_graph(pipeline, estimator.from_matrix())
    else:
        graph = _converted(pipeline, estimator, kind)
    labels = pipeline.signature.labels
    told = {
        "target": pipeline.signature.target,
        "labels": None if labels is None else list(labels),
        "notice": pipeline.notice,
    }
    for name, value in told.items():
        graph.metadata_props.add(key=name, value=json.dumps(value))
    return graph


def _converted(pipeline: FittedPipeline, estimator: Any, kind: Any) -> onnx.ModelProto:
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415 -- heavy import

    plain, scale, shift = _plain(estimator)
    whole = make_pipeline(_columns(pipeline), plain)
    graph = _convert(whole, pipeline, kind)
    wanted = PROBABILITIES if pipeline.signature.labels else PREDICTION
    place = 1 if pipeline.signature.labels else 0
    return _with_one_output(graph, place, wanted, scale, shift)


def _plain(estimator: Any) -> tuple[Any, float, float]:
    """Return an estimator of scikit-learn's own, and what its answer is scaled by."""
    from sklearn.compose import (  # noqa: PLC0415 -- heavy import
        TransformedTargetRegressor,
    )

    scale, shift = 1.0, 0.0
    if isinstance(estimator, TransformedTargetRegressor):
        scaler = estimator.transformer_
        scale, shift = float(scaler.scale_[0]), float(scaler.mean_[0])
        estimator = estimator.regressor_
    return _of_scikit_learn(estimator), scale, shift


def _of_scikit_learn(estimator: Any) -> Any:
    """Return an estimator as the class of scikit-learn that it only adds reports to."""
    from sklearn.pipeline import Pipeline  # noqa: PLC0415 -- heavy import

    from experiments.algorithms.calibrated import (  # noqa: PLC0415 -- heavy import
        Calibrated,
    )
    from experiments.algorithms.perceptrons import Followed  # noqa: PLC0415 -- heavy import

    if isinstance(estimator, Pipeline):
        steps = [(name, _of_scikit_learn(step)) for name, step in estimator.steps]
        return Pipeline(steps)
    if isinstance(estimator, Calibrated):
        return _of_scikit_learn(estimator.calibrated_)
    if isinstance(estimator, Followed):
        plain = copy.copy(estimator)
        plain.__class__ = type(estimator).__mro__[2]
        return plain
    return estimator


def _columns(pipeline: FittedPipeline) -> Any:
    """Return the encoder as a transformer of scikit-learn, fitted."""
    import pandas as pd  # noqa: PLC0415 -- heavy import
    from sklearn.compose import ColumnTransformer  # noqa: PLC0415 -- heavy import
    from sklearn.preprocessing import (  # noqa: PLC0415 -- heavy import
        OneHotEncoder,
        OrdinalEncoder,
    )

    encoder = pipeline.encoder
    parts, seen = [], {}
    for place, feature in enumerate(encoder.features):
        how: Any = "passthrough"
        if feature.is_category:
            known = [list(feature.categories)]
            how = (
                OneHotEncoder(
                    categories=known, handle_unknown="ignore", sparse_output=False
                )
                if encoder.onehot
                else OrdinalEncoder(categories=known)
            )
        parts.append((f"f{place}", how, [feature.name]))
        seen[feature.name] = [_example(feature)]
    return ColumnTransformer(parts, sparse_threshold=0).fit(pd.DataFrame(seen))


def _example(feature: FeatureCode) -> Any:
    return feature.categories[0] if feature.is_category else 0.0


def _convert(model: Any, pipeline: FittedPipeline, kind: Any) -> onnx.ModelProto:
    from skl2onnx import convert_sklearn  # noqa: PLC0415 -- heavy import
    from skl2onnx.common.data_types import (  # noqa: PLC0415 -- heavy import
        StringTensorType,
    )

    types = [
        (f.name, (StringTensorType if f.is_category else kind)([None, 1]))
        for f in pipeline.encoder.features
    ]
    last = model.steps[-1][1] if hasattr(model, "steps") else model
    options = {id(last): {"zipmap": False}} if hasattr(last, "classes_") else None
    return convert_sklearn(
        model, initial_types=types, options=options, target_opset=OPSET
    )


def _with_one_output(
    graph: onnx.ModelProto, place: int, name: str, scale: float, shift: float
) -> onnx.ModelProto:
    """Keep one output, under our name and in the unit of the target."""
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415 -- heavy import

    inner = graph.graph
    output = inner.output[place]
    raw = f"{name}_raw"
    for node in inner.node:
        node.output[:] = [raw if n == output.name else n for n in node.output]
        node.input[:] = [raw if n == output.name else n for n in node.input]
    for key, value in {"scale": scale, "shift": shift}.items():
        inner.initializer.append(numpy_helper.from_array(np.array(value), name + key))
    cast, scaled = f"{name}_cast", f"{name}_scaled"
    kind = TensorProto.DOUBLE  # whatever the converter says of its own output
    inner.node.append(helper.make_node("Cast", [raw], [cast], to=kind))
    inner.node.append(helper.make_node("Mul", [cast, f"{name}scale"], [scaled]))
    inner.node.append(helper.make_node("Add", [scaled, f"{name}shift"], [name]))
    del inner.output[:]
    inner.output.append(helper.make_tensor_value_info(name, kind, [None, None]))
    return graph


def _network_graph(pipeline: FittedPipeline, module: Any) -> onnx.ModelProto:
    """Return the encoder's graph, and that of a network behind it."""
    import onnx  # noqa: PLC0415 -- heavy import
    import torch  # noqa: PLC0415 -- heavy import
    from onnx import compose  # noqa: PLC0415 -- heavy import
    from skl2onnx.common.data_types import (  # noqa: PLC0415 -- heavy import
        DoubleTensorType,
    )

    before = _convert(_columns(pipeline), pipeline, DoubleTensorType)
    buffer = io.BytesIO()
    some = torch.zeros(2, sum(pipeline.encoder.widths), dtype=torch.float64)
    torch.onnx.export(
        module.eval(),
        (some,),
        buffer,
        dynamo=False,  # the other exporter wants a library of its own
        input_names=[MATRIX],
        output_names=[PROBABILITIES],
        dynamic_axes={MATRIX: {0: "rows"}, PROBABILITIES: {0: "rows"}},
        opset_version=OPSET,
    )
    behind = onnx.load_from_string(buffer.getvalue())
    # The converter names the oldest set of operators that has all it used.
    (plain,) = [used for used in before.opset_import if not used.domain]
    plain.version, before.ir_version = OPSET, behind.ir_version
    behind = compose.add_prefix(behind, "network_", rename_outputs=False)
    meets = [(before.graph.output[0].name, f"network_{MATRIX}")]
    return compose.merge_models(before, behind, io_map=meets)


def _tensor(values: Sequence[Any], kind: str) -> np.ndarray[Any, Any]:
    if kind == "tensor(string)":
        return np.array(values, dtype=object)[:, None]
    dtype = np.float64 if kind == "tensor(double)" else np.float32
    return np.array(values, dtype=dtype)[:, None]


def _refusal(problem: Exception) -> str:
    """Return a converter's error as a sentence."""
    said = _first_line(problem)
    if unknown := UNKNOWN.search(said):
        return f"There is no way to write a {unknown[1]} as ONNX."
    return f"It cannot be written as ONNX: {said}"


def _first_line(problem: Exception) -> str:
    return str(problem).strip().partition("\n")[0][:200]


def main() -> None:
    """Write the graph of the artefact that standard input tells of."""
    asked = json.load(sys.stdin)
    receipt = asked["sha256"], asked["hmac"], asked["key"].encode()
    try:
        loaded = load_artifact(Path(asked["artifact"]), *receipt)
        rows = loaded.metadata["self_check"]["rows"]
        Path(asked["target"]).write_bytes(to_onnx(loaded.pipeline, rows))
    except (ArtifactError, NotExportableError) as refusal:
        sys.stdout.write(str(refusal))
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
