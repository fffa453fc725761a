"""Graphs kept for the next download, known by all they were made from."""

from __future__ import annotations

from importlib import metadata

import pytest

from experiments.models import Result
from registry import graphs


@pytest.mark.parametrize("library", ["skl2onnx", "scikit-learn", "torch"])
def test_name_is_another_with_another_library(monkeypatch, library):
    result = Result(artifact_sha256="a" * 64)
    before = graphs.name_of(result)
    newer = {library: f"{metadata.version(library)}.post1"}
    monkeypatch.setattr(
        graphs, "version", lambda name: newer.get(name) or metadata.version(name)
    )

    assert graphs.name_of(result) != before
