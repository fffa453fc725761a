"""The ONNX graphs of a fitted pipeline: its encoder, its estimator, one output.

What scikit-learn and skorch hold goes through their converters; a graph says nothing of
whether it answers the same, which `onnx_export` sees to.
"""

from __future__ import annotations

import copy
import io
import json
import re
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.learning.tensors import HoldsTensors

if TYPE_CHECKING:
    from collections.abc import Iterator

    import onnx

    from experiments.learning.encoding import FeatureCode
    from experiments.learning.pipelines import FittedPipeline

OPSET = 18
MATRIX = "matrix"
PROBABILITIES, PREDICTION = "probabilities", "prediction"
#: How the converter says that it knows no estimator of this class.
UNKNOWN = re.compile(r"shape calculator for type '<class '[\w.]*?(\w+)'>'")


class NotExportableError(Exception):
    """Why there is no ONNX of a model; the message is a sentence."""


def graphs_of(pipeline: FittedPipeline) -> Iterator[onnx.ModelProto]:
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
        except (NotExportableError, MemoryError):
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


def _refusal(problem: Exception) -> str:
    """Return a converter's error as a sentence."""
    said = first_line(problem)
    if unknown := UNKNOWN.search(said):
        return f"There is no way to write a {unknown[1]} as ONNX."
    return f"It cannot be written as ONNX: {said}"


def first_line(problem: Exception) -> str:
    """Return what an error of a library says first, cut to a sentence's length."""
    return str(problem).strip().partition("\n")[0][:200]
