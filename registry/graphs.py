"""ONNX that was made and checked once, kept on this machine for the next download.

It lies among the computed inputs: known by all it was made from, and the first to go
where room is needed. What was not written here is not handed out: it is signed.
"""

from __future__ import annotations

import hashlib
import hmac
from importlib.metadata import version
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from experiments.models import Result

LIBRARIES = ("onnx", "onnxruntime", "skl2onnx", "scikit-learn", "torch")
CONVERTERS = (
    "experiments/learning/onnx_export.py",
    "experiments/learning/onnx_graphs.py",
)
SIGNATURE = hashlib.sha256().digest_size


def kept_graph(result: Result, make: Callable[[], bytes]) -> bytes:
    """Return what `make` gives for the model of a result, or gave before."""
    import numpy as np  # noqa: PLC0415 -- heavy import

    from experiments.families.kept_inputs import Shelf  # noqa: PLC0415 -- heavy import

    shelf = Shelf(settings.INPUTS_DIR, settings.LIMITS.inputs_bytes)
    name = name_of(result)
    found = shelf.load(name)
    if found is not None:
        held = found.tobytes()
        signature, graph = held[:SIGNATURE], held[SIGNATURE:]
        if hmac.compare_digest(signature, signed(name, graph)):
            return graph
    graph = make()
    shelf.save(name, np.frombuffer(signed(name, graph) + graph, dtype=np.uint8))
    return graph


def name_of(result: Result) -> str:
    """Return the digest of all that the graph of a model depends on."""
    found = hashlib.sha256(result.artifact_sha256.encode())
    for converter in CONVERTERS:
        found.update((settings.BASE_DIR / converter).read_bytes())
    for library in LIBRARIES:
        found.update(f"{library} {version(library)}".encode())
    return found.hexdigest()


def signed(name: str, graph: bytes) -> bytes:
    key = settings.ARTIFACT_KEY.encode()
    return hmac.digest(key, name.encode() + graph, "sha256")
